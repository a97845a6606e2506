//! The steps of an encounter: which is next, how far they have come, and what becomes of one that fails.

use super::{Encounter, EncounterState, EncounterStatus, StepState, Work};
use crate::time::{MINUTE, Time};

/// Attempts of a step before it fails for good.
pub const FAILED_ATTEMPTS: u32 = 5;
/// What is said where nobody can listen.
const AWAITS_ENGINE: &str = "Waiting for a speech engine: none is set up on this server. The transcript can be given by hand meanwhile.";

/// What a machine does for an encounter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The recording is put together and listened through.
    Audio,
    /// What was said is written down.
    Transcription,
    /// The note is written and the checklist gone through.
    Note,
}

impl EncounterState {
    /// The step that is next, or under way; `None` where it is a person's turn, or all is done.
    pub fn step(&self) -> Option<Step> {
        let progress = &self.encounter.as_ref()?.progress;
        let open = |state: StepState| matches!(state, StepState::Pending | StepState::InProgress);
        match &self.recording {
            Some(recording) if recording.closed && !recording.measured && open(progress.audio_upload) => {
                Some(Step::Audio)
            }
            Some(recording) if recording.measured && open(progress.transcription) => {
                Some(Step::Transcription)
            }
            _ if progress.transcription == StepState::Completed && open(progress.soap_generation) => {
                Some(Step::Note)
            }
            _ => None,
        }
    }
}

impl Encounter {
    /// True once nobody listens any more: what was said is written down, or cannot be.
    pub const fn is_written_down(&self) -> bool {
        matches!(self.progress.transcription, StepState::Completed | StepState::Failed)
    }

    /// How much of it is done, 0 to 100: of the steps that there are for it, each counts the same.
    pub fn percent(&self) -> u8 {
        if self.status == EncounterStatus::Completed {
            return 100;
        }
        let progress = &self.progress;
        let mut steps = vec![progress.transcription, progress.soap_generation, progress.checklist_evaluation];
        if progress.audio_upload != StepState::Pending {
            steps.push(progress.audio_upload);
        }
        let done = steps.iter().filter(|step| **step == StepState::Completed).count() * 100;
        let all = done + usize::from(self.work.percent.min(100));
        u8::try_from(all / steps.len()).unwrap_or(100).min(99)
    }

    pub(super) fn state_of(&mut self, step: Step) -> &mut StepState {
        match step {
            Step::Audio => &mut self.progress.audio_upload,
            Step::Transcription => &mut self.progress.transcription,
            Step::Note => &mut self.progress.soap_generation,
        }
    }

    /// The next step is due at once.
    pub(super) fn go_on(&mut self, now: Time) {
        self.status = EncounterStatus::Processing;
        self.waiting_for.clear();
        self.attempts = 0;
        self.due = Some(now);
        self.work = Work { percent: 0, began: Some(now), awaits_engine: false };
    }

    /// Everything is done, and nothing is waited for.
    pub(super) fn complete(&mut self) {
        self.status = EncounterStatus::Completed;
        self.waiting_for.clear();
        self.attempts = 0;
        self.due = None;
        self.work = Work::default();
    }

    /// The recording is through, or lost, and what was said is known without it: where the note stands is where it stood.
    pub(super) fn go_on_without_recording(&mut self, now: Time) {
        match self.progress.soap_generation {
            StepState::Completed => self.complete(),
            StepState::Failed => {
                self.status = EncounterStatus::Failed;
                self.due = None;
                self.work = Work::default();
            }
            StepState::Pending | StepState::InProgress => self.go_on(now),
        }
    }

    /// Nobody can listen: it waits until somebody can, or the transcript is given by hand.
    pub(super) fn await_engine(&mut self) {
        self.status = EncounterStatus::Pending;
        self.progress.transcription = StepState::Pending;
        AWAITS_ENGINE.clone_into(&mut self.waiting_for);
        self.attempts = 0;
        self.due = None;
        self.work = Work { awaits_engine: true, ..Work::default() };
    }

    /// A step failed: what may go better is tried again, later and later.
    pub(super) fn fail(&mut self, step: Step, reason: &str, transient: bool, now: Time) {
        self.attempts += 1;
        reason.clone_into(&mut self.waiting_for);
        if transient && self.attempts < FAILED_ATTEMPTS {
            *self.state_of(step) =
                if step == Step::Audio { StepState::InProgress } else { StepState::Pending };
            self.due = Some(now.plus(MINUTE << self.attempts));
            return;
        }
        *self.state_of(step) = StepState::Failed;
        if step == Step::Audio && self.progress.transcription == StepState::Completed {
            // What was said is known by hand: the note does not depend on the recording.
            self.go_on_without_recording(now);
            if self.status == EncounterStatus::Completed {
                reason.clone_into(&mut self.waiting_for);
            }
            return;
        }
        self.status = EncounterStatus::Failed;
        self.due = None;
        self.work = Work::default();
    }

    /// What failed for good is begun anew.
    pub(super) fn retry(&mut self, now: Time) {
        let progress = &mut self.progress;
        if progress.audio_upload == StepState::Failed {
            progress.audio_upload = StepState::InProgress;
        }
        for state in [&mut progress.transcription, &mut progress.soap_generation] {
            if *state == StepState::Failed {
                *state = StepState::Pending;
            }
        }
        self.go_on(now);
    }
}
