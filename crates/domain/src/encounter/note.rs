//! A SOAP note: what was told, what was found, what it is, what is to be done.
//!
//! The shapes are those of the SOAPify document (*Get SOAP Note*, *Update SOAP Note*, *Get Encounter Details*). Three
//! of its objects are open: a clinic may name its own vital signs, systems and examined regions.

mod diff;
mod flag;
mod flat;
mod fullness;
mod limits;
mod merge;

pub use diff::{FieldChange, WordChange, Words};
pub use flag::{Flag, FlagReason};
pub use flat::{FlatNote, readable};
pub use limits::{MAX_ITEMS, MAX_KEY_CHARS, MAX_NOTE_CHARS, MAX_TEXT_CHARS};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A note and what each of its sentences rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Note {
    /// The note itself.
    pub sections: Sections,
    /// Where its sentences come from. Sentences that a person wrote or changed have none.
    pub support: Vec<Support>,
    /// What a scribe wrote that the transcript does not bear: to be looked at before it is believed.
    pub flags: Vec<Flag>,
}

/// The four parts of a note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Sections {
    /// What the patient tells.
    pub subjective: Subjective,
    /// What was measured and seen.
    pub objective: Objective,
    /// What it is, or may be.
    pub assessment: Assessment,
    /// What is to be done.
    pub plan: Plan,
}

/// What the patient tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Subjective {
    /// Why the patient came, in a line.
    pub chief_complaint: String,
    /// The story.
    pub history_of_present_illness: String,
    /// What was asked and answered, by body system: `"neurological": "Denies dizziness."`
    pub review_of_systems: BTreeMap<String, Finding>,
}

/// What was measured and seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Objective {
    /// By measure: `"blood_pressure": "120/80"` (mmHg), `"heart_rate": 72` (a minute).
    pub vital_signs: BTreeMap<String, Finding>,
    /// By region: `"heent": "Pupils equal and reactive"`. Results of tests stand under `results`.
    pub physical_exam: BTreeMap<String, Finding>,
}

/// What it is, or may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Assessment {
    /// The likeliest.
    pub primary_diagnosis: String,
    /// What else it may be, likeliest first.
    pub differential_diagnoses: Vec<String>,
    /// Why.
    pub clinical_reasoning: String,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Plan {
    /// Medicines to take, change or stop.
    pub medications: Vec<Medication>,
    /// Tests to do.
    pub diagnostic_tests: Vec<DiagnosticTest>,
    /// When to meet again.
    pub follow_up: FollowUp,
    /// What the patient was told to do and to watch for.
    pub patient_education: Vec<String>,
}

/// A medicine. What nobody said is empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Medication {
    /// Its name, generic or brand as it was said.
    pub name: String,
    /// How much at a time: `400 mg`.
    pub dosage: String,
    /// `oral`, `topical`, …
    pub route: String,
    /// How often: `every 8 hours`.
    pub frequency: String,
    /// How long: `5 days`.
    pub duration: String,
    /// Anything else: `Take with food.`
    pub instructions: String,
}

/// A test to do. What nobody said is empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct DiagnosticTest {
    /// Which.
    pub test: String,
    /// What it is to show.
    pub indication: String,
    /// `routine`, `urgent`, …
    pub urgency: String,
}

/// When to meet again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct FollowUp {
    /// `1 week`.
    pub timing: String,
    /// `If symptoms persist`.
    pub condition: String,
}

/// A value in an open object: text or a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Finding {
    /// A number, such as a heart rate.
    Number(serde_json::Number),
    /// Anything else.
    Text(String),
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl From<&str> for Finding {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// What one sentence of the note rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Support {
    /// The field as a JSON pointer (RFC 6901) into the sections: `/plan/medications/0/dosage`.
    pub path: String,
    /// First character of the sentence in the field's text.
    pub start: u32,
    /// Character after the last.
    pub end: u32,
    /// The segments of the transcript that say it, in order.
    pub segments: Vec<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_documents_example_reads_and_prints_the_same() {
        let document = json!({
            "subjective": {
                "chief_complaint": "Persistent headache for 3 days",
                "history_of_present_illness": "Patient reports...",
                "review_of_systems": {"neurological": "Positive for headache, denies dizziness"}
            },
            "objective": {
                "vital_signs": {"blood_pressure": "120/80", "heart_rate": 72, "temperature": "36.8°C"},
                "physical_exam": {"general": "Alert and oriented"}
            },
            "assessment": {
                "primary_diagnosis": "Tension headache",
                "differential_diagnoses": ["Migraine headache", "Cluster headache"],
                "clinical_reasoning": "Based on..."
            },
            "plan": {
                "medications": [{
                    "name": "Ibuprofen", "dosage": "400mg", "route": "PO", "frequency": "TID", "duration": "5 days",
                    "instructions": "Take with food"
                }],
                "diagnostic_tests": [{"test": "MRI Brain", "indication": "Rule out abnormalities", "urgency": "routine"}],
                "follow_up": {"timing": "1 week", "condition": "If symptoms persist"},
                "patient_education": ["Stress management techniques", "Proper sleep hygiene"]
            }
        });
        let sections: Sections = serde_json::from_value(document.clone()).unwrap();
        assert_eq!(serde_json::to_value(&sections).unwrap(), document);
    }
}
