//! A patient's time with a doctor.

mod appointment;
pub(crate) mod book;
pub(crate) mod cancel;
pub(crate) mod complete;
pub(crate) mod confirm;
pub(crate) mod delete;
pub(crate) mod edit;
pub(crate) mod list;
pub(crate) mod read;

pub(crate) use appointment::{Appointment, one};

/// Longest kind of appointment, in characters.
const MAX_TYPE: usize = 100;
/// Longest reason, of a booking or a cancellation.
const MAX_REASON: usize = 2_000;
/// Longest notes.
const MAX_NOTES: usize = 10_000;
