//! Consultations on the wire (document 000, *Encounters*).

pub mod audio;
pub mod chunk;
pub mod create;
mod detail;
mod form;
pub mod list;
pub mod read;
pub mod retry;
pub mod socket;
pub mod status;
pub mod transcript;

pub use detail::Detail;

use crate::moment::Moment;
use serde::Serialize;
use utoipa::ToSchema;
use ward_domain::encounter::Encounter;

const MINUTE_MS: u64 = 60_000;

/// A consultation in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Row {
    id: u64,
    patient_name: String,
    /// In years; null where it was never said.
    patient_age: Option<u32>,
    patient_gender: String,
    chief_complaint: String,
    #[schema(value_type = String, format = DateTime)]
    encounter_date: Moment,
    /// Rounded; 0 as long as nobody knows.
    duration_minutes: u64,
    #[schema(example = "completed")]
    status: &'static str,
    /// A link, good for a while; empty without a recording.
    audio_file_url: String,
    /// How the transcript begins; empty without one.
    transcript_preview: String,
    /// Null as long as there is no note.
    soap_note_id: Option<u64>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Moment,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Moment,
}

impl Row {
    /// A row, with the link to its recording.
    fn new(encounter: &Encounter, audio_file_url: String) -> Self {
        Self {
            id: encounter.id.get(),
            patient_name: encounter.patient_name.clone(),
            patient_age: encounter.patient_age,
            patient_gender: encounter.patient_gender.clone(),
            chief_complaint: encounter.chief_complaint.clone(),
            encounter_date: encounter.encounter_date.into(),
            duration_minutes: minutes(encounter.duration_ms),
            status: encounter.status.word(),
            audio_file_url,
            transcript_preview: encounter.transcript_preview.clone(),
            soap_note_id: encounter.note.map(ward_domain::id::NoteId::get),
            created_at: encounter.created_at.into(),
            updated_at: encounter.updated_at.into(),
        }
    }
}

fn minutes(ms: u64) -> u64 {
    ms.saturating_add(MINUTE_MS / 2) / MINUTE_MS
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use serde_json::json;

    /// The document's consultation, before its transcript.
    pub fn pending() -> Encounter {
        serde_json::from_value(json!({
            "id": 1, "doctor": 2, "patient_name": "John Doe", "patient_age": 45, "patient_gender": "male",
            "chief_complaint": "Persistent headache for 3 days", "notes": "", "encounter_date": "2024-01-20T09:00:00Z",
            "status": "pending",
            "progress": {
                "audio_upload": "pending", "transcription": "pending", "soap_generation": "pending",
                "checklist_evaluation": "pending"
            },
            "waiting_for": "Waiting for the transcript.", "duration_ms": 0, "language": "", "transcript_preview": "",
            "note": null, "note_version": 0, "checklist_score": null, "tags": [], "attempts": 0, "due": null,
            "created_at": "2024-01-20T09:15:00Z", "updated_at": "2024-01-20T09:15:00Z"
        }))
        .unwrap()
    }

    #[test]
    fn a_row_has_every_documented_field() {
        let expected = json!({
            "id": 1, "patient_name": "John Doe", "patient_age": 45, "patient_gender": "male",
            "chief_complaint": "Persistent headache for 3 days", "encounter_date": "2024-01-20T09:00:00Z",
            "duration_minutes": 0, "status": "pending", "audio_file_url": "", "transcript_preview": "",
            "soap_note_id": null, "created_at": "2024-01-20T09:15:00Z", "updated_at": "2024-01-20T09:15:00Z"
        });
        assert_eq!(serde_json::to_value(Row::new(&pending(), String::new())).unwrap(), expected);
    }

    #[test]
    fn minutes_are_rounded() {
        for (ms, expected) in
            [(0, 0), (29_999, 0), (30_000, 1), (900_000, 15), (u64::MAX, u64::MAX / MINUTE_MS)]
        {
            assert_eq!(minutes(ms), expected);
        }
    }
}
