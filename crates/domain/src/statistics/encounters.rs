//! What a consultation gives to the figures, and how these read.
//!
//! Everything is kept by doctor; the hospital's figures are all doctors' together. Shares are kept in millionths, so that
//! sums are whole numbers and give back to the last one what a changed consultation gave before.

use super::{DayFigures, Fact};
use crate::encounter::{Encounter, EncounterStatus};
use crate::id::UserId;
use crate::secret::{digest, hex};
use crate::zone::Zone;
use std::collections::{BTreeMap, BTreeSet};

/// What every key of a consultation's facts begins with.
const PREFIX: &str = "e/";
/// Tags of one consultation that are counted.
const MAX_TAGS: usize = 10;
/// Characters of a tag that are told apart.
const MAX_TAG: usize = 40;
/// Bytes of a name's digest that tell patients apart in a hospital's days.
const HASH_BYTES: usize = 8;
const MILLION: f64 = 1_000_000.0;

/// What a consultation gives, on the day when it took place.
pub fn facts_of_encounter(encounter: &Encounter, zone: &Zone) -> Vec<Fact> {
    let day = super::day_number(zone.date(encounter.encounter_date));
    let mut facts = Vec::new();
    let mut give = |what: &str, amount: u64| {
        if amount > 0 {
            facts.push(Fact { day, key: format!("{PREFIX}{}/{what}", encounter.doctor), amount });
        }
    };
    give(encounter.status.word(), 1);
    give("timed", u64::from(encounter.duration_ms > 0));
    give("duration_ms", encounter.duration_ms);
    if let Some(written) = encounter.written {
        give("notes", 1);
        give("processing_ms", written.processing_ms);
        give("confidence", millionths(written.confidence_score));
        give("fullness", millionths(written.fullness));
        give("edits", written.edits);
    }
    if let Some(score) = encounter.checklist_score {
        give("checklists", 1);
        give("checklist", millionths(score));
    }
    give("signed", u64::from(encounter.signature.is_some()));
    give("addenda", encounter.addenda);
    let tags: BTreeSet<String> = encounter.tags.iter().take(MAX_TAGS).map(|tag| plain(tag)).collect();
    for tag in tags.iter().filter(|tag| !tag.is_empty()) {
        give(&format!("complaint/{tag}"), 1);
    }
    give(&format!("patient/{}", patient(&encounter.patient_name)), 1);
    facts
}

/// A share of 1 as a whole number; what is none is nought or all.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // within 0 and a million
fn millionths(share: f64) -> u64 {
    if share.is_nan() { 0 } else { (share.clamp(0.0, 1.0) * MILLION).round() as u64 }
}

/// A tag without what keys are made of.
fn plain(tag: &str) -> String {
    let tag = tag.trim().to_lowercase();
    tag.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-')).take(MAX_TAG).collect()
}

/// Tells patients apart without saying who they are: a consultation belongs to no chart, so they are told by the name that
/// the doctor wrote. Two patients of one name count as one.
fn patient(name: &str) -> String {
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    hex(&digest(words.join(" ").as_bytes())[..HASH_BYTES])
}

/// Figures of consultations over some days.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EncounterFigures {
    sums: BTreeMap<String, u64>,
    complaints: BTreeMap<String, u64>,
    patients: BTreeSet<String>,
}

impl EncounterFigures {
    /// Adds a day's, of one doctor or of all.
    pub fn add(&mut self, day: &DayFigures, doctor: Option<UserId>) {
        let begins = doctor.map_or_else(|| PREFIX.to_owned(), |doctor| format!("{PREFIX}{doctor}/"));
        let of = day.counts.range(begins.clone()..).take_while(|(key, _)| key.starts_with(&begins));
        for (key, count) in of {
            let Some((_, what)) = key[PREFIX.len()..].split_once('/') else { continue };
            match what.split_once('/') {
                Some(("complaint", tag)) => *self.complaints.entry(tag.to_owned()).or_default() += count,
                Some(("patient", hash)) => drop(self.patients.insert(hash.to_owned())),
                _ => *self.sums.entry(what.to_owned()).or_default() += count,
            }
        }
    }

    fn sum(&self, what: &str) -> u64 {
        self.sums.get(what).copied().unwrap_or(0)
    }

    /// Consultations that took place, by where they stand.
    pub fn by_status(&self, status: EncounterStatus) -> u64 {
        self.sum(status.word())
    }

    /// Consultations that took place.
    pub fn encounters(&self) -> u64 {
        EncounterStatus::ALL.into_iter().map(|status| self.by_status(status)).sum()
    }

    /// Patients, told apart by their names.
    pub fn patients(&self) -> u64 {
        self.patients.len() as u64
    }

    /// What was said, in milliseconds.
    pub fn duration_ms(&self) -> u64 {
        self.sum("duration_ms")
    }

    /// The mean length of those whose length is known, in milliseconds.
    pub fn mean_duration_ms(&self) -> f64 {
        mean(self.sum("duration_ms"), self.sum("timed"))
    }

    /// Consultations that have a note.
    pub fn notes(&self) -> u64 {
        self.sum("notes")
    }

    /// How long the scribe took for one, in milliseconds.
    pub fn mean_processing_ms(&self) -> f64 {
        mean(self.sum("processing_ms"), self.notes())
    }

    /// 0 to 1.
    pub fn mean_confidence(&self) -> f64 {
        mean(self.sum("confidence"), self.notes()) / MILLION
    }

    /// 0 to 1.
    pub fn mean_fullness(&self) -> f64 {
        mean(self.sum("fullness"), self.notes()) / MILLION
    }

    /// 0 to 1.
    pub fn mean_checklist(&self) -> f64 {
        mean(self.sum("checklist"), self.sum("checklists")) / MILLION
    }

    /// Versions of notes that persons wrote.
    pub fn edits(&self) -> u64 {
        self.sum("edits")
    }

    /// Notes that are signed.
    pub fn signed(&self) -> u64 {
        self.sum("signed")
    }

    /// Addenda to signed notes.
    pub fn addenda(&self) -> u64 {
        self.sum("addenda")
    }

    /// What consultations were about, most common first.
    pub fn complaints(&self) -> Vec<(&str, u64)> {
        let mut all: Vec<(&str, u64)> =
            self.complaints.iter().map(|(tag, count)| (tag.as_str(), *count)).collect();
        all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        all
    }
}

/// Nought of nothing.
#[allow(clippy::cast_precision_loss)] // years of milliseconds are below 2^53
fn mean(sum: u64, of: u64) -> f64 {
    if of == 0 { 0.0 } else { sum as f64 / of as f64 }
}

#[cfg(test)]
mod tests {
    use super::super::{Gives, StatisticsView};
    use super::*;
    use crate::encounter::{Signature, Written};
    use crate::id::Id;
    use crate::record::RecordKind;
    use crate::time::Time;
    use proptest::prelude::*;

    fn encounter(id: u64, doctor: u64, name: &str, at: &str) -> Encounter {
        serde_json::from_value(serde_json::json!({
            "id": id, "doctor": doctor, "patient_name": name, "patient_age": null, "patient_gender": "",
            "chief_complaint": "", "notes": "", "encounter_date": at, "status": "pending",
            "progress": {"audio_upload": "pending", "transcription": "pending", "soap_generation": "pending",
                "checklist_evaluation": "pending"},
            "waiting_for": "", "duration_ms": 0, "language": "", "transcript_preview": "", "note": null,
            "note_version": 0, "checklist_score": null, "tags": [], "attempts": 0, "due": null,
            "created_at": at, "updated_at": at
        }))
        .unwrap()
    }

    fn written(mut encounter: Encounter, duration_ms: u64, confidence_score: f64, edits: u64) -> Encounter {
        encounter.status = EncounterStatus::Completed;
        encounter.duration_ms = duration_ms;
        encounter.written = Some(Written { confidence_score, processing_ms: 1_500, fullness: 0.5, edits });
        encounter.checklist_score = Some(0.25);
        encounter.tags = vec!["Headache".into(), "nausea/vomiting".into(), "headache".into()];
        encounter
    }

    /// The figures as they are rolled up.
    #[derive(Default)]
    struct Rolled(StatisticsView);

    impl Rolled {
        fn count(&mut self, subject: u64, encounter: Option<&Encounter>, zone: &Zone) {
            let facts = encounter.map(|one| facts_of_encounter(one, zone)).unwrap_or_default();
            let subject = Id::new(subject).unwrap();
            for change in self.0.count(&[Gives { subject, facts }]).changes {
                let body = change.body.unwrap();
                match change.kind {
                    RecordKind::Contribution => {
                        drop(self.0.gave.insert(change.id, serde_json::from_slice(&body).unwrap()));
                    }
                    RecordKind::DayFigures => {
                        let day: DayFigures = serde_json::from_slice(&body).unwrap();
                        self.0.days.insert(day.day, day);
                    }
                    other => panic!("{other:?}"),
                }
            }
        }

        fn all(&self, doctor: Option<u64>) -> EncounterFigures {
            let mut figures = EncounterFigures::default();
            let doctor = doctor.map(|id| Id::new(id).unwrap().into());
            self.0.days.values().for_each(|day| figures.add(day, doctor));
            figures
        }
    }

    #[test]
    fn a_doctor_has_their_own_figures_and_the_hospital_all() {
        let mut rolled = Rolled::default();
        let one = written(encounter(1, 7, "Lena  Brandt", "2024-01-20T09:00:00Z"), 600_000, 0.9, 2);
        let two = written(encounter(2, 70, "lena brandt", "2024-01-21T09:00:00Z"), 0, 0.8, 0);
        let three = encounter(3, 7, "Ali", "2024-01-21T09:00:00Z");
        for (id, one) in [(1, &one), (2, &two), (3, &three), (1, &one)] {
            rolled.count(id, Some(one), &Zone::UTC);
        }
        let (all, own) = (rolled.all(None), rolled.all(Some(7)));
        assert_eq!((all.encounters(), own.encounters()), (3, 2));
        assert_eq!((all.patients(), own.patients()), (2, 2));
        assert_eq!((all.notes(), all.edits(), all.by_status(EncounterStatus::Pending)), (2, 2, 1));
        assert!((all.mean_confidence() - 0.85).abs() < 1e-9 && (own.mean_confidence() - 0.9).abs() < 1e-9);
        // One of unknown length is not one of no length.
        assert!((all.mean_duration_ms() - 600_000.0).abs() < 1e-9);
        assert!((all.mean_processing_ms() - 1_500.0).abs() < 1e-9);
        assert_eq!(all.complaints(), [("headache", 2), ("nauseavomiting", 2)]);
        let keys = rolled.0.days.values().flat_map(|day| day.counts.keys());
        assert!(keys.into_iter().all(|key| key.starts_with("e/7/") || key.starts_with("e/70/")));
    }

    #[test]
    fn the_hospitals_day_counts() {
        let tehran = Zone::named("Asia/Tehran").unwrap();
        let late = encounter(1, 7, "A", "2024-01-20T21:00:00Z");
        let day = |zone: &Zone| facts_of_encounter(&late, zone)[0].day;
        assert_eq!(day(&tehran), day(&Zone::UTC) + 1);
    }

    proptest! {
        /// Whatever happened in between, the figures are those of what stands.
        #[test]
        fn figures_of_consultations_are_those_of_what_stands(
            steps in prop::collection::vec((1..4_u64, 0..4_u8, 0..900_000_u64, 0..5_u64), 1..40)
        ) {
            let mut rolled = Rolled::default();
            let mut stands: BTreeMap<u64, Encounter> = BTreeMap::new();
            for (id, what, duration, edits) in steps {
                let at = if what == 3 { "2024-02-01T00:00:00Z" } else { "2024-01-20T09:00:00Z" };
                let mut one = written(encounter(id, 7 + id % 2, "A", at), duration, 0.123_456_7, edits);
                match what {
                    0 => drop(stands.remove(&id)),
                    1 => drop(stands.insert(id, encounter(id, 7 + id % 2, "B", at))),
                    _ => {
                        let by = Id::new(7).unwrap().into();
                        let at = Time::from_millis(0);
                        one.signature = Some(Signature { version: 1, by, at, sha256: String::new() });
                        stands.insert(id, one);
                    }
                }
                rolled.count(id, stands.get(&id), &Zone::UTC);
            }
            let mut anew = Rolled::default();
            for (id, one) in &stands {
                anew.count(*id, Some(one), &Zone::UTC);
            }
            for doctor in [None, Some(7), Some(8)] {
                prop_assert_eq!(rolled.all(doctor), anew.all(doctor));
            }
        }
    }
}
