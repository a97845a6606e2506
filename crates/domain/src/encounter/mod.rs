//! A recorded consultation: its transcript and its note.
