//! Speech to text by Whisper on this machine: helpers (`ward-whisper`) that are started when there is something to hear,
//! watched, and started again after a while where they ended. None of what is decoded is decoded in this process.

#[cfg(feature = "double")]
mod double;
mod helper;

#[cfg(feature = "double")]
pub use double::{scripted, scripted_model};

use self::helper::{Helper, Trouble};
use super::{Heard, HeardSegment, Speech, SpeechError, SpeechToText};
use async_trait::async_trait;
use serde::Deserialize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep_until, timeout};
use ward_domain::tenancy::TenantScope;
use ward_whisper_wire::{BYTES_A_MS, MAX_BODY};

/// The most pieces that wait for a helper.
const MAX_WAITING: usize = 64;
/// What a piece may take beside what its length allows.
const GRACE: Duration = Duration::from_secs(30);
/// The longest piece that comes, for what is said of one in general.
const LONGEST: Duration = Duration::from_mins(2);
/// After the first failure a helper is started anew so much later, after each further one twice as much.
const PAUSE: Duration = Duration::from_secs(1);
/// The longest of these pauses.
const MAX_PAUSE: Duration = Duration::from_mins(1);
/// As much speech is more than a cough: where nothing is heard of it, the engine does not work.
const SPEECH_MS: usize = 1_000;

/// Which model, and how it is run.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhisperSettings {
    /// A Whisper model in ggml's format.
    pub model: PathBuf,
    /// Its SHA-256, in hexadecimal: another file is not loaded.
    pub sha256: String,
    /// The helper; empty: `ward-whisper` beside Ward's own program.
    #[serde(default)]
    pub program: PathBuf,
    /// Threads of a helper; 0: half of the cores.
    #[serde(default)]
    pub threads: usize,
    /// Helpers that run at once, each with the model in its memory.
    #[serde(default = "one")]
    pub processes: usize,
    /// ISO 639 of what is spoken; empty: the model finds out.
    #[serde(default)]
    pub language: String,
    /// How many times as long as it is a piece may take.
    #[serde(default = "patience")]
    pub patience: u32,
    /// A helper that nothing was asked of for so long ends, and gives its memory back.
    #[serde(default = "idle_minutes")]
    pub idle_minutes: u64,
    /// Listen to recordings that still go on too, for partial transcripts.
    #[serde(default)]
    pub live: bool,
}

const fn one() -> usize {
    1
}

const fn patience() -> u32 {
    10
}

const fn idle_minutes() -> u64 {
    10
}

/// A speech engine in processes of its own.
pub struct Whisper {
    settings: WhisperSettings,
    name: String,
    places: Semaphore,
    waiting: AtomicUsize,
    idle: Mutex<Vec<Helper>>,
    failures: Mutex<Failures>,
}

/// What went wrong since something last went well.
#[derive(Debug, Default)]
struct Failures {
    count: u32,
    until: Option<Instant>,
    /// Why the last helper that was started does not work.
    unfit: Option<String>,
}

/// One who waits, until dropped.
struct Waits<'a>(&'a AtomicUsize);

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Whisper {
    /// With a helper that lies at `settings.program`. Nothing is started yet.
    pub fn new(settings: WhisperSettings) -> Self {
        let model = settings.model.file_stem().map(|name| name.to_string_lossy().into_owned());
        Self {
            name: format!("whisper:{}", model.unwrap_or_default()),
            places: Semaphore::new(settings.processes.clamp(1, Semaphore::MAX_PERMITS)),
            waiting: AtomicUsize::new(0),
            idle: Mutex::default(),
            failures: Mutex::default(),
            settings,
        }
    }

    /// How long a piece of so many bytes may take.
    fn deadline(&self, bytes: usize) -> Duration {
        let length = Duration::from_millis((bytes / BYTES_A_MS) as u64);
        length.saturating_mul(self.settings.patience).saturating_add(GRACE)
    }

    fn wait(&self) -> Result<Waits<'_>, SpeechError> {
        let waits = Waits(&self.waiting);
        if self.waiting.fetch_add(1, Ordering::Relaxed) < MAX_WAITING {
            return Ok(waits);
        }
        Err(SpeechError::Unavailable(format!("{MAX_WAITING} pieces wait for the engine")))
    }

    /// A helper that was used before, and lives; it need not when it is asked.
    fn used(&self) -> Option<Helper> {
        let mut idle = held(&self.idle);
        while let Some(mut helper) = idle.pop() {
            if helper.lives() {
                return Some(helper);
            }
        }
        None
    }

    /// A new helper, after the pause that is due.
    async fn fresh(&self) -> Result<Helper, SpeechError> {
        let until = held(&self.failures).until;
        if let Some(until) = until {
            sleep_until(until).await;
        }
        match Helper::start(&self.settings).await {
            Ok(helper) => {
                held(&self.failures).unfit = None;
                Ok(helper)
            }
            Err(trouble) => Err(self.failed(trouble)),
        }
    }

    /// Notes a failure: the next helper is started later.
    fn failed(&self, trouble: Trouble) -> SpeechError {
        let mut failures = held(&self.failures);
        failures.count = failures.count.saturating_add(1);
        let pause = PAUSE.saturating_mul(1 << (failures.count - 1).min(6)).min(MAX_PAUSE);
        failures.until = Some(Instant::now() + pause);
        match trouble {
            Trouble::Unfit(why) => {
                failures.unfit = Some(why.clone());
                SpeechError::Refused(why)
            }
            Trouble::Ended(why) => SpeechError::Unavailable(why),
        }
    }

    /// Asks a helper, and another one where the first had just gone because nothing was asked of it.
    async fn ask(&self, samples: &[u8], language: Option<&str>) -> Result<Heard, SpeechError> {
        let limit = self.deadline(samples.len());
        loop {
            let used = self.used();
            let was_used = used.is_some();
            let mut helper = match used {
                Some(helper) => helper,
                None => self.fresh().await?,
            };
            let trouble = match timeout(limit, helper.hear(samples, language)).await {
                Ok(Ok(heard)) => {
                    *held(&self.failures) = Failures::default();
                    held(&self.idle).push(helper);
                    return Ok(heard);
                }
                Ok(Err(_)) if was_used && helper.went_by_itself().await => continue,
                Ok(Err(trouble)) => trouble,
                Err(_) => Trouble::Ended(format!("a piece took longer than {} s", limit.as_secs())),
            };
            // Dropped, it is killed.
            return Err(self.failed(trouble));
        }
    }
}

#[async_trait]
impl SpeechToText for Whisper {
    fn engine(&self) -> Option<String> {
        Some(self.name.clone())
    }

    fn limit(&self) -> Duration {
        LONGEST.saturating_mul(self.settings.patience).saturating_add(GRACE)
    }

    fn hears_live(&self) -> bool {
        self.settings.live
    }

    async fn hear(&self, _scope: &TenantScope, speech: Speech) -> Result<Heard, SpeechError> {
        let samples = samples(&speech.wave)
            .filter(|samples| samples.len() <= MAX_BODY)
            .ok_or_else(|| SpeechError::Refused("a piece is none, or too long".to_owned()))?;
        let waits = self.wait()?;
        let place = self.places.acquire().await;
        drop(waits);
        let _place = place.map_err(|error| SpeechError::Unavailable(error.to_string()))?;
        let language = speech.language.as_deref().unwrap_or(&self.settings.language);
        let mut heard = self.ask(samples, Some(language).filter(|code| !code.is_empty())).await?;
        let length = samples.len() / BYTES_A_MS;
        if heard.segments.is_empty() && length >= SPEECH_MS {
            return Err(SpeechError::Unheard);
        }
        // The model hears in stretches of half a minute, and fills the last one up.
        for segment in &mut heard.segments {
            segment.end_ms = segment.end_ms.min(length as u64);
            segment.start_ms = segment.start_ms.min(segment.end_ms);
        }
        Ok(heard)
    }

    /// Files that are not there, and what the last helper said of itself; none is started for it.
    async fn check(&self) -> Result<(), SpeechError> {
        for (what, path) in [("helper", &self.settings.program), ("model", &self.settings.model)] {
            let there = tokio::fs::metadata(path).await.is_ok_and(|found| found.is_file());
            if !there {
                return Err(SpeechError::Refused(format!("there is no {what} at {}", path.display())));
            }
        }
        held(&self.failures).unfit.clone().map_or(Ok(()), |why| Err(SpeechError::Refused(why)))
    }

    /// Starts a helper, which reads the model, loads it and tries it.
    async fn prove(&self) -> Result<(), SpeechError> {
        held(&self.failures).unfit = None;
        self.check().await?;
        let helper = self.fresh().await?;
        held(&self.idle).push(helper);
        Ok(())
    }
}

/// The samples of a WAVE file (RIFF, chunk by chunk).
fn samples(wave: &[u8]) -> Option<&[u8]> {
    let mut rest = wave.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WAVE")?;
    loop {
        let (name, length) = (rest.get(..4)?, rest.get(4..8)?.try_into().ok()?);
        let length = usize::try_from(u32::from_le_bytes(length)).ok()?;
        rest = rest.get(8..)?;
        if name == b"data" {
            return rest.get(..length);
        }
        rest = rest.get(length.checked_add(length % 2)?..)?;
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is kept is whole after each change.
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl From<ward_whisper_wire::Segment> for HeardSegment {
    fn from(segment: ward_whisper_wire::Segment) -> Self {
        let ward_whisper_wire::Segment { start_ms, end_ms, text, probability } = segment;
        Self { start_ms, end_ms, text, confidence: Some(probability), speaker: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_found_behind_other_chunks_and_a_cut_file_has_none() {
        let mut wave = b"RIFF\0\0\0\0WAVELIST\x03\0\0\0abc\0data\x04\0\0\0\x01\x02\x03\x04".to_vec();
        assert_eq!(samples(&wave), Some(&[1, 2, 3, 4][..]));
        wave.pop();
        for cut in 0..=wave.len() {
            assert_eq!(samples(&wave[..cut]), None, "{cut}");
        }
    }

    #[test]
    fn what_a_piece_may_take_grows_with_its_length() {
        let settings = r#"{"model": "/models/ggml-small.bin", "sha256": "00", "patience": 4}"#;
        let engine = Whisper::new(serde_json::from_str(settings).unwrap());
        assert_eq!(engine.engine().as_deref(), Some("whisper:ggml-small"));
        assert_eq!(engine.deadline(0), GRACE);
        assert_eq!(engine.deadline(60_000 * BYTES_A_MS), GRACE + Duration::from_mins(4));
    }
}
