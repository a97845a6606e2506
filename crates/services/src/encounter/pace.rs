//! When an encounter will be done, by how long its steps took lately.

use crate::House;
use std::time::Duration;
use ward_domain::encounter::{Encounter, EncounterStatus, Progress, StepState};
use ward_domain::time::Time;

/// Before anything was measured: what a megabyte takes to be listened through, and a minute to be written down.
const AUDIO: Duration = Duration::from_secs(2);
const SPEECH: Duration = Duration::from_secs(5);
/// The minutes of a megabyte at 64 kbit/s.
const MINUTES_OF_A_MEGABYTE: u32 = 2;

impl House {
    /// How long the steps of a consultation take that are not done yet.
    pub fn time_left(&self, encounter: &Encounter) -> Duration {
        let hearing = &self.env.hearing;
        let open = |state: StepState| matches!(state, StepState::Pending | StepState::InProgress);
        let Progress { audio_upload, transcription, soap_generation, .. } = encounter.progress;
        let mut steps = Vec::new();
        if let Some(audio) = encounter.audio {
            let megabytes = u32::try_from(audio.bytes >> 20).unwrap_or(u32::MAX).max(1);
            let minutes = match audio.duration_ms {
                0 => megabytes.saturating_mul(MINUTES_OF_A_MEGABYTE),
                ms => u32::try_from(ms / 60_000).unwrap_or(u32::MAX).max(1),
            };
            if open(audio_upload) {
                steps.push(hearing.audio_pace.typical().unwrap_or(AUDIO).saturating_mul(megabytes));
            }
            if open(transcription) && hearing.has_engine() {
                steps.push(hearing.speech_pace.typical().unwrap_or(SPEECH).saturating_mul(minutes));
            }
        }
        if open(soap_generation) {
            steps.push(self.note_time());
        }
        // What is done of the first of them is done.
        let percent = u32::from(encounter.work.percent.min(99));
        if let Some(first) = steps.first_mut() {
            *first = first.saturating_mul(100 - percent) / 100;
        }
        steps.into_iter().fold(Duration::ZERO, Duration::saturating_add)
    }

    /// When it is done: known for what is, expected for what is under way, `None` where it depends on somebody.
    pub fn completion(&self, encounter: &Encounter, now: Time) -> Option<Time> {
        match encounter.status {
            EncounterStatus::Completed => Some(encounter.updated_at),
            EncounterStatus::Processing => {
                let left = i64::try_from(self.time_left(encounter).as_millis()).unwrap_or(i64::MAX);
                // Begun, or to be begun anew when it is due; what takes longer than it should may end at any moment.
                let waits = encounter.attempts > 0;
                let from = if waits { encounter.due } else { None };
                Some(from.unwrap_or(encounter.updated_at).plus(left).max(now))
            }
            EncounterStatus::Pending | EncounterStatus::Failed => None,
        }
    }
}
