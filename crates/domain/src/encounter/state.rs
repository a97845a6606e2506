//! The documents of an encounter.

use super::ChecklistItem;
use super::note::Note;
use super::recording::{AudioChunk, Recording};
use super::signature::Signature;
use super::transcript::{SpeakerSource, Transcript};
use crate::id::{EncounterId, Id, NoteId, UserId};
use crate::record::{Document, IndexRow, Key, List, RecordKind};
use crate::time::Time;
use crate::upload::Media;
use serde::{Deserialize, Serialize};

/// Where an encounter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum EncounterStatus {
    /// It waits for its audio or its transcript.
    Pending = 1,
    /// A step is under way.
    Processing = 2,
    /// The note is written.
    Completed = 3,
    /// A step failed for good.
    Failed = 4,
}

impl EncounterStatus {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Processing, Self::Completed, Self::Failed];

    /// Its word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }

    /// Reads [`EncounterStatus::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }

    /// The number in index rows.
    pub const fn code(self) -> u64 {
        self as u64
    }
}

/// Where one step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Not begun.
    #[default]
    Pending,
    /// Under way.
    InProgress,
    /// Done.
    Completed,
    /// Failed for good.
    Failed,
}

impl StepState {
    /// Its word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }
}

/// The four steps that the documents name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// The audio is here; stays pending where the transcript is given by hand.
    pub audio_upload: StepState,
    /// The transcript is here.
    pub transcription: StepState,
    /// The note is written.
    pub soap_generation: StepState,
    /// The checklist is gone through.
    pub checklist_evaluation: StepState,
}

/// How a note came about, as figures.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Written {
    /// 0 to 1: the scribe's, of the version that it wrote last.
    pub confidence_score: f64,
    /// How long that took, in milliseconds.
    pub processing_ms: u64,
    /// 0 to 1: how much of what a note has room for it says ([`Sections::fullness`](super::note::Sections::fullness)).
    pub fullness: f64,
    /// Versions that persons wrote.
    pub edits: u64,
}

/// The recording of an encounter, as far as lists show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audio {
    /// What it is.
    pub media: Media,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its length in milliseconds; 0 until it is measured.
    pub duration_ms: u64,
    /// True where it is known to break off.
    #[serde(default)]
    pub cut: bool,
}

/// The step that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Work {
    /// How much of it is done, 0 to 100.
    pub percent: u8,
    /// Since when.
    pub began: Option<Time>,
    /// True where it waits until a speech engine is set up.
    pub awaits_engine: bool,
}

/// An encounter. The patient's name, age and gender are the doctor's words: it links to a chart only by choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Encounter {
    /// Its id.
    pub id: EncounterId,
    /// Whose recording it is.
    pub doctor: UserId,
    /// As the doctor gave it.
    pub patient_name: String,
    /// In years.
    pub patient_age: Option<u32>,
    /// As given.
    pub patient_gender: String,
    /// As given.
    pub chief_complaint: String,
    /// As given.
    pub notes: String,
    /// When it took place.
    pub encounter_date: Time,
    /// Where it stands.
    pub status: EncounterStatus,
    /// Where each step stands.
    pub progress: Progress,
    /// Why it waits or failed, for the doctor; empty otherwise.
    pub waiting_for: String,
    /// The length of the conversation in milliseconds, once known.
    pub duration_ms: u64,
    /// The transcript's language, once known.
    pub language: String,
    /// The beginning of the transcript.
    pub transcript_preview: String,
    /// The note, once written.
    pub note: Option<NoteId>,
    /// The note's newest version; 0 without one.
    pub note_version: u64,
    /// How the note was written, once it is; for the figures.
    #[serde(default)]
    pub written: Option<Written>,
    /// The note's signature; a note without one is a draft.
    #[serde(default)]
    pub signature: Option<Signature>,
    /// How many addenda the note has.
    #[serde(default)]
    pub addenda: u64,
    /// 0 to 1, once evaluated.
    pub checklist_score: Option<f64>,
    /// What it was about.
    pub tags: Vec<String>,
    /// Failed attempts of the present step.
    pub attempts: u32,
    /// When the present step is due.
    pub due: Option<Time>,
    /// Its recording, once all of it is here.
    #[serde(default)]
    pub audio: Option<Audio>,
    /// How far the present step has come.
    #[serde(default)]
    pub work: Work,
    /// When it was made.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

impl Document for Encounter {
    const KIND: RecordKind = RecordKind::Encounter;
    fn record_id(&self) -> Id {
        self.id.id()
    }
    fn index(&self) -> Vec<IndexRow> {
        let sort = self.created_at.sort_key();
        let (doctor, status) = (self.doctor.get(), self.status.code());
        let mut rows = vec![
            IndexRow { list: List::Encounters, eq: Key::all(), sort },
            IndexRow { list: List::EncountersByStatus, eq: Key::of(status), sort },
            IndexRow { list: List::EncountersByDoctor, eq: Key::of(doctor), sort },
            IndexRow { list: List::EncountersByDoctorStatus, eq: Key::of(doctor).and(status), sort },
        ];
        if let Some(due) = self.due {
            rows.push(IndexRow { list: List::EncountersDue, eq: Key::all(), sort: due.sort_key() });
        }
        if self.work.awaits_engine {
            rows.push(IndexRow { list: List::EncountersAwaitingEngine, eq: Key::all(), sort });
        }
        rows
    }
}

/// The transcript of an encounter, under the encounter's id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TranscriptRecord {
    /// Of which.
    pub encounter: EncounterId,
    /// What was said.
    pub transcript: Transcript,
    /// Who gave it by hand.
    pub given_by: Option<UserId>,
    /// The speech engine that heard it; empty where it was given by hand.
    #[serde(default)]
    pub engine: String,
    /// How it is known who spoke.
    #[serde(default)]
    pub speakers: SpeakerSource,
    /// When.
    pub at: Time,
}

impl Document for TranscriptRecord {
    const KIND: RecordKind = RecordKind::Transcript;
    fn record_id(&self) -> Id {
        self.encounter.id()
    }
    fn index(&self) -> Vec<IndexRow> {
        Vec::new()
    }
}

/// Who wrote a version of a note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NoteAuthor {
    /// A scribe, by its name and version.
    Scribe {
        /// `ward-scribe 0.1`.
        maker: String,
    },
    /// A person.
    User {
        /// Who.
        user: UserId,
    },
}

/// One version of a note. Versions are never changed; the newest is the note.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NoteVersion {
    /// The record's id.
    pub id: Id,
    /// Which note.
    pub note: NoteId,
    /// Of which encounter.
    pub encounter: EncounterId,
    /// 1, 2, 3, ….
    pub version: u64,
    /// What it says, and what each sentence rests on.
    pub content: Note,
    /// Who wrote this version.
    pub author: NoteAuthor,
    /// Why it was edited; empty for the scribe's.
    pub reason: String,
    /// The scribe's name and version that the note began with.
    pub maker: String,
    /// What a complete consultation covers, with what covers it in this one; empty in notes of earlier versions.
    #[serde(default)]
    pub checklist: Vec<ChecklistItem>,
    /// 0 to 1: how well the transcript supports and the note covers it.
    pub confidence_score: f64,
    /// How long the scribe took, in milliseconds.
    pub processing_ms: u64,
    /// When.
    pub at: Time,
}

impl Document for NoteVersion {
    const KIND: RecordKind = RecordKind::NoteVersion;
    fn record_id(&self) -> Id {
        self.id
    }
    fn index(&self) -> Vec<IndexRow> {
        vec![IndexRow { list: List::NoteVersions, eq: Key::of(self.encounter.get()), sort: self.version }]
    }
}

/// An encounter as its actor holds it.
#[derive(Debug, Clone, Default)]
pub struct EncounterState {
    /// The encounter, once made.
    pub encounter: Option<Encounter>,
    /// Its transcript.
    pub transcript: Option<TranscriptRecord>,
    /// The newest version of its note.
    pub note: Option<NoteVersion>,
    /// Its recording, or what there is of it.
    pub recording: Option<Recording>,
    /// The chunk of the number that the command in hand is about.
    pub chunk: Option<AudioChunk>,
}
