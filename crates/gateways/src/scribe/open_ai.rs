//! A scribe by a language model that is spoken to as OpenAI's are: `POST {url}/chat/completions`, with a strict JSON schema
//! for the answer. Many servers speak so, on a hospital's own machines too.

use super::model::{LanguageModel, MAX_ANSWER, ModelSettings};
use super::{Hints, ScribeError, prompt};
use crate::outside::Outside;
use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use ward_domain::encounter::transcript::Transcript;

/// Where it is asked, if nothing else is said.
const URL: &str = "https://api.openai.com/v1";

/// The scribe.
pub struct OpenAiScribe {
    settings: ModelSettings,
    outside: Outside,
}

#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
    #[serde(default)]
    refusal: Option<String>,
}

impl OpenAiScribe {
    /// Nothing is sent yet. A server on the hospital's own machines may do without a key.
    pub fn new(settings: &ModelSettings) -> Result<Self, ScribeError> {
        if settings.key.is_empty() && settings.url.is_empty() {
            return Err(ScribeError::Refused("the key is missing".to_owned()));
        }
        let url = if settings.url.is_empty() { URL } else { &settings.url };
        let outside = Outside::new(url, &settings.key, settings.limit(), MAX_ANSWER)?;
        Ok(Self { settings: settings.clone(), outside })
    }
}

#[async_trait]
impl LanguageModel for OpenAiScribe {
    const SERVICE: &str = "openai";

    fn settings(&self) -> &ModelSettings {
        &self.settings
    }

    async fn ask(&self, transcript: &Transcript, hints: &Hints) -> Result<Value, ScribeError> {
        let ask = json!({
            "model": self.settings.model,
            "max_completion_tokens": self.settings.max_output_tokens,
            "temperature": 0,
            "messages": [
                {"role": "system", "content": prompt::SYSTEM},
                {"role": "user", "content": self.settings.ask(transcript, hints)?},
            ],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": prompt::NAME, "strict": true, "schema": prompt::schema()},
            },
        });
        let completion: Completion = self.outside.post("chat/completions", &ask).await?;
        let choice =
            completion.choices.into_iter().next().ok_or(ScribeError::Unusable("it holds no note"))?;
        match choice.finish_reason.as_deref() {
            Some("length") => return Err(ScribeError::TooLong("max_output_tokens")),
            Some("content_filter") => return Err(ScribeError::Unusable("the model declined")),
            _ => {}
        }
        if choice.message.refusal.is_some() {
            return Err(ScribeError::Unusable("the model declined"));
        }
        let content = choice.message.content.unwrap_or_default();
        // What serde says of it may hold a piece of it.
        serde_json::from_str(&content).map_err(|_| ScribeError::Unusable("it is no JSON"))
    }

    async fn reach(&self) -> Result<(), ScribeError> {
        Ok(self.outside.reach("models").await?)
    }
}
