//! Speech to text of a server that speaks as OpenAI's does: `POST {url}/audio/transcriptions`.

use super::{Heard, HeardSegment, Speech, SpeechError, SpeechToText};
use crate::outside::{Outside, OutsideError};
use async_trait::async_trait;
use bytes::Bytes;
use serde::Deserialize;
use std::time::Duration;
use ward_domain::secret::{digest, hex};
use ward_domain::tenancy::TenantScope;

/// The most bytes of an answer: some minutes of speech with the times of every segment.
const MAX_ANSWER: usize = 4 << 20;
/// The most bytes of a piece: what such servers take.
const MAX_WAVE: usize = 25 << 20;
/// The most segments of a piece that count.
const MAX_SEGMENTS: usize = 2_000;
/// Above both, a segment is made up: the model itself hears no speech in it, and is not sure of its words.
const NO_SPEECH: f64 = 0.6;
const UNSURE: f64 = -1.0;

/// Which server, and which of its models. The key is never printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenAiSpeechSettings {
    /// Up to and with the version: `https://api.openai.com/v1`.
    pub url: String,
    /// Sent as a bearer token; empty: none.
    #[serde(default)]
    pub key: String,
    /// `whisper-1`.
    pub model: String,
    /// ISO 639 of what is spoken; empty: the model finds out.
    #[serde(default)]
    pub language: String,
    /// How long one piece may take.
    #[serde(default = "timeout_ms")]
    pub timeout_ms: u64,
    /// Send pieces of recordings that still go on too, for partial transcripts.
    #[serde(default = "yes")]
    pub live: bool,
}

impl std::fmt::Debug for OpenAiSpeechSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut out = f.debug_struct("OpenAiSpeechSettings");
        out.field("url", &self.url).field("model", &self.model).finish_non_exhaustive()
    }
}

const fn timeout_ms() -> u64 {
    120_000
}

const fn yes() -> bool {
    true
}

/// A speech engine on a server.
pub struct OpenAiSpeech {
    model: String,
    language: String,
    timeout: Duration,
    live: bool,
    outside: Outside,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    text: String,
    #[serde(default)]
    segments: Vec<Segment>,
}

#[derive(Deserialize)]
struct Segment {
    start: f64,
    end: f64,
    text: String,
    #[serde(default)]
    avg_logprob: Option<f64>,
    #[serde(default)]
    no_speech_prob: Option<f64>,
    #[serde(default)]
    speaker: Option<String>,
}

impl OpenAiSpeech {
    /// Nothing is sent yet.
    pub fn new(settings: &OpenAiSpeechSettings) -> Result<Self, SpeechError> {
        let timeout = Duration::from_millis(settings.timeout_ms);
        let outside = Outside::new(&settings.url, &settings.key, timeout, MAX_ANSWER)?;
        Ok(Self {
            model: settings.model.clone(),
            language: settings.language.clone(),
            timeout,
            live: settings.live,
            outside,
        })
    }

    /// The form (RFC 7578) of a piece, with its content type.
    fn form(&self, speech: &Speech) -> (String, Bytes) {
        // Drawn from the piece itself: so it does not stand in it.
        let boundary = format!("ward-{}", &hex(&digest(&speech.wave))[..40]);
        let mut body = Vec::with_capacity(speech.wave.len() + 1_024);
        let language = speech.language.as_deref().unwrap_or(&self.language);
        let fields = [
            ("model", self.model.as_str()),
            ("response_format", "verbose_json"),
            ("temperature", "0"),
            ("language", language),
        ];
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            let part =
                format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let part = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"speech.wav\"\r\nContent-Type: audio/wav\r\n\r\n"
        );
        body.extend_from_slice(part.as_bytes());
        body.extend_from_slice(&speech.wave);
        body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        (format!("multipart/form-data; boundary={boundary}"), body.into())
    }
}

#[async_trait]
impl SpeechToText for OpenAiSpeech {
    fn engine(&self) -> Option<String> {
        Some(format!("openai:{}", self.model))
    }

    fn limit(&self) -> Duration {
        self.timeout
    }

    fn hears_live(&self) -> bool {
        self.live
    }

    async fn hear(&self, _scope: &TenantScope, speech: Speech) -> Result<Heard, SpeechError> {
        if speech.wave.len() > MAX_WAVE {
            return Err(SpeechError::Refused("a piece is longer than such servers take".to_owned()));
        }
        let (content_type, body) = self.form(&speech);
        let answer: Answer = self.outside.post_body("audio/transcriptions", &content_type, &body).await?;
        Ok(read(answer, speech.wave.len()))
    }

    async fn check(&self) -> Result<(), SpeechError> {
        Ok(self.outside.reach("models").await?)
    }
}

fn read(answer: Answer, wave_bytes: usize) -> Heard {
    let language = answer.language.as_deref().and_then(code_of);
    let timeless = answer.segments.is_empty();
    let mut segments: Vec<_> = answer.segments.into_iter().take(MAX_SEGMENTS).filter_map(heard).collect();
    // A model that knows no times: all of it is one stretch. 32 bytes are a millisecond. Where all segments were made up,
    // so is the text.
    if timeless && !answer.text.trim().is_empty() {
        let end_ms = wave_bytes as u64 / 32;
        let text = answer.text.trim().to_owned();
        segments.push(HeardSegment { start_ms: 0, end_ms, text, confidence: None, speaker: None });
    }
    Heard { language, segments }
}

fn heard(segment: Segment) -> Option<HeardSegment> {
    let sure = segment.avg_logprob.unwrap_or(0.0);
    let made_up = segment.no_speech_prob.unwrap_or(0.0) > NO_SPEECH && sure < UNSURE;
    let text = segment.text.trim();
    if made_up || text.is_empty() {
        return None;
    }
    let start_ms = millis(segment.start);
    Some(HeardSegment {
        start_ms,
        end_ms: millis(segment.end).max(start_ms),
        text: text.to_owned(),
        confidence: segment.avg_logprob.map(|log| log.exp().clamp(0.0, 1.0)).filter(|sure| sure.is_finite()),
        speaker: segment.speaker.filter(|name| !name.trim().is_empty()),
    })
}

/// Seconds as milliseconds. What a server makes up is nothing, or a day.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded before")]
fn millis(seconds: f64) -> u64 {
    if seconds.is_finite() { (seconds.clamp(0.0, 86_400.0) * 1000.0).round() as u64 } else { 0 }
}

/// What such servers call languages.
#[rustfmt::skip]
const NAMES: [(&str, &str); 24] = [
    ("english", "en"), ("persian", "fa"), ("farsi", "fa"), ("spanish", "es"), ("castilian", "es"), ("catalan", "ca"),
    ("arabic", "ar"), ("french", "fr"), ("german", "de"), ("italian", "it"), ("portuguese", "pt"), ("turkish", "tr"),
    ("russian", "ru"), ("ukrainian", "uk"), ("dutch", "nl"), ("polish", "pl"), ("romanian", "ro"), ("urdu", "ur"),
    ("hindi", "hi"), ("chinese", "zh"), ("japanese", "ja"), ("korean", "ko"), ("kurdish", "ku"), ("azerbaijani", "az"),
];

/// ISO 639 of a language: such servers answer with English names.
fn code_of(language: &str) -> Option<String> {
    let language = language.trim().to_lowercase();
    let is_code = matches!(language.len(), 2 | 3) && language.bytes().all(|byte| byte.is_ascii_lowercase());
    if is_code {
        return Some(language);
    }
    NAMES.iter().find(|(name, _)| *name == language).map(|(_, code)| (*code).to_owned())
}

impl From<OutsideError> for SpeechError {
    fn from(error: OutsideError) -> Self {
        match error {
            OutsideError::Later(why) => Self::Unavailable(why),
            OutsideError::Never(why) => Self::Refused(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> Heard {
        read(serde_json::from_str(json).unwrap(), 64_000)
    }

    #[test]
    fn segments_are_read_and_what_was_made_up_is_left_out() {
        let heard = of(
            r#"{"task": "transcribe", "language": "english", "duration": 4.5, "text": " Hello. Thank you.",
            "segments": [
                {"id": 0, "start": 0.0, "end": 1.25, "text": " Hello.", "avg_logprob": -0.1, "no_speech_prob": 0.01, "speaker": "A"},
                {"id": 1, "start": 3.0, "end": 2.0, "text": " Thanks for watching!", "avg_logprob": -1.4, "no_speech_prob": 0.9},
                {"id": 2, "start": 3.5, "end": 3.0, "text": "Bye"}, {"id": 3, "start": 4, "end": 5, "text": " "}
            ]}"#,
        );
        assert_eq!(heard.language.as_deref(), Some("en"));
        let texts: Vec<_> =
            heard.segments.iter().map(|one| (one.text.as_str(), one.start_ms, one.end_ms)).collect();
        assert_eq!(texts, [("Hello.", 0, 1_250), ("Bye", 3_500, 3_500)]);
        assert!(heard.segments[0].confidence.is_some_and(|sure| sure > 0.9));
        assert_eq!(heard.segments[0].speaker.as_deref(), Some("A"));
    }

    #[test]
    fn a_model_without_times_is_one_segment_and_silence_is_none() {
        let heard = of(r#"{"text": " Hello. "}"#);
        assert_eq!((heard.segments.len(), heard.segments[0].end_ms), (1, 2_000));
        assert!(of(r#"{"text": ""}"#).segments.is_empty());
        for (said, code) in [("fa", Some("fa")), ("Persian", Some("fa")), ("Klingon", None), ("", None)] {
            assert_eq!(code_of(said).as_deref(), code, "{said}");
        }
    }

    #[test]
    fn the_form_holds_the_piece_and_says_what_is_wanted() {
        let settings = OpenAiSpeechSettings {
            url: "http://127.0.0.1:9/v1".into(),
            key: "SECRET".into(),
            model: "whisper-1".into(),
            language: String::new(),
            timeout_ms: 1_000,
            live: true,
        };
        assert!(!format!("{settings:?}").contains("SECRET"));
        let engine = OpenAiSpeech::new(&settings).unwrap();
        let (content_type, body) =
            engine.form(&Speech { wave: Bytes::from_static(b"RIFF"), language: Some("fa".into()) });
        let text = String::from_utf8(body.to_vec()).unwrap();
        let boundary = content_type.split_once("boundary=").unwrap().1;
        assert_eq!(text.matches(boundary).count(), 6);
        for part in
            ["verbose_json", "whisper-1", "\r\n\r\nfa\r\n", "\r\n\r\nRIFF\r\n", "filename=\"speech.wav\""]
        {
            assert!(text.contains(part), "{part}");
        }
    }
}
