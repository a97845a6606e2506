//! Who hears what is said in recordings.

use serde::Deserialize;
use ward_gateways::speech::OpenAiSpeechSettings;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "see Settings")]
pub struct Speech {
    pub engine: SpeechEngine,
    pub at_once: usize,
    #[serde(default)]
    pub openai: Option<OpenAiSpeechSettings>,
}

/// Which speech engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SpeechEngine {
    /// None: transcripts are given by hand, and recordings wait.
    None,
    /// A server that speaks as OpenAI's does: `[speech.openai]` says where.
    OpenAi,
}

impl Speech {
    /// What cannot work.
    pub(super) fn wrong(&self) -> Option<String> {
        if self.engine == SpeechEngine::OpenAi && self.openai.is_none() {
            return Some(
                "speech.engine = \"openai\" needs a section [speech.openai] with url and model".to_owned(),
            );
        }
        let good = (1..=100).contains(&self.at_once)
            && self.openai.as_ref().is_none_or(|server| (1_000..=3_600_000).contains(&server.timeout_ms));
        (!good)
            .then(|| "speech.at_once must be 1 to 100, speech.openai.timeout_ms 1000 to 3600000".to_owned())
    }
}
