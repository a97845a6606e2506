//! A recorded consultation: its transcript and its note (FHIR R4 Encounter, and the Composition that comes of it).
//!
//! An [`Encounter`] goes through steps, of which those that a machine does can fail and be done again;
//! [`EncounterState::decide`] holds the rules.

mod checklist;
pub mod note;
mod rules;
mod state;
pub mod transcript;

pub use checklist::ChecklistItem;
pub use rules::{EncounterCommand, Scribed};
pub use state::{
    Encounter, EncounterState, EncounterStatus, NoteAuthor, NoteVersion, Progress, StepState,
    TranscriptRecord,
};
