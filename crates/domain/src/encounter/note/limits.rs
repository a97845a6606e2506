//! How much a note may hold. A limit on everything: notes are read, searched and printed whole.

use super::{Finding, Note, Sections};
use crate::refusal::{FieldErrors, Refusal};
use std::collections::BTreeMap;

/// Most characters in one field.
pub const MAX_TEXT_CHARS: usize = 20_000;
/// Most entries in one list or open object.
pub const MAX_ITEMS: usize = 100;
/// Most characters in a key of an open object.
pub const MAX_KEY_CHARS: usize = 60;
/// Most characters in the whole note.
pub const MAX_NOTE_CHARS: usize = 100_000;

impl Note {
    /// Refuses what is over a limit, naming every wrong field: `plan.medications.2.name`.
    pub fn validate(&self) -> Result<(), Refusal> {
        let mut ruler = Ruler::default();
        ruler.sections(&self.sections);
        let Ruler { mut errors, chars } = ruler;
        errors.check(chars <= MAX_NOTE_CHARS, "sections", "At most 100,000 characters in all.");
        errors.finish()
    }
}

#[derive(Default)]
struct Ruler {
    errors: FieldErrors,
    chars: usize,
}

impl Ruler {
    fn sections(&mut self, sections: &Sections) {
        let Sections { subjective, objective, assessment, plan } = sections;
        self.text("subjective.chief_complaint", &subjective.chief_complaint);
        self.text("subjective.history_of_present_illness", &subjective.history_of_present_illness);
        self.open("subjective.review_of_systems", &subjective.review_of_systems);
        self.open("objective.vital_signs", &objective.vital_signs);
        self.open("objective.physical_exam", &objective.physical_exam);
        self.text("assessment.primary_diagnosis", &assessment.primary_diagnosis);
        self.texts("assessment.differential_diagnoses", &assessment.differential_diagnoses);
        self.text("assessment.clinical_reasoning", &assessment.clinical_reasoning);
        self.count("plan.medications", plan.medications.len());
        for (index, one) in plan.medications.iter().enumerate().take(MAX_ITEMS) {
            let path = format!("plan.medications.{index}");
            if one.name.trim().is_empty() {
                self.errors.add(format!("{path}.name"), "A medication needs a name.");
            }
            self.text(&format!("{path}.name"), &one.name);
            self.text(&format!("{path}.dosage"), &one.dosage);
            self.text(&format!("{path}.route"), &one.route);
            self.text(&format!("{path}.frequency"), &one.frequency);
            self.text(&format!("{path}.duration"), &one.duration);
            self.text(&format!("{path}.instructions"), &one.instructions);
        }
        self.count("plan.diagnostic_tests", plan.diagnostic_tests.len());
        for (index, one) in plan.diagnostic_tests.iter().enumerate().take(MAX_ITEMS) {
            let path = format!("plan.diagnostic_tests.{index}");
            if one.test.trim().is_empty() {
                self.errors.add(format!("{path}.test"), "A test needs a name.");
            }
            self.text(&format!("{path}.test"), &one.test);
            self.text(&format!("{path}.indication"), &one.indication);
            self.text(&format!("{path}.urgency"), &one.urgency);
        }
        self.text("plan.follow_up.timing", &plan.follow_up.timing);
        self.text("plan.follow_up.condition", &plan.follow_up.condition);
        self.texts("plan.patient_education", &plan.patient_education);
    }

    fn text(&mut self, path: &str, text: &str) {
        let chars = text.chars().count();
        self.chars = self.chars.saturating_add(chars);
        if chars > MAX_TEXT_CHARS {
            self.errors.add(path.to_owned(), "At most 20,000 characters.");
        }
    }

    fn count(&mut self, path: &str, count: usize) {
        if count > MAX_ITEMS {
            self.errors.add(path.to_owned(), "At most 100 entries.");
        }
    }

    fn texts(&mut self, path: &str, texts: &[String]) {
        self.count(path, texts.len());
        for (index, text) in texts.iter().enumerate().take(MAX_ITEMS) {
            self.text(&format!("{path}.{index}"), text);
        }
    }

    fn open(&mut self, path: &str, values: &BTreeMap<String, Finding>) {
        self.count(path, values.len());
        for (key, value) in values.iter().take(MAX_ITEMS) {
            if key.trim().is_empty() || key.chars().count() > MAX_KEY_CHARS {
                // The key itself is the caller's text and may be anything: it is not repeated.
                self.errors.add(path.to_owned(), "A name in it must have 1 to 60 characters.");
            } else if let Finding::Text(text) = value {
                self.text(&format!("{path}.{key}"), text);
            }
        }
    }
}
