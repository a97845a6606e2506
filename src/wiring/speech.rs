//! Which speech engine hears recordings.

use super::OpenError;
use crate::settings::{Settings, SpeechEngine};
use std::sync::Arc;
use ward_actors::hearing::Hearing;
use ward_gateways::speech::{OpenAiSpeech, Whisper};
use ward_gateways::{NoSpeech, SpeechToText};

/// The helper that runs Whisper, beside Ward's own program.
const HELPER: &str = "ward-whisper";

/// The configured engine. A server is not asked for anything here: `ward check` asks.
pub fn engine(settings: &Settings) -> Result<Arc<dyn SpeechToText>, OpenError> {
    let missing = |section| OpenError(format!("[speech.{section}] is missing"));
    match settings.speech.engine {
        SpeechEngine::None => Ok(Arc::new(NoSpeech)),
        SpeechEngine::OpenAi => {
            let server = settings.speech.openai.as_ref().ok_or_else(|| missing("openai"))?;
            let engine = OpenAiSpeech::new(server);
            Ok(Arc::new(engine.map_err(|error| OpenError(format!("speech.openai: {error}")))?))
        }
        SpeechEngine::Whisper => {
            let mut whisper = settings.speech.whisper.clone().ok_or_else(|| missing("whisper"))?;
            if whisper.program.as_os_str().is_empty() {
                let own = std::env::current_exe();
                let own = own.map_err(|error| OpenError(format!("speech.whisper.program: {error}")))?;
                whisper.program = own.with_file_name(HELPER);
            }
            Ok(Arc::new(Whisper::new(whisper)))
        }
    }
}

/// What is needed to listen. Decoding is this machine's work: half of its cores are left for answers.
pub(super) fn hearing(settings: &Settings) -> Result<Hearing, OpenError> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Ok(Hearing::new(engine(settings)?, cores.div_ceil(2), settings.speech.at_once))
}
