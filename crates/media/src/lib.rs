//! Recordings: what a file is, what it sounds like as 16 kHz samples, and where somebody speaks in it.
//!
//! Everything here is CPU work on bytes that the caller brings: no network, no files, no clock. Memory is bounded
//! whatever the length, since a recording is read, decoded and looked at piece by piece. The caller keeps it off the
//! threads that answer requests.
//!
//! - [`Container`]: what a recording is by its first bytes.
//! - [`decode`]: any of them as samples, in [`Block`]s.
//! - [`measure`]: how long it is, how loud, and where somebody speaks.
//! - [`cut`]: what is spoken, in pieces that a speech engine takes, without the silence between.
//!
//! It must not know what a recording is of, or where it lies.

mod container;
mod cut;
mod decode;
mod measure;
mod packets;
mod rate;
mod voice;
pub mod wave;

pub use container::{Container, HEAD};
pub use cut::{Moments, Piece, cut};
pub use decode::{Block, Decoded, Source, decode};
pub use measure::{Measured, measure};
pub use voice::Span;

use std::io;

/// Samples a second of everything that is decoded.
pub const RATE: u32 = 16_000;
/// The longest recording, in milliseconds: three hours.
pub const MAX_MS: u64 = 3 * 60 * 60 * 1000;

/// Why there is nothing to hear in a recording, in words for whoever made it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// None of the kinds that are read.
    #[error("This is not a recording in WAV, MP3, M4A, Ogg or WebM.")]
    NotAudio,
    /// There is not a moment in it.
    #[error("The recording is empty.")]
    Empty,
    /// It ends, or breaks, before there is anything to hear.
    #[error("The recording is cut off or damaged: nothing can be heard in it.")]
    Damaged,
    /// It goes on for longer than [`MAX_MS`].
    #[error("The recording is longer than three hours.")]
    TooLong,
    /// Nobody speaks in it.
    #[error("Nobody can be heard speaking in the recording.")]
    Silent,
    /// Its bytes could not be had; they may be later.
    #[error("The recording could not be read.")]
    Unavailable(String),
}

impl MediaError {
    /// True where the same recording may be heard at another attempt.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

impl From<io::Error> for MediaError {
    fn from(error: io::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// Samples as milliseconds.
#[allow(clippy::cast_possible_truncation, reason = "RATE / 1000 is 16")]
pub(crate) const fn millis(samples: u64) -> u64 {
    samples / (RATE as u64 / 1000)
}
