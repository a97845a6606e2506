//! Who writes notes.

use serde::Deserialize;
use ward_gateways::scribe::ModelSettings;

/// The clinical scribe.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "see Settings")]
pub struct Scribe {
    pub engine: ScribeEngine,
    #[serde(default)]
    pub anthropic: Option<ModelSettings>,
    #[serde(default)]
    pub openai: Option<ModelSettings>,
}

/// Which maker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScribeEngine {
    /// Ward's own rules, on this machine: nothing of a consultation leaves it.
    Rules,
    /// A language model that is spoken to as Anthropic's are: `[scribe.anthropic]` says which.
    Anthropic,
    /// A language model that is spoken to as OpenAI's are: `[scribe.openai]` says where and which.
    OpenAi,
}

impl Scribe {
    /// What is wrong with them, with what to do.
    pub(super) fn wrong(&self) -> Vec<String> {
        let (name, model) = match self.engine {
            ScribeEngine::Rules => return Vec::new(),
            ScribeEngine::Anthropic => ("anthropic", &self.anthropic),
            ScribeEngine::OpenAi => ("openai", &self.openai),
        };
        let Some(model) = model else {
            return vec![format!(
                "scribe.engine = \"{name}\" needs a section [scribe.{name}] with at least model"
            )];
        };
        let mut wrong = Vec::new();
        if model.model.trim().is_empty() {
            wrong.push(format!("scribe.{name}.model must name a model"));
        }
        if model.key.is_empty() && (self.engine == ScribeEngine::Anthropic || model.url.is_empty()) {
            let variable = name.to_uppercase();
            wrong.push(format!("scribe.{name}.key is missing: give WARD__SCRIBE__{variable}__KEY"));
        }
        if !(1_000..=55_000).contains(&model.timeout_ms) {
            wrong.push(format!("scribe.{name}.timeout_ms must be 1000 to 55000"));
        }
        if !(500..=1_000_000).contains(&model.max_input_tokens) {
            wrong.push(format!("scribe.{name}.max_input_tokens must be 500 to 1000000"));
        }
        if !(500..=100_000).contains(&model.max_output_tokens) {
            wrong.push(format!("scribe.{name}.max_output_tokens must be 500 to 100000"));
        }
        wrong
    }
}
