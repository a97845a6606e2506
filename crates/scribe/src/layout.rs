//! A note as a page of text, headed as clinics head it.

use ward_domain::encounter::note::{Finding, Note};

/// The note under its headings; empty parts are left out. Headings are English: a translation belongs to the export.
pub fn text(note: &Note) -> String {
    let sections = &note.sections;
    let mut page = Page::default();
    page.part("CHIEF COMPLAINT", std::iter::once(sections.subjective.chief_complaint.clone()));
    page.part(
        "HISTORY OF PRESENT ILLNESS",
        std::iter::once(sections.subjective.history_of_present_illness.clone()),
    );
    page.part("REVIEW OF SYSTEMS", open(&sections.subjective.review_of_systems, &[]));
    page.part("VITALS", open(&sections.objective.vital_signs, &[]));
    page.part("PHYSICAL EXAM", open(&sections.objective.physical_exam, &["results"]));
    let results = sections.objective.physical_exam.get("results").map(ToString::to_string);
    page.part("RESULTS", results.into_iter());
    let assessment = &sections.assessment;
    let named = std::iter::once(assessment.primary_diagnosis.clone())
        .chain(assessment.differential_diagnoses.iter().cloned());
    page.part("ASSESSMENT", named.chain(std::iter::once(assessment.clinical_reasoning.clone())));
    let plan = &sections.plan;
    let mut lines: Vec<String> = Vec::new();
    for one in &plan.medications {
        let parts = [&one.name, &one.dosage, &one.route, &one.frequency, &one.duration];
        let said: Vec<&str> =
            parts.iter().map(|part| part.as_str()).filter(|part| !part.is_empty()).collect();
        lines.push(said.join(" ") + ".");
    }
    // One sentence may prescribe two medicines or order two tests: it is printed once.
    let spoken = plan
        .medications
        .iter()
        .map(|one| &one.instructions)
        .chain(plan.diagnostic_tests.iter().map(|one| &one.indication));
    for text in spoken {
        if !lines.contains(text) {
            lines.push(text.clone());
        }
    }
    lines.extend(plan.patient_education.iter().cloned());
    lines.push(plan.follow_up.condition.clone());
    page.part("PLAN", lines.into_iter());
    page.0
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn part(&mut self, heading: &str, lines: impl Iterator<Item = String>) {
        let lines: Vec<String> = lines.filter(|line| !line.trim().is_empty()).collect();
        if lines.is_empty() {
            return;
        }
        if !self.0.is_empty() {
            self.0.push_str("\n\n");
        }
        self.0.push_str(heading);
        for line in lines {
            self.0.push('\n');
            self.0.push_str(line.trim());
        }
    }
}

fn open<'n>(
    values: &'n std::collections::BTreeMap<String, Finding>,
    without: &'n [&'n str],
) -> impl Iterator<Item = String> + 'n {
    let kept = values.iter().filter(|(key, _)| !without.contains(&key.as_str()));
    kept.map(|(key, value)| format!("{}: {value}", key.replace('_', " ")))
}
