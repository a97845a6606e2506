//! Who writes notes.

use super::OpenError;
use crate::settings::{ScribeEngine, Settings};
use std::sync::Arc;
use ward_gateways::ClinicalScribe;
use ward_gateways::scribe::{AnthropicScribe, ModelSettings, OpenAiScribe, RuleScribe, ScribeError};

/// The scribe that the settings name. No server is asked for anything here.
pub fn scribe(settings: &Settings) -> Result<Arc<dyn ClinicalScribe>, OpenError> {
    let named = |name: &str, model: Option<&ModelSettings>| -> Result<ModelSettings, OpenError> {
        model.cloned().ok_or_else(|| OpenError(format!("[scribe.{name}] is missing")))
    };
    let refused = |name: &str| {
        let name = name.to_owned();
        move |error: ScribeError| OpenError(format!("scribe.{name}: {error}"))
    };
    match settings.scribe.engine {
        ScribeEngine::Rules => Ok(Arc::new(RuleScribe::new())),
        ScribeEngine::Anthropic => {
            let model = named("anthropic", settings.scribe.anthropic.as_ref())?;
            Ok(Arc::new(AnthropicScribe::new(&model).map_err(refused("anthropic"))?))
        }
        ScribeEngine::OpenAi => {
            let model = named("openai", settings.scribe.openai.as_ref())?;
            Ok(Arc::new(OpenAiScribe::new(&model).map_err(refused("openai"))?))
        }
    }
}

/// What writes notes, in a line for the operator; the key is not printed.
pub(crate) fn said(settings: &Settings) -> Result<String, OpenError> {
    let maker = scribe(settings)?.maker();
    let leaves = |model: Option<&ModelSettings>, own: &str| {
        let url = model.map(|model| model.url.as_str()).filter(|url| !url.is_empty()).unwrap_or(own);
        format!("{maker} at {url}: every transcript goes there")
    };
    Ok(match settings.scribe.engine {
        ScribeEngine::Rules => format!("{maker}: nothing leaves this machine"),
        ScribeEngine::Anthropic => leaves(settings.scribe.anthropic.as_ref(), "https://api.anthropic.com"),
        ScribeEngine::OpenAi => leaves(settings.scribe.openai.as_ref(), "https://api.openai.com/v1"),
    })
}
