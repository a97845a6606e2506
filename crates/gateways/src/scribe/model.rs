//! What the makers by language model share: settings, limits, and the way from an answer to a note.

use super::{ClinicalScribe, Hints, ScribeError, answer, prompt};
use crate::outside::OutsideError;
use async_trait::async_trait;
use serde::Deserialize;
use serde_json::Value;
use std::time::{Duration, Instant};
use ward_domain::encounter::Scribed;
use ward_domain::encounter::transcript::Transcript;
use ward_domain::tenancy::TenantScope;

/// The most bytes of a server's answer.
pub(super) const MAX_ANSWER: usize = 2 << 20;
/// The longest that one note may take, retries and all: an attempt that takes longer than a minute is begun anew beside it.
const LONGEST: Duration = Duration::from_secs(55);
/// Bytes that a token has at the least, over the languages that are spoken here. A guess on the safe side.
const BYTES_A_TOKEN: usize = 3;

/// Which server, which of its models, and how much it may do. The key is never printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSettings {
    /// The server; empty: the maker's own.
    #[serde(default)]
    pub url: String,
    /// What the server knows this hospital by.
    #[serde(default)]
    pub key: String,
    /// The model's name.
    pub model: String,
    /// How long one note may take, retries and all.
    #[serde(default = "timeout_ms")]
    pub timeout_ms: u64,
    /// Tokens that a consultation may have, about; a longer one is refused, not cut.
    #[serde(default = "max_input_tokens")]
    pub max_input_tokens: usize,
    /// Tokens that a note may have; one that is cut off there is refused.
    #[serde(default = "max_output_tokens")]
    pub max_output_tokens: u32,
}

const fn timeout_ms() -> u64 {
    55_000
}

const fn max_input_tokens() -> usize {
    60_000
}

const fn max_output_tokens() -> u32 {
    8_000
}

impl std::fmt::Debug for ModelSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut out = f.debug_struct("ModelSettings");
        out.field("url", &self.url).field("model", &self.model).finish_non_exhaustive()
    }
}

impl ModelSettings {
    /// How long one note may take.
    pub(super) fn limit(&self) -> Duration {
        Duration::from_millis(self.timeout_ms).min(LONGEST)
    }

    /// The consultation as it is asked about, where it is not too long.
    pub(super) fn ask(&self, transcript: &Transcript, hints: &Hints) -> Result<String, ScribeError> {
        let asked = prompt::user(transcript, hints);
        if asked.len() / BYTES_A_TOKEN > self.max_input_tokens {
            return Err(ScribeError::TooLong("max_input_tokens"));
        }
        Ok(asked)
    }
}

/// A server that a model answers at.
#[async_trait]
pub(super) trait LanguageModel: Send + Sync {
    /// How it is spoken to, as it stands in a note's metadata before the model's name.
    const SERVICE: &str;

    /// Which server and model, and its limits.
    fn settings(&self) -> &ModelSettings;

    /// What the model says of a consultation: an object as [`prompt::schema`] has it, as far as the server keeps to that.
    async fn ask(&self, transcript: &Transcript, hints: &Hints) -> Result<Value, ScribeError>;

    /// Whether the server knows who asks.
    async fn reach(&self) -> Result<(), ScribeError>;
}

#[async_trait]
impl<M: LanguageModel> ClinicalScribe for M {
    fn maker(&self) -> String {
        format!("{}:{}", M::SERVICE, self.settings().model)
    }

    fn limit(&self) -> Duration {
        self.settings().limit()
    }

    async fn write(
        &self,
        _scope: &TenantScope,
        transcript: &Transcript,
        hints: &Hints,
    ) -> Result<Scribed, ScribeError> {
        let started = Instant::now();
        let answered = tokio::time::timeout(self.limit(), self.ask(transcript, hints)).await;
        scribed(transcript, answered.map_err(|_| ScribeError::TimedOut)??, &self.maker(), started)
    }

    async fn check(&self) -> Result<(), ScribeError> {
        self.reach().await
    }
}

/// Makes a note of what the model answered, and checks it as any other.
fn scribed(
    transcript: &Transcript,
    answered: Value,
    maker: &str,
    started: Instant,
) -> Result<Scribed, ScribeError> {
    let note = answer::note(answered)?;
    let judged = ward_scribe::judge(transcript, note, maker);
    Ok(Scribed {
        note: judged.note,
        checklist: judged.checklist,
        checklist_score: judged.checklist_score,
        tags: judged.tags,
        confidence_score: judged.confidence_score,
        maker: judged.maker,
        processing_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    })
}

impl From<OutsideError> for ScribeError {
    fn from(error: OutsideError) -> Self {
        match error {
            OutsideError::Later(why) => Self::Unavailable(why),
            OutsideError::Never(why) => Self::Refused(why),
        }
    }
}
