//! Which speech engine hears recordings.

use super::OpenError;
use crate::settings::{Settings, SpeechEngine};
use std::sync::Arc;
use ward_actors::hearing::Hearing;
use ward_gateways::speech::OpenAiSpeech;
use ward_gateways::{NoSpeech, SpeechToText};

/// The configured engine. A server is not asked for anything here: `ward check` asks.
pub fn engine(settings: &Settings) -> Result<Arc<dyn SpeechToText>, OpenError> {
    match (settings.speech.engine, &settings.speech.openai) {
        (SpeechEngine::None, _) => Ok(Arc::new(NoSpeech)),
        (SpeechEngine::OpenAi, Some(server)) => {
            let engine = OpenAiSpeech::new(server);
            Ok(Arc::new(engine.map_err(|error| OpenError(format!("speech.openai: {error}")))?))
        }
        (SpeechEngine::OpenAi, None) => Err(OpenError("[speech.openai] is missing".to_owned())),
    }
}

/// What is needed to listen. Decoding is this machine's work: half of its cores are left for answers.
pub(super) fn hearing(settings: &Settings) -> Result<Hearing, OpenError> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Ok(Hearing::new(engine(settings)?, cores.div_ceil(2), settings.speech.at_once))
}
