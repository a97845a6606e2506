//! A scribe by a language model that is spoken to as Anthropic's are: `POST {url}/v1/messages`, with a tool that the model
//! must use, whose input is the note.

use super::model::{LanguageModel, MAX_ANSWER, ModelSettings};
use super::{Hints, ScribeError, prompt};
use crate::outside::Outside;
use async_trait::async_trait;
use reqwest::header::HeaderName;
use serde::Deserialize;
use serde_json::{Value, json};
use ward_domain::encounter::transcript::Transcript;

/// Where it is asked, if nothing else is said.
const URL: &str = "https://api.anthropic.com";
/// The version of the interface that is spoken.
const VERSION: &str = "2023-06-01";

/// The scribe.
pub struct AnthropicScribe {
    settings: ModelSettings,
    outside: Outside,
}

#[derive(Deserialize)]
struct Message {
    content: Vec<Block>,
    stop_reason: Option<String>,
}

#[derive(Deserialize)]
struct Block {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    input: Value,
}

impl AnthropicScribe {
    /// Nothing is sent yet.
    pub fn new(settings: &ModelSettings) -> Result<Self, ScribeError> {
        if settings.key.is_empty() {
            return Err(ScribeError::Refused("the key is missing".to_owned()));
        }
        let url = if settings.url.is_empty() { URL } else { &settings.url };
        let headers = vec![
            (HeaderName::from_static("x-api-key"), settings.key.clone()),
            (HeaderName::from_static("anthropic-version"), VERSION.to_owned()),
        ];
        let outside = Outside::with_headers(url, headers, settings.limit(), MAX_ANSWER)?;
        Ok(Self { settings: settings.clone(), outside })
    }
}

#[async_trait]
impl LanguageModel for AnthropicScribe {
    const SERVICE: &str = "anthropic";

    fn settings(&self) -> &ModelSettings {
        &self.settings
    }

    async fn ask(&self, transcript: &Transcript, hints: &Hints) -> Result<Value, ScribeError> {
        let ask = json!({
            "model": self.settings.model,
            "max_tokens": self.settings.max_output_tokens,
            "temperature": 0,
            "system": prompt::SYSTEM,
            "tools": [{
                "name": prompt::NAME,
                "description": "Keeps the SOAP note of the consultation.",
                "input_schema": prompt::schema(),
            }],
            "tool_choice": {"type": "tool", "name": prompt::NAME, "disable_parallel_tool_use": true},
            "messages": [{"role": "user", "content": self.settings.ask(transcript, hints)?}],
        });
        let message: Message = self.outside.post("v1/messages", &ask).await?;
        match message.stop_reason.as_deref() {
            Some("max_tokens" | "model_context_window_exceeded") => {
                return Err(ScribeError::TooLong("max_output_tokens"));
            }
            Some("refusal") => return Err(ScribeError::Unusable("the model declined")),
            _ => {}
        }
        let mut notes = message
            .content
            .into_iter()
            .filter(|block| block.kind == "tool_use" && block.name == prompt::NAME);
        notes.next().map(|block| block.input).ok_or(ScribeError::Unusable("it holds no note"))
    }

    async fn reach(&self) -> Result<(), ScribeError> {
        Ok(self.outside.reach("v1/models").await?)
    }
}
