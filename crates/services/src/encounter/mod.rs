//! Recorded consultations.

mod create;
mod list;
mod note;
mod read;
mod search;
mod similar;
mod transcript;

pub use create::{NewEncounter, create};
pub use list::{EncounterOrder, EncounterQuery, list};
pub use note::{NoteEdit, edit_note, note};
pub use read::{Chart, read, status};
pub use search::{By, Found, SearchFilters, SearchRequest, Snippet, search};
pub use similar::SimilarCase;
pub use transcript::give_transcript;
