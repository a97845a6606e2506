//! Recorded consultations.

mod amend;
mod audio;
mod chunk;
mod create;
mod export;
mod list;
mod note;
mod pace;
mod read;
mod retry;
mod search;
mod sign;
mod similar;
mod transcript;
mod versions;
mod watch;

pub use amend::{NewAddendum, addenda, amend};
pub use audio::{audio_link, give_audio, record};
pub use chunk::{ChunkHead, Received as ReceivedChunk, add_chunk};
pub use create::{NewEncounter, create};
pub use export::{ExportRequest, Exported, export};
pub use list::{EncounterOrder, EncounterQuery, list};
pub use note::{NoteEdit, Standing, edit_note, note};
pub use read::{Chart, read, status};
pub use retry::retry;
pub use search::{By, Found, SearchFilters, SearchRequest, Snippet, search};
pub use sign::sign;
pub use similar::SimilarCase;
pub use transcript::give_transcript;
pub use versions::{NoteDiff, diff, version, versions};
/// What a file is written as.
pub use ward_export::{Format, Language, Template};
pub use watch::{Seen, Watcher};
