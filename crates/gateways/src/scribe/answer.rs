//! A language model's answer, and the note that it is.

use super::ScribeError;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use ward_domain::encounter::note::{
    Assessment, DiagnosticTest, Finding, FollowUp, MAX_ITEMS, Medication, Note, Objective, Plan, Sections,
    Subjective, Support,
};

/// Most segments that one sentence may name.
const MAX_SEGMENTS: usize = 100;

/// The answer as `prompt::schema` demands it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    chief_complaint: Vec<Sentence>,
    history_of_present_illness: Vec<Sentence>,
    review_of_systems: Vec<Named>,
    vital_signs: Vec<Named>,
    physical_exam: Vec<Named>,
    primary_diagnosis: Vec<Sentence>,
    differential_diagnoses: Vec<Sentence>,
    clinical_reasoning: Vec<Sentence>,
    medications: Vec<Drug>,
    diagnostic_tests: Vec<Ordered>,
    follow_up: Meeting,
    patient_education: Vec<Sentence>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sentence {
    text: String,
    segments: Vec<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    name: String,
    text: String,
    segments: Vec<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Drug {
    name: String,
    dosage: String,
    route: String,
    frequency: String,
    duration: String,
    instructions: String,
    segments: Vec<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ordered {
    test: String,
    indication: String,
    urgency: String,
    segments: Vec<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Meeting {
    timing: String,
    condition: String,
    segments: Vec<i64>,
}

/// The note that an answer is. Its support says what the model said; whether it is so, the checks find out.
pub(super) fn note(answer: Value) -> Result<Note, ScribeError> {
    // What serde says of it may hold a piece of it.
    let answer: Answer =
        serde_json::from_value(answer).map_err(|_| ScribeError::Unusable("it has not the form asked for"))?;
    let mut support = Ground::default();
    let sections = sections(answer, &mut support)?;
    let note = Note { sections, support: support.0, flags: Vec::new() };
    note.validate()
        .map_err(|_| ScribeError::Unusable("it is longer than a note may be, or has nameless parts"))?;
    Ok(note)
}

fn sections(answer: Answer, support: &mut Ground) -> Result<Sections, ScribeError> {
    let lists = [
        answer.medications.len(),
        answer.diagnostic_tests.len(),
        answer.patient_education.len(),
        answer.differential_diagnoses.len(),
    ];
    if lists.into_iter().any(|count| count > MAX_ITEMS) {
        return Err(ScribeError::Unusable("it has more entries than a note may have"));
    }
    Ok(Sections {
        subjective: Subjective {
            chief_complaint: support.text("/subjective/chief_complaint", answer.chief_complaint),
            history_of_present_illness: support
                .text("/subjective/history_of_present_illness", answer.history_of_present_illness),
            review_of_systems: support.open("/subjective/review_of_systems", answer.review_of_systems),
        },
        objective: Objective {
            vital_signs: support.open("/objective/vital_signs", answer.vital_signs),
            physical_exam: support.open("/objective/physical_exam", answer.physical_exam),
        },
        assessment: Assessment {
            primary_diagnosis: support.text("/assessment/primary_diagnosis", answer.primary_diagnosis),
            differential_diagnoses: support
                .list("/assessment/differential_diagnoses", answer.differential_diagnoses),
            clinical_reasoning: support.text("/assessment/clinical_reasoning", answer.clinical_reasoning),
        },
        plan: Plan {
            medications: medications(answer.medications, support),
            diagnostic_tests: tests(answer.diagnostic_tests, support),
            follow_up: FollowUp {
                timing: support.one(
                    "/plan/follow_up/timing",
                    &answer.follow_up.timing,
                    &answer.follow_up.segments,
                ),
                condition: support.one(
                    "/plan/follow_up/condition",
                    &answer.follow_up.condition,
                    &answer.follow_up.segments,
                ),
            },
            patient_education: support.list("/plan/patient_education", answer.patient_education),
        },
    })
}

fn medications(drugs: Vec<Drug>, support: &mut Ground) -> Vec<Medication> {
    let drugs = drugs.into_iter().filter(|drug| !drug.name.trim().is_empty()).enumerate();
    let medication = |(index, drug): (usize, Drug)| {
        let mut one = |field: &str, text: &str| {
            support.one(&format!("/plan/medications/{index}/{field}"), text, &drug.segments)
        };
        Medication {
            name: one("name", &drug.name),
            dosage: one("dosage", &drug.dosage),
            route: one("route", &drug.route),
            frequency: one("frequency", &drug.frequency),
            duration: one("duration", &drug.duration),
            instructions: one("instructions", &drug.instructions),
        }
    };
    drugs.map(medication).collect()
}

fn tests(tests: Vec<Ordered>, support: &mut Ground) -> Vec<DiagnosticTest> {
    let tests = tests.into_iter().filter(|test| !test.test.trim().is_empty()).enumerate();
    let test = |(index, test): (usize, Ordered)| {
        let mut one = |field: &str, text: &str| {
            support.one(&format!("/plan/diagnostic_tests/{index}/{field}"), text, &test.segments)
        };
        DiagnosticTest {
            test: one("test", &test.test),
            indication: one("indication", &test.indication),
            urgency: one("urgency", &test.urgency),
        }
    };
    tests.map(test).collect()
}

/// Support in the making.
#[derive(Default)]
struct Ground(Vec<Support>);

impl Ground {
    fn put(&mut self, path: &str, start: usize, end: usize, segments: &[i64]) {
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        // A segment that cannot be there is kept as one that is not: the checks flag it.
        let segments = segments.iter().take(MAX_SEGMENTS).map(|&at| u32::try_from(at).unwrap_or(u32::MAX));
        let mut segments: Vec<u32> = segments.collect();
        segments.sort_unstable();
        segments.dedup();
        self.0.push(Support { path: path.to_owned(), start: number(start), end: number(end), segments });
    }

    /// A field of one sentence.
    fn one(&mut self, path: &str, text: &str, segments: &[i64]) -> String {
        let trimmed = text.trim();
        if !trimmed.is_empty() {
            self.put(path, 0, trimmed.chars().count(), segments);
        }
        trimmed.to_owned()
    }

    /// A field of some sentences.
    fn text(&mut self, path: &str, sentences: Vec<Sentence>) -> String {
        let mut whole = String::new();
        for Sentence { text, segments } in sentences {
            self.add(path, &mut whole, &text, &segments);
        }
        whole
    }

    fn add(&mut self, path: &str, whole: &mut String, text: &str, segments: &[i64]) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        if !whole.is_empty() {
            whole.push(' ');
        }
        let start = whole.chars().count();
        whole.push_str(text);
        self.put(path, start, start + text.chars().count(), segments);
    }

    /// A list of sentences.
    fn list(&mut self, path: &str, sentences: Vec<Sentence>) -> Vec<String> {
        let said = sentences.into_iter().filter(|sentence| !sentence.text.trim().is_empty()).enumerate();
        said.map(|(index, Sentence { text, segments })| {
            self.one(&format!("{path}/{index}"), &text, &segments)
        })
        .collect()
    }

    /// An open object: what has the same name is one text.
    fn open(&mut self, path: &str, parts: Vec<Named>) -> BTreeMap<String, Finding> {
        let mut texts: BTreeMap<String, String> = BTreeMap::new();
        for Named { name, text, segments } in parts {
            let key = name.trim().to_lowercase().replace(' ', "_");
            if text.trim().is_empty() {
                continue;
            }
            let pointer = format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"));
            let whole = texts.entry(key).or_default();
            self.add(&pointer, whole, &text, &segments);
        }
        texts.into_iter().map(|(key, text)| (key, Finding::Text(text))).collect()
    }
}
