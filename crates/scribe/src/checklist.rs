//! What a complete consultation covers, and whether this one did.
//!
//! | key | met where |
//! |---|---|
//! | `chief_complaint` | the note has the reason for the visit |
//! | `onset` | the patient says a time: since when, how long, how often |
//! | `associated` | a second symptom was told or asked for and answered |
//! | `history` | past illness, surgery, family, work, smoking or the like was spoken of |
//! | `medications` | what the patient takes was told, or asked for |
//! | `allergies` | allergies were spoken of |
//! | `vitals` | the note has a vital sign |
//! | `exam` | the note has a finding of the examination |
//! | `assessment` | the note has a diagnosis, or reasons about one |
//! | `plan` | the note has a medicine, a test or advice |
//! | `follow_up` | the note says when to come back, or what to come back for |
//!
//! What rests on the note takes the segments that the note's sentences rest on as evidence, and those only: a sentence that
//! names no segment meets nothing. The score is the share of items that are met.

use crate::find::medicines::Medicine;
use crate::find::symptoms::Symptom;
use crate::pack::Kind;
use crate::reading::{Line, Reading};
use ward_domain::encounter::ChecklistItem;
use ward_domain::encounter::note::{Note, Support};

/// Most segments named as evidence for one item.
pub const MAX_EVIDENCE: usize = 8;

/// The checklist and the share of it that is met, 0 to 1.
pub(crate) fn check(
    reading: &Reading,
    symptoms: &[Symptom],
    medicines: &[Medicine],
    note: &Note,
) -> (Vec<ChecklistItem>, f64) {
    let supported = |paths: &[&str]| -> Vec<u32> {
        let under = |support: &&Support| paths.iter().any(|path| support.path.starts_with(path));
        note.support.iter().filter(under).flat_map(|support| support.segments.clone()).collect()
    };
    let said = |test: &dyn Fn(&Line) -> bool| -> Vec<u32> {
        reading.lines.iter().filter(|line| test(line)).map(|line| line.sentence.segment).collect()
    };
    let asked: Vec<u32> = symptoms.iter().skip(1).flat_map(|symptom| symptom.segments.clone()).collect();
    let taken: Vec<u32> = medicines
        .iter()
        .filter(|medicine| !medicine.planned)
        .flat_map(|medicine| medicine.lines.iter().map(|&line| reading.lines[line].sentence.segment))
        .collect();
    let asked_medicines = said(&|line| line.asks() && line.sentence.text.to_lowercase().contains("medic"));
    let items = [
        ("chief_complaint", supported(&["/subjective/chief_complaint"])),
        ("onset", said(&|line| line.by_patient() && line.has(Kind::TimeUnit))),
        ("associated", asked),
        ("history", said(&|line| line.has(Kind::History) && line.progress > 0.05)),
        ("medications", if taken.is_empty() { asked_medicines } else { taken }),
        ("allergies", said(&|line| line.has(Kind::Allergy))),
        ("vitals", supported(&["/objective/vital_signs"])),
        ("exam", supported(&["/objective/physical_exam"])),
        ("assessment", supported(&["/assessment"])),
        ("plan", supported(&["/plan/medications", "/plan/diagnostic_tests", "/plan/patient_education"])),
        ("follow_up", supported(&["/plan/follow_up"])),
    ];
    let items: Vec<ChecklistItem> = items
        .into_iter()
        .map(|(key, mut evidence)| {
            evidence.retain(|segment| reading.lines.iter().any(|line| line.sentence.segment == *segment));
            evidence.sort_unstable();
            evidence.dedup();
            evidence.truncate(MAX_EVIDENCE);
            let label = reading.pack.phrase(&format!("check_{key}"), "");
            ChecklistItem { key: key.to_owned(), label, met: !evidence.is_empty(), evidence }
        })
        .collect();
    let score = share(items.iter().filter(|item| item.met).count(), items.len());
    (items, score)
}

/// `part / whole` with two decimals; 0 for an empty whole.
pub(crate) fn share(part: usize, whole: usize) -> f64 {
    let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    if whole == 0 { 0.0 } else { (number(part) / number(whole) * 100.0).round() / 100.0 }
}
