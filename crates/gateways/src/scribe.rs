//! The port for the clinical scribe: from a consultation's transcript to a note.

mod rules;

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
}

/// Why there is no note. None of them says a word of the consultation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
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
}

impl ScribeError {
    /// True where the same transcript may well get its note at another attempt.
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::TimedOut | Self::Busy)
    }
}
