//! A recorded consultation: its transcript and its note (FHIR R4 Encounter, and the Composition that comes of it).
//!
//! An [`Encounter`] goes through steps, of which those that a machine does can fail and be done again;
//! [`EncounterState::decide`] holds the rules.

mod checklist;
pub mod note;
mod recorded;
mod recording;
mod rules;
mod signature;
mod state;
mod steps;
pub mod transcript;

pub use checklist::ChecklistItem;
pub use recorded::RecordingCommand;
pub use recording::{AudioChunk, MAX_AUDIO_BYTES, MAX_CHUNK_BYTES, MAX_CHUNKS, Recording, RecordingSource};
pub use rules::{EncounterCommand, Scribed};
pub use signature::{
    MAX_ADDENDA, MAX_ADDENDUM_CHARS, MAX_REASON_CHARS, NoteAddendum, NoteExport, Signature, signed,
};
pub use state::{
    Audio, Encounter, EncounterState, EncounterStatus, NoteAuthor, NoteVersion, Progress, StepState,
    TranscriptRecord, Work, Written,
};
pub use steps::{FAILED_ATTEMPTS, Step};
