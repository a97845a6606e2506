//! A step of an encounter that takes long: it runs beside the actor, says now and then that it lives, and comes back as
//! a message. When the house goes down it is let go; its due row brings it back.

use super::{EncounterMessage, assemble, listen};
use crate::Actors;
use crate::aside::Left;
use crate::shell::{Failure, Turn};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::Duration;
use ward_domain::encounter::{EncounterCommand, EncounterState, RecordingCommand, Step};
use ward_media::MediaError;

/// How often it is looked whether the house goes down.
const LOOK: Duration = Duration::from_secs(1);
/// After so many looks it says that it lives: well within the minute after which another would begin it anew.
const LOOKS: u32 = 15;

/// Why a step came to nothing, for the doctor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) reason: String,
    pub(super) transient: bool,
}

impl Trouble {
    pub(super) fn later(reason: &str) -> Self {
        Self { reason: reason.to_owned(), transient: true }
    }

    pub(super) fn never(reason: &str) -> Self {
        Self { reason: reason.to_owned(), transient: false }
    }
}

impl From<MediaError> for Trouble {
    fn from(error: MediaError) -> Self {
        if let MediaError::Unavailable(why) = &error {
            tracing::warn!(why, "a recording could not be read");
        }
        Self { reason: error.to_string(), transient: error.is_transient() }
    }
}

impl From<Left> for Trouble {
    fn from(left: Left) -> Self {
        match left {
            Left::Unbegun => MediaError::Unavailable("there was no thread to decode it".to_owned()),
            // What breaks a decoder breaks it again.
            Left::Broken => MediaError::Damaged,
        }
        .into()
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        tracing::warn!(%failure, "a step of an encounter failed");
        Self::later("The server could not go on with the recording; it is tried again.")
    }
}

/// What goes with a step in hand.
pub(super) struct Hand {
    pub(super) turn: Turn,
    pub(super) percent: Arc<AtomicU8>,
    /// Set when nobody waits for it any more.
    pub(super) stop: Arc<AtomicBool>,
}

impl Hand {
    /// The other actors, unless the house goes down.
    pub(super) fn actors(&self) -> Result<Arc<Actors>, Failure> {
        self.turn.env.actors().ok_or_else(|| Failure::unavailable("the house goes down"))
    }

    /// Has the encounter's actor carry a command out.
    pub(super) async fn tell(&self, command: RecordingCommand) -> Result<EncounterState, Failure> {
        let message = EncounterMessage::Do(Box::new(EncounterCommand::Record(Box::new(command))));
        let actors = self.actors()?;
        let wait = Duration::from_mins(1);
        let asked = actors.encounters.ask(&self.turn.scope, self.turn.id, wait, message);
        asked.await.map(|(state, _)| state)
    }

    /// So much is done.
    pub(super) fn done(&self, part: u64, whole: u64) {
        let percent = part.saturating_mul(100) / whole.max(1);
        self.percent.store(u8::try_from(percent.min(99)).unwrap_or(99), Ordering::Relaxed);
    }
}

impl Drop for Hand {
    fn drop(&mut self) {
        // Who decodes holds the flag, not the hand.
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Begins a step. As long as it runs, so many hold `token`.
pub(super) fn begin(turn: &Turn, state: EncounterState, step: Step, token: Arc<()>) {
    let hand = Hand { turn: turn.clone(), percent: Arc::default(), stop: Arc::default() };
    let tasks = turn.env.tasks.clone();
    let closing = tasks.clone();
    let percent = Arc::clone(&hand.percent);
    let turn = turn.clone();
    tasks.spawn(async move {
        let work = carry_out(hand, state, step);
        tokio::pin!(work);
        let mut looks = 0;
        let command = loop {
            tokio::select! {
                command = &mut work => break command,
                () = tokio::time::sleep(LOOK) => {}
            }
            if closing.is_closed() {
                return;
            }
            looks += 1;
            if looks % LOOKS == 0 {
                let percent = percent.load(Ordering::Relaxed);
                say(&turn, RecordingCommand::Advance { step, percent });
            }
        };
        say(&turn, command);
        drop(token);
    });
}

/// Tells the encounter's actor, and does not wait.
pub(super) fn say(turn: &Turn, command: RecordingCommand) {
    if let Some(actors) = turn.env.actors() {
        let message = EncounterMessage::Do(Box::new(EncounterCommand::Record(Box::new(command))));
        actors.encounters.tell(turn.scope, turn.id, message);
    }
}

async fn carry_out(hand: Hand, state: EncounterState, step: Step) -> RecordingCommand {
    let begun = hand.turn.now();
    let done = match step {
        Step::Audio => assemble::audio(&hand, &state).await,
        Step::Transcription => listen::transcribe(&hand, &state).await,
        Step::Note => Err(Trouble::later("The note is another's work.")),
    };
    let took = hand.turn.now().millis().saturating_sub(begun.millis());
    metrics::histogram!("ward_encounter_step_seconds", "step" => name(step))
        .record(Duration::from_millis(u64::try_from(took).unwrap_or(0)).as_secs_f64());
    match done {
        Ok(command) => command,
        Err(Trouble { reason, transient }) => {
            metrics::counter!("ward_encounter_step_failures_total", "step" => name(step)).increment(1);
            RecordingCommand::Failed { step, reason, transient }
        }
    }
}

const fn name(step: Step) -> &'static str {
    match step {
        Step::Audio => "audio",
        Step::Transcription => "transcription",
        Step::Note => "note",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_that_found_no_thread_is_decoded_later_and_one_that_breaks_the_decoder_is_not() {
        assert!(Trouble::from(Left::Unbegun).transient);
        assert!(!Trouble::from(Left::Broken).transient);
    }
}
