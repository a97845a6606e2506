//! Ward's own scribe: rules, on this machine, without a network.

use super::{ClinicalScribe, Hints, ScribeError};
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use ward_domain::encounter::Scribed;
use ward_domain::encounter::transcript::Transcript;
use ward_domain::tenancy::TenantScope;

/// A rule book: a pure function that may take its time.
type Write = fn(&Transcript, &Hints) -> ward_scribe::Scribed;

/// Runs the rules of crate `ward-scribe` beside the async threads, as many at once as there are processors.
///
/// Rules cannot be stopped half way. A run that is over its time limit is reported as [`ScribeError::TimedOut`] and
/// left to end by itself; until then it keeps its place, so that runs that are too long cannot fill the machine: who
/// finds no place within the time limit is told [`ScribeError::Busy`]. A panic ends one run and nothing else.
pub struct RuleScribe {
    write: Write,
    limit: Duration,
    places: Arc<Semaphore>,
}

impl RuleScribe {
    /// How long the longest transcript that the domain lets in may take, with much to spare.
    pub const LIMIT: Duration = Duration::from_secs(30);

    /// The rules of `ward-scribe`, with [`RuleScribe::LIMIT`].
    pub fn new() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self::with(ward_scribe::write, Self::LIMIT, processors)
    }

    fn with(write: Write, limit: Duration, places: usize) -> Self {
        Self { write, limit, places: Arc::new(Semaphore::new(places)) }
    }
}

impl Default for RuleScribe {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl ClinicalScribe for RuleScribe {
    fn maker(&self) -> String {
        ward_scribe::MAKER.to_owned()
    }

    fn limit(&self) -> Duration {
        self.limit
    }

    async fn write(
        &self,
        scope: &TenantScope,
        transcript: &Transcript,
        hints: &Hints,
    ) -> Result<Scribed, ScribeError> {
        let deadline = Instant::now() + self.limit;
        let place = Arc::clone(&self.places).acquire_owned();
        let Ok(Ok(place)) = timeout_at(deadline, place).await else { return Err(ScribeError::Busy) };
        let (write, transcript, hints) = (self.write, transcript.clone(), hints.clone());
        let run = tokio::task::spawn_blocking(move || {
            let _place = place;
            let started = std::time::Instant::now();
            (write(&transcript, &hints), started.elapsed())
        });
        match timeout_at(deadline, run).await {
            Ok(Ok((written, took))) => Ok(scribed(written, took)),
            Ok(Err(_)) => {
                tracing::error!(tenant = scope.tenant().get(), "the scribe panicked");
                Err(ScribeError::Broken)
            }
            Err(_) => Err(ScribeError::TimedOut),
        }
    }
}

fn scribed(written: ward_scribe::Scribed, took: Duration) -> Scribed {
    Scribed {
        note: written.note,
        checklist: written.checklist,
        checklist_score: written.checklist_score,
        tags: written.tags,
        confidence_score: written.confidence_score,
        maker: written.maker,
        processing_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};
    use ward_domain::encounter::transcript::{Segment, Speaker};
    use ward_domain::tenancy::TenantId;

    fn scope() -> TenantScope {
        #[allow(clippy::disallowed_methods)] // a test of a gateway stands for the tenants crate
        TenantScope::mint(TenantId::from_number(5))
    }

    fn said(lines: &[(Speaker, &str)]) -> Transcript {
        let segment = |(speaker, text): &(Speaker, &str)| Segment {
            start_ms: 0,
            end_ms: 0,
            speaker: *speaker,
            text: (*text).to_owned(),
        };
        Transcript { language: "en".into(), segments: lines.iter().map(segment).collect(), confidence: None }
    }

    #[tokio::test]
    async fn a_consultation_gets_the_note_of_the_rules() {
        let transcript = said(&[
            (Speaker::Doctor, "What brings you in today?"),
            (Speaker::Patient, "I have had a bad headache for three days."),
            (Speaker::Doctor, "Your blood pressure is 120 over 80."),
        ]);
        let scribe = RuleScribe::new();
        let scribed = scribe.write(&scope(), &transcript, &Hints::default()).await.unwrap();
        let plain = ward_scribe::write(&transcript, &Hints::default());
        assert_eq!(scribed.note, plain.note);
        assert!(scribed.note.sections.subjective.chief_complaint.to_lowercase().contains("headache"));
        assert_eq!((scribed.maker, scribed.tags), (scribe.maker(), plain.tags));
    }

    #[tokio::test]
    async fn a_panic_is_an_error_and_the_next_one_gets_its_place() {
        let scribe = RuleScribe::with(
            |transcript, hints| {
                assert!(transcript.language == "en", "a rule that breaks");
                ward_scribe::write(transcript, hints)
            },
            RuleScribe::LIMIT,
            1,
        );
        let good = said(&[(Speaker::Patient, "I have a cough.")]);
        let bad = Transcript { language: "xx".into(), ..good.clone() };
        assert_eq!(scribe.write(&scope(), &bad, &Hints::default()).await, Err(ScribeError::Broken));
        assert!(scribe.write(&scope(), &good, &Hints::default()).await.is_ok());
    }

    #[tokio::test]
    async fn a_run_over_its_time_keeps_its_place_until_it_ends() {
        static GO_ON: AtomicBool = AtomicBool::new(false);
        let scribe = RuleScribe::with(
            |transcript, hints| {
                // The bound is for a test that fails: its runtime waits for this thread.
                let started = std::time::Instant::now();
                while !GO_ON.load(Ordering::Acquire) && started.elapsed() < Duration::from_secs(30) {
                    std::thread::yield_now();
                }
                ward_scribe::write(transcript, hints)
            },
            Duration::from_millis(50),
            1,
        );
        let transcript = said(&[(Speaker::Patient, "I have a cough.")]);
        let (scope, hints) = (scope(), Hints::default());
        let write = || scribe.write(&scope, &transcript, &hints);
        assert_eq!(write().await, Err(ScribeError::TimedOut));
        assert_eq!(write().await, Err(ScribeError::Busy));
        GO_ON.store(true, Ordering::Release);
        let freed = tokio::time::timeout(Duration::from_secs(10), scribe.places.acquire()).await;
        assert!(freed.is_ok(), "the place is free once the run has ended");
    }
}
