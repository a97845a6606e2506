//! What a scribe wrote and nothing in the transcript bears.

use serde::{Deserialize, Serialize};

/// A part of a note that the checks after the scribe could not find in the transcript.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    /// The field as a JSON pointer (RFC 6901) into the sections: `/plan/medications/0/dosage`.
    pub path: String,
    /// First character of what is doubtful in the field's text.
    pub start: u32,
    /// Character after the last.
    pub end: u32,
    /// What is wrong with it.
    pub reason: FlagReason,
}

/// Why a part of a note is doubtful.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlagReason {
    /// It names no part of the transcript.
    NoSupport,
    /// It names a part of the transcript that is not there.
    UnknownSegment,
    /// A number in it is not said where it points to.
    Number,
    /// A medicine in it is not named where it points to.
    Drug,
    /// A dose in it is not said where it points to.
    Dose,
}

impl FlagReason {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::NoSupport, Self::UnknownSegment, Self::Number, Self::Drug, Self::Dose];

    /// Its word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoSupport => "no_support",
            Self::UnknownSegment => "unknown_segment",
            Self::Number => "number",
            Self::Drug => "drug",
            Self::Dose => "dose",
        }
    }
}
