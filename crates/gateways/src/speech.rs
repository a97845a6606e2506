//! The port for speech to text: what is said in a piece of a recording.

mod open_ai;
mod whisper;

pub use whisper::{Whisper, WhisperSettings};
#[cfg(feature = "double")]
pub use whisper::{scripted, scripted_model};

pub use open_ai::{OpenAiSpeech, OpenAiSpeechSettings};

use async_trait::async_trait;
use bytes::Bytes;
use std::time::Duration;
use ward_domain::tenancy::TenantScope;

/// A piece of a recording in which somebody speaks.
#[derive(Debug, Clone)]
pub struct Speech {
    /// WAVE: one channel, 16 kHz, 16 bits.
    pub wave: Bytes,
    /// ISO 639, where it is known.
    pub language: Option<String>,
}

/// What was heard of a piece.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// ISO 639, where the engine says it.
    pub language: Option<String>,
    /// In order, none of them empty.
    pub segments: Vec<HeardSegment>,
}

/// A stretch of speech, as an engine heard it.
#[derive(Debug, Clone, PartialEq)]
pub struct HeardSegment {
    /// Milliseconds from the beginning of the piece.
    pub start_ms: u64,
    /// Milliseconds from the beginning of the piece.
    pub end_ms: u64,
    /// What was said.
    pub text: String,
    /// 0 to 1, where the engine says it.
    pub confidence: Option<f64>,
    /// A name that the engine gives a voice, where it tells voices apart.
    pub speaker: Option<String>,
}

/// Hears what is said.
#[async_trait]
pub trait SpeechToText: Send + Sync {
    /// The engine's name and model; `None` where there is no engine.
    fn engine(&self) -> Option<String>;

    /// How long one piece may take at the most.
    fn limit(&self) -> Duration;

    /// True where pieces of a recording that still goes on may be sent too.
    fn hears_live(&self) -> bool;

    /// What is said in a piece. Nothing is kept, so that it may be asked again.
    async fn hear(&self, scope: &TenantScope, speech: Speech) -> Result<Heard, SpeechError>;

    /// Whether a piece could be heard now, as far as can be told at little cost.
    async fn check(&self) -> Result<(), SpeechError>;

    /// The same whatever it costs, for who sets an engine up.
    async fn prove(&self) -> Result<(), SpeechError> {
        self.check().await
    }
}

/// Why nothing was heard. None of them says a word of what was sent or came back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpeechError {
    /// It may work later.
    #[error("the speech engine does not answer: {0}")]
    Unavailable(String),
    /// It will not work until someone changes the settings: a wrong key, an unknown model.
    #[error("the speech engine refuses: {0}")]
    Refused(String),
    /// Somebody speaks in the piece, and the engine hears nothing at all: what it would give is no transcript.
    #[error("the speech engine hears nothing where somebody speaks")]
    Unheard,
    /// There is none.
    #[error("no speech engine is set up")]
    NotConfigured,
}

/// No engine: transcripts are given by hand.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSpeech;

#[async_trait]
impl SpeechToText for NoSpeech {
    fn engine(&self) -> Option<String> {
        None
    }

    fn limit(&self) -> Duration {
        Duration::ZERO
    }

    fn hears_live(&self) -> bool {
        false
    }

    async fn hear(&self, _scope: &TenantScope, _speech: Speech) -> Result<Heard, SpeechError> {
        Err(SpeechError::NotConfigured)
    }

    async fn check(&self) -> Result<(), SpeechError> {
        Ok(())
    }
}
