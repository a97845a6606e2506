//! A recorded consultation: its transcript and its note (FHIR R4 Encounter, and the Composition that comes of it).
//!
//! An [`Encounter`] goes through steps, of which those that a machine does can fail and be done again;
//! [`EncounterState::decide`] holds the rules.

pub mod note;
mod rules;
mod signature;
mod state;
pub mod transcript;

pub use rules::{EncounterCommand, Scribed};
pub use signature::{
    MAX_ADDENDA, MAX_ADDENDUM_CHARS, MAX_REASON_CHARS, NoteAddendum, NoteExport, Signature, signed,
};
pub use state::{
    Encounter, EncounterState, EncounterStatus, NoteAuthor, NoteVersion, Progress, StepState,
    TranscriptRecord, Written,
};
