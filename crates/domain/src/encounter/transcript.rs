//! A consultation as it was said: segments of speech in order, each with its speaker.
//!
//! [`paste`] reads a transcript that somebody typed or pasted; a speech engine fills one in directly.

pub mod guess;
pub mod paste;

use crate::refusal::{FieldErrors, Refusal};
use serde::{Deserialize, Serialize};

/// Most segments in one transcript.
pub const MAX_SEGMENTS: usize = 5_000;
/// Most characters in one segment.
pub const MAX_SEGMENT_CHARS: usize = 2_000;
/// Most characters in all segments together: about 20 hours of speech.
pub const MAX_CHARS: usize = 200_000;
/// Latest moment in a recording, in milliseconds: a day.
pub const MAX_MS: u32 = 24 * 60 * 60 * 1000;
/// The language of a transcript whose language nobody knows (ISO 639-2).
pub const UNDETERMINED: &str = "und";

/// Who spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The clinician who leads the consultation.
    Doctor,
    /// The patient.
    Patient,
    /// Somebody else in the room: a parent, a nurse, an interpreter.
    Other,
    /// Nobody has said who.
    #[default]
    Unknown,
}

/// How it is known who spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum SpeakerSource {
    /// A person said so.
    #[default]
    Given,
    /// Each spoke into a channel of their own.
    Channel,
    /// The speech engine told voices apart.
    Engine,
    /// From what they say: a guess.
    Guess,
}

impl SpeakerSource {
    /// Its word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Channel => "channel",
            Self::Engine => "engine",
            Self::Guess => "guess",
        }
    }
}

/// A stretch of speech of one speaker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// First moment, in milliseconds from the start of the recording; 0 where there was no recording.
    #[serde(default)]
    pub start_ms: u32,
    /// Moment after the last, not before `start_ms`.
    #[serde(default)]
    pub end_ms: u32,
    /// Who spoke.
    #[serde(default)]
    pub speaker: Speaker,
    /// What was said, without the speaker's label.
    pub text: String,
}

/// A whole consultation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transcript {
    /// ISO 639 code of two or three small letters (`en`, `fa`), or [`UNDETERMINED`].
    pub language: String,
    /// In the order in which they are to be read.
    pub segments: Vec<Segment>,
    /// How sure the speech engine was of the words, 0 to 1; `None` for a typed transcript.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
}

impl Transcript {
    /// Everything that was said, one line a segment, without speakers.
    pub fn text(&self) -> String {
        let lines: Vec<&str> = self.segments.iter().map(|segment| segment.text.as_str()).collect();
        lines.join("\n")
    }

    /// Refuses what is over a limit or cannot be, naming every wrong field: `segments.12.end_ms`.
    pub fn validate(&self) -> Result<(), Refusal> {
        let mut errors = FieldErrors::default();
        errors.check(is_language(&self.language), "language", "Use an ISO 639 code such as en or fa.");
        let confident = self.confidence.is_none_or(|confidence| (0.0..=1.0).contains(&confidence));
        errors.check(confident, "confidence", "Must lie between 0 and 1.");
        errors.check(self.segments.len() <= MAX_SEGMENTS, "segments", "At most 5,000 segments.");
        let mut chars = 0_usize;
        for (index, segment) in self.segments.iter().enumerate().take(MAX_SEGMENTS) {
            let length = segment.text.chars().count();
            chars = chars.saturating_add(length);
            if segment.text.trim().is_empty() {
                errors.add(format!("segments.{index}.text"), "Must not be empty.");
            }
            if length > MAX_SEGMENT_CHARS {
                errors.add(format!("segments.{index}.text"), "At most 2,000 characters a segment.");
            }
            if segment.end_ms < segment.start_ms {
                errors.add(format!("segments.{index}.end_ms"), "Must not lie before start_ms.");
            }
            if segment.end_ms > MAX_MS {
                errors.add(format!("segments.{index}.end_ms"), "A recording lasts a day at most.");
            }
        }
        errors.check(chars <= MAX_CHARS, "segments", "At most 200,000 characters in all.");
        errors.finish()
    }
}

fn is_language(code: &str) -> bool {
    (2..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Transcript {
        let segment = Segment { start_ms: 0, end_ms: 10, speaker: Speaker::Doctor, text: text.into() };
        Transcript { language: "en".into(), segments: vec![segment], confidence: None }
    }

    fn wrong(transcript: &Transcript) -> Vec<String> {
        let fields = transcript.validate().err().map(|refusal| refusal.fields).unwrap_or_default();
        fields.into_iter().map(|error| error.field.into_owned()).collect()
    }

    #[test]
    fn every_wrong_field_is_named() {
        assert_eq!(wrong(&said("Hello.")), Vec::<String>::new());
        let mut bad = said(" ");
        bad.language = "English".into();
        bad.confidence = Some(f64::NAN);
        bad.segments[0].start_ms = 11;
        assert_eq!(wrong(&bad), ["language", "confidence", "segments.0.text", "segments.0.end_ms"]);
    }

    #[test]
    fn limits_are_on_characters_not_bytes() {
        assert_eq!(wrong(&said(&"م".repeat(MAX_SEGMENT_CHARS))), Vec::<String>::new());
        assert_eq!(wrong(&said(&"m".repeat(MAX_SEGMENT_CHARS + 1))), ["segments.0.text"]);
        let mut long = said(&"m".repeat(MAX_SEGMENT_CHARS));
        long.segments = vec![long.segments[0].clone(); 101];
        assert_eq!(wrong(&long), ["segments"]);
        long.segments = vec![said("a").segments[0].clone(); MAX_SEGMENTS + 1];
        assert_eq!(wrong(&long), ["segments"]);
    }

    #[test]
    fn json_has_the_names_that_are_stored() {
        let json = serde_json::to_value(said("Hello.")).unwrap();
        let segment = serde_json::json!({"start_ms": 0, "end_ms": 10, "speaker": "doctor", "text": "Hello."});
        assert_eq!(json, serde_json::json!({"language": "en", "segments": [segment]}));
    }
}
