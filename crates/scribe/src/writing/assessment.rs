//! What it is, or may be, and why.

use super::draft::{Draft, Field};
use super::english::of_patient;
use super::polish::{polished, sentence};
use crate::find::diagnoses::{Diagnosis, names_one};
use crate::pack::Kind;
use crate::reading::{Line, Reading};
use ward_domain::encounter::note::Assessment;

/// The assessment.
pub(crate) fn write(reading: &Reading, diagnoses: &[Diagnosis], draft: &mut Draft) -> Assessment {
    let primary = diagnoses.iter().find(|diagnosis| diagnosis.likely).or_else(|| diagnoses.first());
    let segment = |diagnosis: &Diagnosis| reading.lines[diagnosis.line].sentence.segment;
    let capital = |name: &str| sentence(name).trim_end_matches('.').to_owned();
    let primary_diagnosis = primary.map_or_else(String::new, |diagnosis| {
        draft.one("/assessment/primary_diagnosis", &capital(&diagnosis.name), &[segment(diagnosis)])
    });
    let others = diagnoses.iter().filter(|diagnosis| !diagnosis.likely && Some(*diagnosis) != primary);
    let differential_diagnoses = others.enumerate().map(|(index, diagnosis)| {
        let path = format!("/assessment/differential_diagnoses/{index}");
        draft.one(&path, &capital(&diagnosis.name), &[segment(diagnosis)])
    });
    let differential_diagnoses = differential_diagnoses.collect();
    let mut reasons = Field::default();
    for line in reading.lines.iter().filter(|line| reasons_about(line)) {
        let text = polished(line);
        let text = if reading.pack.language == "en" {
            sentence(&of_patient(&text))
        } else {
            reading.pack.phrase("doctor_quote", sentence(&text).trim_end_matches('.'))
        };
        reasons.push(text, &[line.sentence.segment]);
    }
    let clinical_reasoning = draft.write("/assessment/clinical_reasoning", reasons);
    Assessment { primary_diagnosis, differential_diagnoses, clinical_reasoning }
}

/// True for a sentence that names a diagnosis or weighs one.
pub(crate) fn reasons_about(line: &Line) -> bool {
    let weighs = line.by_doctor()
        && line.progress >= 0.5
        && !line.asks_plainly()
        && line.has(Kind::Diagnose)
        && line.has(Kind::Symptom)
        && !line.has(Kind::If)
        && !line.has(Kind::Prescribe)
        && line.words() >= 8;
    names_one(line) || weighs || says_course(line)
}

/// How long it will take, or takes in most: "these last about five to seven days".
fn says_course(line: &Line) -> bool {
    line.by_doctor()
        && line.progress >= 0.5
        && !line.asks_plainly()
        && !line.has(Kind::If)
        && !line.has(Kind::Prescribe)
        && !line.has(Kind::FollowUp)
        && !line.has(Kind::Advise)
        && line.words() >= 5
        && !crate::find::amounts::durations(line).is_empty()
}
