//! The port for the clinical scribe: from a consultation's transcript to a note.
//!
//! Three makers stand behind it: Ward's own rules, and language models that are spoken to as Anthropic's and as OpenAI's
//! are. What comes of each passes the same checks ([`ward_scribe::judge()`]). None takes another's place: a maker that fails
//! says so.

mod answer;
mod anthropic;
mod model;
mod open_ai;
mod prompt;
mod rules;

pub use anthropic::AnthropicScribe;
pub use model::ModelSettings;
pub use open_ai::OpenAiScribe;
pub use rules::RuleScribe;
pub use ward_scribe::Hints;

use async_trait::async_trait;
use std::time::Duration;
use ward_domain::encounter::Scribed;
use ward_domain::encounter::transcript::Transcript;
use ward_domain::tenancy::TenantScope;

/// Writes notes.
#[async_trait]
pub trait ClinicalScribe: Send + Sync {
    /// The scribe's name and version, as it stands in a note's metadata.
    fn maker(&self) -> String;

    /// How long one note may take at the most: then it is given up.
    fn limit(&self) -> Duration;

    /// Writes the note of a consultation. Nothing is kept, so that it may be done again; dropping the future gives it
    /// up.
    async fn write(
        &self,
        scope: &TenantScope,
        transcript: &Transcript,
        hints: &Hints,
    ) -> Result<Scribed, ScribeError>;

    /// Whether it would answer now; nothing is written. One that runs in this process does as long as that does.
    async fn check(&self) -> Result<(), ScribeError> {
        Ok(())
    }
}

/// Why there is no note. None of them says a word of the consultation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScribeError {
    /// It was not done in time. Another attempt may be.
    #[error("the scribe did not finish in time")]
    TimedOut,
    /// Too many consultations are being written already. Another attempt may find a place.
    #[error("the scribe has too much to do")]
    Busy,
    /// The scribe broke down over this transcript. Another attempt will hardly do better.
    #[error("the scribe broke down over this transcript")]
    Broken,
    /// The language model's server does not answer, or cannot now.
    #[error("the language model is not available: {0}")]
    Unavailable(String),
    /// The language model's server refuses: a wrong key, a model that it does not know.
    #[error("the language model refuses: {0}; see the settings of [scribe]")]
    Refused(String),
    /// The transcript, or the note that would come of it, is longer than the settings allow.
    #[error("the consultation is longer than the language model is allowed to read or to write: {0}")]
    TooLong(&'static str),
    /// What the language model answered is no note.
    #[error("the language model's answer is no note: {0}")]
    Unusable(&'static str),
}

impl ScribeError {
    /// True where the same transcript may well get its note at another attempt.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::TimedOut | Self::Busy | Self::Unavailable(_) | Self::Unusable(_))
    }

    /// What the doctor is told, who can do nothing about servers and keys.
    pub const fn told(&self) -> &'static str {
        match self {
            Self::TimedOut | Self::Busy => "Writing the note took too long; it is tried again.",
            Self::Broken => "The note could not be written; it is tried again.",
            Self::Unavailable(_) => {
                "The language model that writes notes does not answer; it is tried again."
            }
            Self::Refused(_) => {
                "The language model that writes notes refuses this hospital's server. Its operator must look at the settings."
            }
            Self::TooLong(_) => "The consultation is too long for the language model that writes notes.",
            Self::Unusable(_) => "The language model wrote no usable note; it is tried again.",
        }
    }
}
