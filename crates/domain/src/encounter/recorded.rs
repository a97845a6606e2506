//! What can be told to an encounter about its recording, and what comes of it.

use super::rules::took_transcript;
use super::signature::signed;
use super::steps::Step;
use super::transcript::{SpeakerSource, Transcript};
use super::{
    Audio, AudioChunk, Encounter, EncounterState, EncounterStatus, MAX_AUDIO_BYTES, Recording,
    RecordingSource, StepState, TranscriptRecord,
};
use crate::decision::{Change, Decision, Happening};
use crate::id::Id;
use crate::record::ClaimOp;
use crate::refusal::{Kind, Refusal};
use crate::time::{MINUTE, Time};
use crate::upload::Media;

/// Missing chunks that are named at once.
const NAMED: usize = 20;

/// What can be told to an encounter about its recording.
#[derive(Debug, Clone)]
pub enum RecordingCommand {
    /// Makes the encounter together with a whole recording.
    Create {
        /// The encounter, pending.
        encounter: Box<Encounter>,
        /// The recording.
        recording: Box<Recording>,
        /// The claim that shows its object, and the request's key.
        claims: Vec<ClaimOp>,
    },
    /// A whole recording comes after its encounter was made.
    Whole {
        /// The recording.
        recording: Box<Recording>,
        /// The claim that shows its object.
        claims: Vec<ClaimOp>,
    },
    /// A chunk comes. The chunk of the same number, if there is one, is in [`EncounterState::chunk`].
    Add {
        /// The chunk.
        chunk: Box<AudioChunk>,
        /// How many there will be, if its sender says.
        expected: Option<u32>,
        /// True for the last one.
        last: bool,
        /// The claim that shows its object.
        claims: Vec<ClaimOp>,
    },
    /// The chunks were put together.
    Assembled {
        /// The object that holds all of it.
        object: Id,
        /// What it is.
        media: Media,
        /// Its length.
        bytes: u64,
        /// The claim that shows the object.
        claims: Vec<ClaimOp>,
    },
    /// Chunks that were put together go.
    Release {
        /// Which.
        chunks: Vec<AudioChunk>,
    },
    /// It was listened through.
    Measured {
        /// Its length in milliseconds.
        duration_ms: u64,
        /// True where it breaks off.
        cut: bool,
        /// True where there is a speech engine.
        engine: bool,
    },
    /// A step has come so far, and lives.
    Advance {
        /// Which.
        step: Step,
        /// 0 to 100.
        percent: u8,
    },
    /// There is no speech engine.
    Await,
    /// What was said is written down.
    Transcribed {
        /// What was said.
        transcript: Box<Transcript>,
        /// By which engine.
        engine: String,
        /// How it is known who spoke.
        speakers: SpeakerSource,
        /// Of which recording: [`Recording::at`].
        of: Time,
    },
    /// A step failed.
    Failed {
        /// Which.
        step: Step,
        /// Why, for the doctor.
        reason: String,
        /// True where another attempt may do better.
        transient: bool,
    },
    /// What failed for good is begun anew.
    Retry,
}

/// What a decision changes.
struct Draft {
    encounter: Encounter,
    recording: Option<Recording>,
    changes: Vec<Change>,
    claims: Vec<ClaimOp>,
    released: Vec<Id>,
    /// True where only its own doctor's screen needs to know.
    quiet: bool,
}

impl EncounterState {
    pub(super) fn record(&self, now: Time, command: &RecordingCommand) -> Result<(Decision, Self), Refusal> {
        if let RecordingCommand::Create { encounter, recording, claims } = command {
            return self.create_recorded(encounter, recording, claims, now);
        }
        let Some(old) = &self.encounter else { return Err(Refusal::not_found("Encounter")) };
        if old.signature.is_some() {
            // A note that is signed rests on what was known then; a recording that comes later changes none of it.
            return match command {
                RecordingCommand::Whole { .. } | RecordingCommand::Add { .. } | RecordingCommand::Retry => {
                    Err(signed())
                }
                RecordingCommand::Release { .. } => self.recorded(old, now, command),
                _ => Ok(self.settled(old)),
            };
        }
        self.recorded(old, now, command)
    }

    fn recorded(
        &self,
        old: &Encounter,
        now: Time,
        command: &RecordingCommand,
    ) -> Result<(Decision, Self), Refusal> {
        let mut draft = Draft {
            encounter: old.clone(),
            recording: self.recording.clone(),
            changes: Vec::new(),
            claims: Vec::new(),
            released: Vec::new(),
            quiet: false,
        };
        let mut transcript = None;
        match command {
            RecordingCommand::Create { .. } => {}
            RecordingCommand::Whole { recording, claims } => {
                self.check_no_recording()?;
                draft.released.extend(self.recording.as_ref().and_then(|recording| recording.object));
                draft.claims.clone_from(claims);
                begin(&mut draft.encounter, recording, now);
                draft.recording = Some((**recording).clone());
            }
            RecordingCommand::Add { chunk, expected, last, claims } => {
                self.add(&mut draft, chunk, *expected, *last, now)?;
                if draft.changes.is_empty() && draft.recording == self.recording {
                    return Ok((Decision::default(), self.clone()));
                }
                if !draft.changes.is_empty() {
                    draft.claims.clone_from(claims);
                }
            }
            RecordingCommand::Assembled { object, media, bytes, claims } => {
                let open = draft.recording.as_mut().filter(|recording| recording.object.is_none());
                let (Some(recording), Some(Step::Audio)) = (open, self.step()) else {
                    return Err(crate::upload::storage::too_late());
                };
                (recording.object, recording.media, recording.bytes) = (Some(*object), Some(*media), *bytes);
                draft.encounter.audio =
                    Some(Audio { media: *media, bytes: *bytes, duration_ms: 0, cut: false });
                draft.claims.clone_from(claims);
            }
            RecordingCommand::Release { chunks } => {
                draft.changes.extend(chunks.iter().map(Change::remove));
                draft.released.extend(chunks.iter().map(|chunk| chunk.id));
            }
            RecordingCommand::Measured { duration_ms, cut, engine } => {
                self.measured(&mut draft, (*duration_ms, *cut), *engine, now);
            }
            RecordingCommand::Advance { step, percent } => {
                if self.step() == Some(*step) && old.due.is_some() {
                    draft.encounter.work.percent = old.work.percent.max(*percent).min(99);
                    draft.encounter.due = Some(now.plus(MINUTE));
                    draft.quiet = true;
                }
            }
            RecordingCommand::Await => {
                if self.step() == Some(Step::Transcription) {
                    draft.encounter.await_engine();
                }
            }
            RecordingCommand::Transcribed { transcript: said, engine, speakers, of } => {
                let current = self.recording.as_ref().filter(|recording| recording.at == *of);
                if let (Some(_), Some(Step::Transcription)) = (current, self.step()) {
                    let record = TranscriptRecord {
                        encounter: old.id,
                        transcript: (**said).clone(),
                        given_by: None,
                        engine: engine.clone(),
                        speakers: *speakers,
                        at: now,
                    };
                    draft.changes.push(Change::create(&record));
                    took_transcript(&mut draft.encounter, said, now);
                    transcript = Some(record);
                }
            }
            RecordingCommand::Failed { step, reason, transient } => {
                if self.step() == Some(*step) {
                    draft.encounter.fail(*step, reason, *transient, now);
                }
            }
            RecordingCommand::Retry => {
                if old.status != EncounterStatus::Failed {
                    let message = "Only what has failed can be tried again.";
                    return Err(Refusal::conflict("not_failed", message));
                }
                draft.encounter.retry(now);
            }
        }
        Ok(self.finish(draft, transcript, now))
    }

    fn create_recorded(
        &self,
        encounter: &Encounter,
        recording: &Recording,
        claims: &[ClaimOp],
        now: Time,
    ) -> Result<(Decision, Self), Refusal> {
        if self.encounter.is_some() {
            return Err(Refusal::conflict("encounter_exists", "This encounter exists already."));
        }
        let mut encounter = encounter.clone();
        begin(&mut encounter, recording, now);
        let decision = Decision {
            changes: vec![Change::create(&encounter), Change::create(recording)],
            claims: claims.to_vec(),
            happenings: vec![Happening::EncounterChanged { encounter: encounter.id }],
        };
        let next = Self { encounter: Some(encounter), recording: Some(recording.clone()), ..Self::default() };
        Ok((decision, next))
    }

    fn finish(&self, draft: Draft, transcript: Option<TranscriptRecord>, now: Time) -> (Decision, Self) {
        let Draft { mut encounter, recording, mut changes, claims, released, quiet } = draft;
        let mut happenings: Vec<_> =
            released.into_iter().map(|object| Happening::ObjectReleased { object }).collect();
        match (&self.recording, &recording) {
            (Some(old), Some(new)) if old != new => changes.push(Change::update(old, new)),
            (None, Some(new)) => changes.push(Change::create(new)),
            _ => {}
        }
        if let Some(old) = self.encounter.as_ref().filter(|old| **old != encounter) {
            encounter.updated_at = now;
            changes.push(Change::update(old, &encounter));
            if !quiet {
                happenings.push(Happening::EncounterChanged { encounter: encounter.id });
            }
        }
        let next = Self {
            encounter: Some(encounter),
            recording,
            transcript: transcript.or_else(|| self.transcript.clone()),
            note: self.note.clone(),
            chunk: None,
        };
        (Decision { changes, claims, happenings }, next)
    }

    /// Refuses a recording where there is one that did not fail.
    fn check_no_recording(&self) -> Result<(), Refusal> {
        let failed = self.encounter.as_ref().is_some_and(|e| e.progress.audio_upload == StepState::Failed);
        if self.recording.is_none() || failed {
            return Ok(());
        }
        Err(Refusal::conflict("recording_exists", "This encounter has its recording already."))
    }

    fn add(
        &self,
        draft: &mut Draft,
        chunk: &AudioChunk,
        expected: Option<u32>,
        last: bool,
        now: Time,
    ) -> Result<(), Refusal> {
        let number = chunk.number;
        let new = || Recording::empty(chunk.encounter, RecordingSource::Chunks, now);
        let mut recording = draft.recording.clone().unwrap_or_else(new);
        if recording.source == RecordingSource::Whole {
            return Err(Refusal::conflict("recording_exists", "This encounter has its recording already."));
        }
        let known = recording.has(number);
        if known {
            // Once they are put together nobody knows single chunks any more.
            let same = self.chunk.as_ref().map(|here| here.sha256 == chunk.sha256);
            if same == Some(false) {
                let message = format!("Chunk {number} is here already, with other content.");
                return Err(Refusal::conflict("chunk_differs", message));
            }
        } else if recording.closed {
            return Err(Refusal::conflict(
                "recording_closed",
                "The recording has ended: nothing more is taken.",
            ));
        }
        if recording.closed {
            return Ok(());
        }
        let highest = recording.received.last().map_or(0, |(_, last)| *last);
        if recording.last.is_some_and(|end| number > end || last && number != end) || last && highest > number
        {
            let end = recording.last.unwrap_or(highest);
            let message =
                format!("The recording has a chunk {end}: this one cannot be after it, or the last.");
            return Err(Refusal::conflict("chunk_after_last", message));
        }
        if !known {
            let bytes = recording.bytes.saturating_add(chunk.bytes);
            if bytes > MAX_AUDIO_BYTES {
                let message = format!("A recording has at most {} MB.", MAX_AUDIO_BYTES >> 20);
                return Err(Refusal::new(Kind::TooLarge, "recording_too_large", message));
            }
            recording.bytes = bytes;
            recording.at = now;
            recording.receive(number);
            draft.changes.push(Change::create(chunk));
        }
        recording.expected = expected.unwrap_or(0).max(recording.expected);
        if last {
            recording.last = Some(number);
        }
        let encounter = &mut draft.encounter;
        encounter.progress.audio_upload = StepState::InProgress;
        if recording.is_whole() {
            recording.closed = true;
            encounter.go_on(now);
        } else if encounter.status == EncounterStatus::Pending {
            encounter.waiting_for = receiving(&recording);
        }
        draft.recording = Some(recording);
        Ok(())
    }

    fn measured(&self, draft: &mut Draft, (duration_ms, cut): (u64, bool), engine: bool, now: Time) {
        let (Some(Step::Audio), Some(recording)) = (self.step(), draft.recording.as_mut()) else { return };
        (recording.measured, recording.duration_ms) = (true, duration_ms);
        let encounter = &mut draft.encounter;
        encounter.progress.audio_upload = StepState::Completed;
        if let Some(audio) = &mut encounter.audio {
            // What was recorded live ends like what was cut: of a stream in chunks its sender said where, of WebM nobody knows.
            let ends = recording.source == RecordingSource::Chunks || recording.media == Some(Media::Webm);
            (audio.duration_ms, audio.cut) = (duration_ms, cut && !ends);
        }
        encounter.duration_ms = duration_ms;
        if encounter.progress.transcription == StepState::Completed {
            encounter.go_on_without_recording(now);
        } else if engine {
            encounter.go_on(now);
        } else {
            encounter.await_engine();
        }
    }
}

/// A whole recording is here: the first step is due.
fn begin(encounter: &mut Encounter, recording: &Recording, now: Time) {
    encounter.progress.audio_upload = StepState::InProgress;
    let media = recording.media.unwrap_or(Media::Bytes);
    encounter.audio = Some(Audio { media, bytes: recording.bytes, duration_ms: 0, cut: false });
    encounter.go_on(now);
}

/// What is said while chunks come.
fn receiving(recording: &Recording) -> String {
    let missing = recording.missing(NAMED);
    if missing.is_empty() || recording.last.is_none() {
        return "Receiving the recording.".to_owned();
    }
    let names: Vec<_> = missing.iter().map(ToString::to_string).collect();
    let more = if missing.len() == NAMED { " and perhaps more" } else { "" };
    format!("The recording has ended, but chunks are missing: {}{more}. Send them again.", names.join(", "))
}

#[cfg(test)]
mod tests;
