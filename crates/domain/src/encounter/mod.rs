//! A recorded consultation: its transcript and its note.

pub mod note;
pub mod transcript;
