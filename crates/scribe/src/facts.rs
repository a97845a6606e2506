//! The facts that a note states, read back from the note alone: what a measure of any scribe compares with labels.

use crate::find::{amounts, medicines, negation, vitals};
use crate::pack::{Kind, pack};
use crate::reading::Reading;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use ward_domain::encounter::note::Note;
use ward_domain::encounter::transcript::{Segment, Speaker, Transcript};

/// Facts by sort, in small letters, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Facts {
    /// Medicines and classes of them.
    pub drugs: BTreeSet<String>,
    /// `500 mg`, `2 tablets`.
    pub doses: BTreeSet<String>,
    /// `3 days`: since when, and for how long.
    pub durations: BTreeSet<String>,
    /// `blood_pressure 120/80`.
    pub vitals: BTreeSet<String>,
    /// Symptoms that are denied.
    pub negated: BTreeSet<String>,
    /// What is to be done: one medicine, test, visit or piece of advice each.
    pub plan: BTreeSet<String>,
}

/// The facts of a note in the given language.
pub fn stated(note: &Note, language: &str) -> Facts {
    let sections = &note.sections;
    let plan = &sections.plan;
    let mut facts = Facts::default();
    for one in &plan.medications {
        let parts = [&one.name, &one.dosage, &one.frequency, &one.duration, &one.instructions];
        facts.plan.insert(parts.map(String::as_str).join(" ").to_lowercase());
    }
    for one in &plan.diagnostic_tests {
        facts.plan.insert(format!("{} {}", one.test, one.indication).to_lowercase());
    }
    facts.plan.extend(plan.patient_education.iter().map(|text| text.to_lowercase()));
    for support in note.support.iter().filter(|support| support.path == "/plan/follow_up/condition") {
        let (start, length) = (support.start as usize, (support.end - support.start) as usize);
        facts.plan.insert(
            plan.follow_up.condition.chars().skip(start).take(length).collect::<String>().to_lowercase(),
        );
    }
    for (key, value) in &sections.objective.vital_signs {
        let value = value.to_string();
        facts.vitals.insert(format!("{key} {}", value.split(" (").next().unwrap_or_default()));
    }
    read_texts(note, language, &mut facts);
    facts
}

/// What stands in the note's texts: medicines, doses, durations, denials.
fn read_texts(note: &Note, language: &str, facts: &mut Facts) {
    let sections = &note.sections;
    let mut texts = vec![
        sections.subjective.chief_complaint.clone(),
        sections.subjective.history_of_present_illness.clone(),
    ];
    let first_review = texts.len();
    texts.extend(sections.subjective.review_of_systems.values().map(ToString::to_string));
    let segment_index = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
    let reviews = segment_index(first_review)..segment_index(texts.len());
    texts.push(sections.assessment.clinical_reasoning.clone());
    for one in &sections.plan.medications {
        texts.extend([&one.name, &one.dosage, &one.duration, &one.instructions].map(Clone::clone));
    }
    texts.extend(sections.plan.patient_education.iter().cloned());
    texts.extend([sections.plan.follow_up.timing.clone(), sections.plan.follow_up.condition.clone()]);
    let segment = |text: String| Segment { start_ms: 0, end_ms: 0, speaker: Speaker::Other, text };
    let transcript = Transcript {
        language: language.to_owned(),
        segments: texts.into_iter().map(segment).collect(),
        confidence: None,
    };
    let reading = Reading::new(&transcript, pack(language));
    for line in &reading.lines {
        for hit in line
            .of(Kind::Drug)
            .filter(|&hit| !negation::is_negated(line, hit) && !medicines::allergic(line, hit))
        {
            facts.drugs.insert(reading.name(hit).to_lowercase());
        }
        // Denials are read where a note states them: a story says "not" of many things.
        if reviews.contains(&line.sentence.segment) {
            let denied = line.of(Kind::Symptom).filter(|&hit| negation::is_negated(line, hit));
            facts.negated.extend(denied.map(|hit| reading.name(hit).to_lowercase()));
        }
        facts.doses.extend(amounts::doses(line, reading.pack).into_iter().map(|(amount, _)| amount.text));
        facts.durations.extend(amounts::durations(line).into_iter().map(|amount| amount.text.to_lowercase()));
    }
    for vital in vitals::find(&reading) {
        let stands = facts.vitals.iter().any(|known| known.starts_with(&vital.key));
        if !stands {
            facts.vitals.insert(format!("{} {}", vital.key, vital.value));
        }
    }
}
