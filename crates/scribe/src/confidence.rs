//! How far a note can be trusted to hold the consultation.
//!
//! `confidence = certainty × (1 − flagged) × (0.4 + 0.35 × coverage + 0.25 × completeness)`, rounded to two decimals, where
//! - *flagged* is the share of the note's sentences that the checks flagged (`check`),
//! - *coverage* is the share of the segments with clinical words that some sentence of the note rests on,
//! - *completeness* is the share of complaint, story, diagnosis and plan that the note has,
//! - *certainty* is the speech engine's own confidence, 1 for a typed transcript.
//!
//! A note without any supported sentence has confidence 0. The number says how much of what was said stands in the
//! note; it does not say that the medicine is right.

use crate::checklist::share;
use crate::pack::Kind;
use crate::reading::{Line, Reading};
use std::collections::BTreeSet;
use ward_domain::encounter::note::Note;

/// The confidence in a note, 0 to 1.
pub(crate) fn score(reading: &Reading, note: &Note, certainty: Option<f64>) -> f64 {
    if note.support.is_empty() {
        return 0.0;
    }
    let resting: BTreeSet<u32> = note.support.iter().flat_map(|support| support.segments.clone()).collect();
    let clinical: BTreeSet<u32> =
        reading.lines.iter().filter(|line| is_clinical(line)).map(|line| line.sentence.segment).collect();
    let coverage = share(clinical.intersection(&resting).count(), clinical.len());
    let sections = &note.sections;
    let plan = &sections.plan;
    let parts = [
        !sections.subjective.chief_complaint.is_empty(),
        !sections.subjective.history_of_present_illness.is_empty(),
        !sections.assessment.primary_diagnosis.is_empty(),
        !plan.medications.is_empty()
            || !plan.diagnostic_tests.is_empty()
            || !plan.patient_education.is_empty(),
    ];
    let completeness = share(parts.iter().filter(|part| **part).count(), parts.len());
    let certainty = certainty.filter(|value| (0.0..=1.0).contains(value)).unwrap_or(1.0);
    ((certainty * (1.0 - crate::check::flagged_share(note)) * (0.4 + 0.35 * coverage + 0.25 * completeness))
        * 100.0)
        .round()
        / 100.0
}

fn is_clinical(line: &Line) -> bool {
    line.hits.iter().any(|hit| {
        matches!(
            hit.kind,
            Kind::Symptom | Kind::Drug | Kind::Condition | Kind::Test | Kind::Vital | Kind::Exam
        )
    })
}
