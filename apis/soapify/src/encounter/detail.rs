//! A consultation with all that belongs to it (document 000, *Get Encounter Details*).

use super::minutes;
use crate::moment::Moment;
use serde::Serialize;
use utoipa::ToSchema;
use ward_domain::encounter::note::FlatNote;
use ward_domain::encounter::transcript::{Segment, Speaker};
use ward_domain::encounter::{ChecklistItem, Encounter, NoteVersion, TranscriptRecord};
use ward_services::encounter::Chart;

/// A consultation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Detail {
    id: u64,
    patient_name: String,
    /// In years; null where it was never said.
    patient_age: Option<u32>,
    patient_gender: String,
    chief_complaint: String,
    /// What the doctor wrote beside it.
    notes: String,
    #[schema(value_type = String, format = DateTime)]
    encounter_date: Moment,
    /// Rounded; 0 as long as nobody knows.
    duration_minutes: u64,
    #[schema(example = "completed")]
    status: &'static str,
    audio_file: AudioFile,
    /// Null as long as there is none.
    transcript: Option<Said>,
    /// Null as long as there is none.
    soap_note: Option<Written>,
    /// 0 to 1; null before the evaluation.
    checklist_score: Option<f64>,
    /// What a complete consultation covers, and what covers it in this one; empty before the evaluation.
    checklist: Vec<Covered>,
    tags: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Moment,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Moment,
}

/// One thing that a consultation should cover.
#[derive(Debug, Serialize, ToSchema)]
pub struct Covered {
    /// A stable word.
    #[schema(example = "allergies")]
    key: String,
    /// The same for people, in the transcript's language.
    #[schema(example = "Allergies")]
    label: String,
    /// Whether it was covered.
    met: bool,
    /// Positions in `transcript.segments` that cover it, from 0; empty where it is missing.
    evidence: Vec<u32>,
}

/// The recording; empty and 0 without one.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct AudioFile {
    url: String,
    size_bytes: u64,
    duration_seconds: u64,
    /// True where it is known to break off: what was said after that is not in the transcript.
    breaks_off: bool,
}

/// What was said.
#[derive(Debug, Serialize, ToSchema)]
pub struct Said {
    /// All of it, a line a segment.
    text: String,
    /// 0 to 1; 1 where a person wrote the words.
    confidence: f64,
    /// ISO 639: `fa`.
    language: String,
    segments: Vec<Spoken>,
    /// How it is known who spoke: `given` by a person, by `channel`, by the speech `engine`, or a `guess`.
    #[schema(example = "channel")]
    speaker_source: &'static str,
    /// The speech engine; empty where a person wrote the words.
    engine: String,
}

/// What one speaker said at a time.
#[derive(Debug, Serialize, ToSchema)]
pub struct Spoken {
    /// Seconds from the beginning.
    start: f64,
    /// Seconds from the beginning.
    end: f64,
    text: String,
    /// `doctor`, `patient`, `other` or `unknown`.
    #[schema(value_type = String, example = "doctor")]
    speaker: Speaker,
}

/// The note in four texts.
#[derive(Debug, Serialize, ToSchema)]
pub struct Written {
    id: u64,
    subjective: String,
    objective: String,
    assessment: String,
    plan: String,
    medications: Vec<Medication>,
}

/// A medicine. What nobody said is empty.
#[derive(Debug, Serialize, ToSchema)]
pub struct Medication {
    name: String,
    dosage: String,
    route: String,
    frequency: String,
    duration: String,
    instructions: String,
}

impl Detail {
    /// A consultation, with the link to its recording.
    pub fn new(chart: Chart, url: String) -> Self {
        let encounter: Encounter = chart.encounter.document;
        let audio_file = encounter.audio.map_or_else(AudioFile::default, |audio| AudioFile {
            url,
            size_bytes: audio.bytes,
            duration_seconds: audio.duration_ms.saturating_add(500) / 1000,
            breaks_off: audio.cut,
        });
        Self {
            id: encounter.id.get(),
            patient_name: encounter.patient_name,
            patient_age: encounter.patient_age,
            patient_gender: encounter.patient_gender,
            chief_complaint: encounter.chief_complaint,
            notes: encounter.notes,
            encounter_date: encounter.encounter_date.into(),
            duration_minutes: minutes(encounter.duration_ms),
            status: encounter.status.word(),
            audio_file,
            transcript: chart.transcript.map(Said::from),
            soap_note: chart.note.as_ref().map(Written::from),
            checklist_score: encounter.checklist_score,
            checklist: chart.note.into_iter().flat_map(|note| note.checklist).map(Covered::from).collect(),
            tags: encounter.tags,
            created_at: encounter.created_at.into(),
            updated_at: encounter.updated_at.into(),
        }
    }
}

impl From<ChecklistItem> for Covered {
    fn from(item: ChecklistItem) -> Self {
        let ChecklistItem { key, label, met, evidence } = item;
        Self { key, label, met, evidence }
    }
}

impl From<TranscriptRecord> for Said {
    fn from(record: TranscriptRecord) -> Self {
        let TranscriptRecord { transcript, engine, speakers, .. } = record;
        Self {
            engine,
            speaker_source: speakers.word(),
            text: transcript.text(),
            confidence: transcript.confidence.unwrap_or(1.0),
            language: transcript.language,
            segments: transcript.segments.into_iter().map(Spoken::from).collect(),
        }
    }
}

impl From<Segment> for Spoken {
    fn from(segment: Segment) -> Self {
        let seconds = |ms: u32| f64::from(ms) / 1000.0;
        let Segment { start_ms, end_ms, speaker, text } = segment;
        Self { start: seconds(start_ms), end: seconds(end_ms), text, speaker }
    }
}

impl From<&NoteVersion> for Written {
    fn from(note: &NoteVersion) -> Self {
        let FlatNote { subjective, objective, assessment, plan, medications } = note.content.flat();
        let medications = medications.into_iter().map(|one| Medication {
            name: one.name,
            dosage: one.dosage,
            route: one.route,
            frequency: one.frequency,
            duration: one.duration,
            instructions: one.instructions,
        });
        Self {
            id: note.note.get(),
            subjective,
            objective,
            assessment,
            plan,
            medications: medications.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::pending;
    use super::*;
    use serde_json::{Value, json};
    use ward_services::house::Versioned;

    #[test]
    fn before_the_transcript_its_keys_are_there_and_empty() {
        let chart =
            Chart { encounter: Versioned { document: pending(), version: 1 }, transcript: None, note: None };
        let detail = serde_json::to_value(Detail::new(chart, String::new())).unwrap();
        let none = json!({"url": "", "size_bytes": 0, "duration_seconds": 0, "breaks_off": false});
        assert_eq!(detail["audio_file"], none);
        for key in ["transcript", "soap_note", "checklist_score"] {
            assert_eq!(detail.get(key), Some(&Value::Null), "{key}");
        }
        assert_eq!((&detail["tags"], &detail["checklist"]), (&json!([]), &json!([])));
    }

    #[test]
    fn transcript_and_note_have_the_documented_form() {
        let said = json!({
            "encounter": 1, "given_by": 2, "at": "2024-01-20T09:16:00Z",
            "transcript": {
                "language": "fa",
                "segments": [{"start_ms": 0, "end_ms": 5200, "speaker": "doctor", "text": "سلام"}]
            }
        });
        let transcript: TranscriptRecord = serde_json::from_value(said).unwrap();
        let note = crate::note::tests::written();
        let encounter = Versioned { document: pending(), version: 3 };
        let chart = Chart { encounter, transcript: Some(transcript), note: Some(note) };
        let detail = serde_json::to_value(Detail::new(chart, String::new())).unwrap();
        let expected = json!({
            "text": "سلام", "confidence": 1.0, "language": "fa", "speaker_source": "given", "engine": "",
            "segments": [{"start": 0.0, "end": 5.2, "text": "سلام", "speaker": "doctor"}]
        });
        assert_eq!(detail["transcript"], expected);
        assert_eq!(detail["soap_note"]["id"], 101);
        assert!(detail["soap_note"]["subjective"].as_str().unwrap().contains("headache"));
        assert_eq!(detail["soap_note"]["medications"][0]["name"], "Ibuprofen");
    }
}
