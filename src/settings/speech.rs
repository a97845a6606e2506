//! Who hears what is said in recordings.

use serde::Deserialize;
use ward_gateways::speech::{OpenAiSpeechSettings, WhisperSettings};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "see Settings")]
pub struct Speech {
    pub engine: SpeechEngine,
    pub at_once: usize,
    #[serde(default)]
    pub openai: Option<OpenAiSpeechSettings>,
    #[serde(default)]
    pub whisper: Option<WhisperSettings>,
}

/// Which speech engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SpeechEngine {
    /// None: transcripts are given by hand, and recordings wait.
    None,
    /// A server that speaks as OpenAI's does: `[speech.openai]` says where.
    OpenAi,
    /// Whisper, in processes of its own on this machine: `[speech.whisper]` says which model.
    Whisper,
}

impl Speech {
    /// What cannot work.
    pub(super) fn wrong(&self) -> Option<String> {
        let missing = match self.engine {
            SpeechEngine::OpenAi if self.openai.is_none() => Some(("openai", "url and model")),
            SpeechEngine::Whisper if self.whisper.is_none() => Some(("whisper", "model and sha256")),
            _ => None,
        };
        if let Some((engine, what)) = missing {
            return Some(format!(
                "speech.engine = \"{engine}\" needs a section [speech.{engine}] with {what}"
            ));
        }
        if let Some(wrong) = self.whisper.as_ref().and_then(wrong_whisper) {
            return Some(wrong.to_owned());
        }
        let good = (1..=100).contains(&self.at_once)
            && self.openai.as_ref().is_none_or(|server| (1_000..=3_600_000).contains(&server.timeout_ms));
        (!good)
            .then(|| "speech.at_once must be 1 to 100, speech.openai.timeout_ms 1000 to 3600000".to_owned())
    }
}

fn wrong_whisper(whisper: &WhisperSettings) -> Option<&'static str> {
    let sum = whisper.sha256.len() == 64 && whisper.sha256.bytes().all(|letter| letter.is_ascii_hexdigit());
    let code = &whisper.language;
    let spoken = code.is_empty()
        || matches!(code.len(), 2 | 3) && code.bytes().all(|letter| letter.is_ascii_lowercase());
    [
        (!whisper.model.as_os_str().is_empty(), "speech.whisper.model must name a file"),
        (sum, "speech.whisper.sha256 must be the 64 hexadecimal digits that sha256sum says of the model"),
        (spoken, "speech.whisper.language must be a code of ISO 639, or empty"),
        (whisper.threads <= 256, "speech.whisper.threads must be 0 to 256"),
        ((1..=16).contains(&whisper.processes), "speech.whisper.processes must be 1 to 16"),
        ((1..=1_000).contains(&whisper.patience), "speech.whisper.patience must be 1 to 1000"),
        ((1..=10_080).contains(&whisper.idle_minutes), "speech.whisper.idle_minutes must be 1 to 10080"),
    ]
    .into_iter()
    .find_map(|(good, wrong)| (!good).then_some(wrong))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Change = fn(&mut WhisperSettings);

    #[test]
    fn what_whisper_cannot_run_with_is_named() {
        let whisper = |change: Change| {
            let section = format!("model = \"a.bin\"\nsha256 = \"{}\"", "0a".repeat(32));
            let mut whisper: WhisperSettings = toml_of(&section);
            change(&mut whisper);
            Speech { engine: SpeechEngine::Whisper, at_once: 1, openai: None, whisper: Some(whisper) }
        };
        assert_eq!(whisper(|_| {}).wrong(), None);
        let none = Speech { whisper: None, ..whisper(|_| {}) };
        assert!(none.wrong().unwrap().contains("[speech.whisper] with model and sha256"));
        let cases: [(Change, &str); 7] = [
            (|whisper| whisper.model = "".into(), "model"),
            (|whisper| whisper.sha256 = "0a".into(), "sha256"),
            (|whisper| whisper.language = "English".into(), "language"),
            (|whisper| whisper.threads = 1_000, "threads"),
            (|whisper| whisper.processes = 0, "processes"),
            (|whisper| whisper.patience = 0, "patience"),
            (|whisper| whisper.idle_minutes = 0, "idle_minutes"),
        ];
        for (change, name) in cases {
            let wrong = whisper(change).wrong().unwrap();
            assert!(wrong.contains(&format!("speech.whisper.{name} ")), "{wrong}");
        }
    }

    fn toml_of<T: serde::de::DeserializeOwned>(text: &str) -> T {
        let read = config::Config::builder()
            .add_source(config::File::from_str(text, config::FileFormat::Toml))
            .build();
        read.unwrap().try_deserialize().unwrap()
    }
}
