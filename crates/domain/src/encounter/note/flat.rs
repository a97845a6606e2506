//! The note as four texts, as the encounter's details show it.

use super::{Finding, Medication, Note};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The note in four texts and its medications.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlatNote {
    /// Complaint, story and review of systems.
    pub subjective: String,
    /// Vital signs and examination.
    pub objective: String,
    /// Diagnoses and reasoning.
    pub assessment: String,
    /// Medications, tests, follow-up and education.
    pub plan: String,
    /// The medications once more, as they stand in the nested note.
    pub medications: Vec<Medication>,
}

impl Note {
    /// The four texts. A line each for what stands in a field of its own; empty fields leave no trace.
    pub fn flat(&self) -> FlatNote {
        let sections = &self.sections;
        let mut subjective = Lines::default();
        subjective.push(&sections.subjective.chief_complaint);
        subjective.push(&sections.subjective.history_of_present_illness);
        subjective.open(&sections.subjective.review_of_systems);
        let mut objective = Lines::default();
        objective.open(&sections.objective.vital_signs);
        objective.open(&sections.objective.physical_exam);
        let mut assessment = Lines::default();
        assessment.push(&sections.assessment.primary_diagnosis);
        assessment.push(&sections.assessment.differential_diagnoses.join("; "));
        assessment.push(&sections.assessment.clinical_reasoning);
        let mut plan = Lines::default();
        for one in &sections.plan.medications {
            let parts =
                [&one.name, &one.dosage, &one.route, &one.frequency, &one.duration, &one.instructions];
            plan.push(&joined(&parts, ", "));
        }
        for one in &sections.plan.diagnostic_tests {
            plan.push(&joined(&[&one.test, &one.indication, &one.urgency], ", "));
        }
        let follow_up = &sections.plan.follow_up;
        plan.push(&joined(&[&follow_up.timing, &follow_up.condition], ", "));
        for text in &sections.plan.patient_education {
            plan.push(text);
        }
        FlatNote {
            subjective: subjective.0,
            objective: objective.0,
            assessment: assessment.0,
            plan: plan.0,
            medications: sections.plan.medications.clone(),
        }
    }
}

fn joined(parts: &[&String], between: &str) -> String {
    let said: Vec<&str> = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect();
    said.join(between)
}

#[derive(Default)]
struct Lines(String);

impl Lines {
    fn push(&mut self, line: &str) {
        if line.trim().is_empty() {
            return;
        }
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.0.push_str(line.trim());
    }

    fn open(&mut self, values: &BTreeMap<String, Finding>) {
        for (key, value) in values {
            self.push(&format!("{}: {value}", readable(key)));
        }
    }
}

/// `blood_pressure` as people write it: `Blood pressure`.
pub fn readable(key: &str) -> String {
    let mut letters = key.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    first + &letters.as_str().replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_finds_its_text_and_empty_ones_leave_no_trace() {
        let mut note = Note::default();
        assert_eq!(note.flat().plan, "");
        note.sections.subjective.chief_complaint = "Headache".into();
        note.sections.subjective.review_of_systems.insert("neurological".into(), "Denies dizziness.".into());
        note.sections.objective.vital_signs.insert("heart_rate".into(), Finding::Number(72.into()));
        note.sections.assessment.differential_diagnoses = vec!["Migraine".into(), "Cluster headache".into()];
        let ibuprofen =
            Medication { name: "Ibuprofen".into(), dosage: "400 mg".into(), ..Medication::default() };
        note.sections.plan.medications = vec![ibuprofen.clone()];
        note.sections.plan.follow_up.condition = "If symptoms persist".into();
        let flat = note.flat();
        assert_eq!(flat.subjective, "Headache\nNeurological: Denies dizziness.");
        assert_eq!(flat.objective, "Heart rate: 72");
        assert_eq!(flat.assessment, "Migraine; Cluster headache");
        assert_eq!(flat.plan, "Ibuprofen, 400 mg\nIf symptoms persist");
        assert_eq!(flat.medications, [ibuprofen]);
    }
}
