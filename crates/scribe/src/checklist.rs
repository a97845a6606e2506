//! What a complete consultation covers, and whether this one did.

use crate::find::medicines::Medicine;
use crate::find::symptoms::Symptom;
use crate::pack::Kind;
use crate::reading::{Line, Reading};
use serde::{Deserialize, Serialize};
use ward_domain::encounter::note::{Note, Support};

/// One thing that a consultation should cover.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChecklistItem {
    /// A stable word: `allergies`.
    pub key: String,
    /// The same for people, in the transcript's language.
    pub label: String,
    /// True where it was covered.
    pub met: bool,
    /// The segments that cover it, at most [`MAX_EVIDENCE`].
    pub evidence: Vec<u32>,
}

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
