//! Consultations of our own writing, for `ward demo` and for tests. Names and people are invented.

use serde::Deserialize;
use std::sync::OnceLock;
use ward_domain::encounter::transcript::Transcript;

/// One consultation with what a booking would know of it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consultation {
    /// Its name among the others: `en-tension-headache`.
    pub slug: String,
    /// ISO 639-1, as in the transcript.
    pub language: String,
    /// The patient's invented name.
    pub patient_name: String,
    /// In years.
    pub patient_age: u32,
    /// `male` or `female`.
    pub patient_gender: String,
    /// As it was booked.
    pub chief_complaint: String,
    /// What was said, with times.
    pub transcript: Transcript,
}

impl Consultation {
    /// What a booking tells the scribe.
    pub fn hints(&self) -> crate::Hints {
        crate::Hints {
            chief_complaint: Some(self.chief_complaint.clone()),
            patient_age: Some(self.patient_age),
            gender: Some(self.patient_gender.clone()),
            now: None,
        }
    }
}

const FILES: &[&str] = &[
    include_str!("../consultations/en-tension-headache.json"),
    include_str!("../consultations/en-chest-infection.json"),
    include_str!("../consultations/en-knee-injury.json"),
    include_str!("../consultations/en-hypertension-review.json"),
    include_str!("../consultations/fa-migraine.json"),
    include_str!("../consultations/fa-diabetes-review.json"),
    include_str!("../consultations/es-urinary-infection.json"),
    include_str!("../consultations/es-low-back-pain.json"),
];

/// All of them, English first.
pub fn all() -> &'static [Consultation] {
    static ALL: OnceLock<Vec<Consultation>> = OnceLock::new();
    ALL.get_or_init(|| FILES.iter().filter_map(|file| serde_json::from_str(file).ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_reads_and_is_a_consultation() {
        assert_eq!(all().len(), FILES.len(), "a file that does not read is left out");
        for one in all() {
            assert!(one.transcript.validate().is_ok(), "{}", one.slug);
            assert_eq!(one.transcript.language, one.language, "{}", one.slug);
            assert!(
                (25..=60).contains(&one.transcript.segments.len()),
                "{}: {}",
                one.slug,
                one.transcript.segments.len()
            );
            assert!(
                one.transcript.segments.windows(2).all(|pair| pair[0].end_ms <= pair[1].start_ms),
                "{}",
                one.slug
            );
        }
    }
}
