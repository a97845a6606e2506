//! Places in the queue for a doctor's time.

pub(crate) mod accept;
pub(crate) mod decline;
mod entry;
pub(crate) mod join;
pub(crate) mod leave;
pub(crate) mod list;
pub(crate) mod read;

/// Longest kind of appointment, in characters.
const MAX_TYPE: usize = 100;
/// Longest notes.
const MAX_NOTES: usize = 10_000;
/// Longest spelling of a day or a time.
const MAX_TIME: usize = 40;
