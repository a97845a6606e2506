//! What can be told to an encounter.

use super::note::Note;
use super::recorded::RecordingCommand;
use super::signature::{MAX_ADDENDA, being_written, not_signed, outdated, signed};
use super::steps::Step;
use super::transcript::{SpeakerSource, Transcript};
use super::{
    ChecklistItem, Encounter, EncounterState, EncounterStatus, NoteAddendum, NoteAuthor, NoteExport,
    NoteVersion, Signature, StepState, TranscriptRecord, Work, Written,
};
use crate::decision::{Change, Decision, Happening};
use crate::hospital::{check_version, stale};
use crate::id::{Id, UserId};
use crate::record::ClaimOp;
use crate::refusal::Refusal;
use crate::time::{MINUTE, Time};

/// Characters of the transcript that a list shows.
const PREVIEW: usize = 200;

/// What a scribe made of a transcript.
#[derive(Debug, Clone, PartialEq)]
pub struct Scribed {
    /// The note.
    pub note: Note,
    /// What a complete consultation covers, with what covers it.
    pub checklist: Vec<ChecklistItem>,
    /// 0 to 1.
    pub checklist_score: f64,
    /// What the encounter was about.
    pub tags: Vec<String>,
    /// 0 to 1.
    pub confidence_score: f64,
    /// The scribe's name and version.
    pub maker: String,
    /// How long it took.
    pub processing_ms: u64,
}

/// What can be told to an encounter.
#[derive(Debug, Clone)]
pub enum EncounterCommand {
    /// Makes it.
    Create {
        /// The whole encounter, pending.
        encounter: Box<Encounter>,
        /// Further claims of the same commit: a request's key.
        claims: Vec<ClaimOp>,
    },
    /// Gives the transcript by hand; the note is then written anew.
    GiveTranscript {
        /// What was said.
        transcript: Box<Transcript>,
        /// Who gives it.
        by: UserId,
        /// When the encounter was changed last that the caller read, if they said.
        read: Option<Time>,
    },
    /// About its recording.
    Record(Box<RecordingCommand>),
    /// The step that is due has begun, or has been begun again.
    Begin,
    /// The scribe is done.
    Write {
        /// Ids for a note (used if there is none yet) and for the version.
        ids: (Id, Id),
        /// When the transcript was given that the note rests on: a newer one makes this void.
        of: Time,
        /// What it made.
        scribed: Box<Scribed>,
    },
    /// The scribe failed.
    Fail {
        /// As with [`EncounterCommand::Write`].
        of: Time,
        /// Why, for the doctor.
        reason: String,
    },
    /// A person edits the note.
    EditNote {
        /// The version's id.
        id: Id,
        /// The note as it shall be.
        content: Box<Note>,
        /// The version that was edited.
        base: u64,
        /// Who.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// The doctor signs the note.
    Sign {
        /// The version that they read.
        base: u64,
        /// Who.
        by: UserId,
        /// Further claims of the same commit: a request's key.
        claims: Vec<ClaimOp>,
    },
    /// Something is added to the signed note.
    Amend {
        /// What; its number is given here.
        addendum: Box<NoteAddendum>,
        /// Further claims of the same commit: a request's key.
        claims: Vec<ClaimOp>,
    },
    /// The note was written into a file.
    Export {
        /// Which.
        export: Box<NoteExport>,
        /// Further claims of the same commit: a request's key.
        claims: Vec<ClaimOp>,
    },
}

impl EncounterState {
    /// Decides a command.
    pub fn decide(&self, now: Time, command: &EncounterCommand) -> Result<(Decision, Self), Refusal> {
        if let EncounterCommand::Create { encounter, claims } = command {
            return self.create(encounter, claims);
        }
        if let EncounterCommand::Record(command) = command {
            return self.record(now, command);
        }
        let Some(old) = &self.encounter else { return Err(Refusal::not_found("Encounter")) };
        if let EncounterCommand::Export { export, claims } = command {
            // The encounter is as it was: a look at it is not a change of it.
            let changes = vec![Change::create(&**export)];
            let decision = Decision { changes, claims: claims.clone(), happenings: Vec::new() };
            return Ok((decision, self.clone()));
        }
        let mut next = Self { encounter: None, ..self.clone() };
        let mut new = old.clone();
        let (mut changes, mut claims) = (Vec::new(), Vec::new());
        match command {
            EncounterCommand::Create { .. }
            | EncounterCommand::Record(_)
            | EncounterCommand::Export { .. } => {}
            EncounterCommand::GiveTranscript { transcript, by, read } => {
                if read.is_some_and(|read| read != old.updated_at) {
                    return Err(stale());
                }
                if old.signature.is_some() {
                    return Err(signed());
                }
                let record = by_hand(old, transcript, *by, now);
                changes.push(put(self.transcript.as_ref(), &record));
                took_transcript(&mut new, &record.transcript, now);
                next.transcript = Some(record);
            }
            EncounterCommand::Begin => {
                if old.due.is_none() && !old.work.awaits_engine {
                    return Ok((Decision::default(), self.clone()));
                }
                if old.signature.is_some() {
                    return Ok(self.settled(old));
                }
                new.begin(self.step(), now);
            }
            EncounterCommand::Write { ids, of, scribed } => {
                if old.signature.is_some() {
                    // It came too late: what is signed stays.
                    return Ok(self.settled(old));
                }
                if !self.awaits_note(*of) {
                    return Ok((Decision::default(), self.clone()));
                }
                let written = self.written(old, *ids, scribed, now);
                wrote(&mut new, &written, scribed);
                changes.push(Change::create(&written));
                next.note = Some(written);
            }
            EncounterCommand::Fail { of, reason } => {
                if !self.awaits_note(*of) {
                    return Ok((Decision::default(), self.clone()));
                }
                new.fail(Step::Note, reason, true, now);
            }
            EncounterCommand::EditNote { id, content, base, by, reason } => {
                let Some(note) = &self.note else { return Err(Refusal::not_found("SOAP note")) };
                if old.signature.is_some() {
                    return Err(signed());
                }
                if old.due.is_some() && self.step() == Some(Step::Note) {
                    // The scribe's would be the next version, and nobody would have seen this one.
                    return Err(being_written());
                }
                check_version(Some(*base), note.version)?;
                let edited = note.edited(*id, content, (*by, reason), now);
                new.edited(&edited);
                changes.push(Change::create(&edited));
                next.note = Some(edited);
            }
            EncounterCommand::Sign { base, by, claims: more } => {
                let Some(note) = &self.note else { return Err(Refusal::not_found("SOAP note")) };
                old.check_note_stands()?;
                check_version(Some(*base), note.version)?;
                let sha256 = note.digest();
                new.signature = Some(Signature { version: note.version, by: *by, at: now, sha256 });
                claims.clone_from(more);
            }
            EncounterCommand::Amend { addendum, claims: more } => {
                if old.signature.is_none() {
                    return Err(not_signed());
                }
                new.one_more_addendum()?;
                changes.push(Change::create(&NoteAddendum { number: new.addenda, ..(**addendum).clone() }));
                claims.clone_from(more);
            }
        }
        new.updated_at = now;
        changes.push(Change::update(old, &new));
        let happenings = vec![Happening::EncounterChanged { encounter: new.id }];
        next.encounter = Some(new);
        Ok((Decision { changes, claims, happenings }, next))
    }

    /// True while the note on the transcript of a moment is to come: what a scribe brings that was begun for another one is
    /// void, be it a note or a failure.
    fn awaits_note(&self, of: Time) -> bool {
        let due = self
            .encounter
            .as_ref()
            .is_some_and(|encounter| encounter.due.is_some() && encounter.signature.is_none());
        due && self.step() == Some(Step::Note)
            && self.transcript.as_ref().is_some_and(|record| record.at == of)
    }

    fn create(&self, encounter: &Encounter, claims: &[ClaimOp]) -> Result<(Decision, Self), Refusal> {
        if self.encounter.is_some() {
            return Err(Refusal::conflict("encounter_exists", "This encounter exists already."));
        }
        let happenings = vec![Happening::EncounterChanged { encounter: encounter.id }];
        let changes = vec![Change::create(encounter)];
        let decision = Decision { changes, claims: claims.to_vec(), happenings };
        Ok((decision, Self { encounter: Some(encounter.clone()), ..Self::default() }))
    }

    /// Nothing is due any more, and the note stays as it is.
    pub(super) fn settled(&self, old: &Encounter) -> (Decision, Self) {
        let mut new = old.clone();
        new.complete();
        if new == *old {
            return (Decision::default(), self.clone());
        }
        let changes = vec![Change::update(old, &new)];
        let next = Self { encounter: Some(new), ..self.clone() };
        (Decision { changes, ..Decision::default() }, next)
    }

    fn written(&self, encounter: &Encounter, ids: (Id, Id), scribed: &Scribed, now: Time) -> NoteVersion {
        NoteVersion {
            id: ids.1,
            note: encounter.note.unwrap_or_else(|| ids.0.into()),
            encounter: encounter.id,
            version: self.note.as_ref().map_or(0, |note| note.version) + 1,
            content: scribed.note.clone(),
            author: NoteAuthor::Scribe { maker: scribed.maker.clone() },
            reason: String::new(),
            maker: scribed.maker.clone(),
            checklist: scribed.checklist.clone(),
            confidence_score: scribed.confidence_score,
            processing_ms: scribed.processing_ms,
            at: now,
        }
    }
}

impl NoteVersion {
    /// The version after this one, as a person has it.
    fn edited(&self, id: Id, content: &Note, (by, reason): (UserId, &str), at: Time) -> Self {
        Self {
            id,
            version: self.version + 1,
            content: content.clone(),
            author: NoteAuthor::User { user: by },
            reason: reason.to_owned(),
            at,
            ..self.clone()
        }
    }
}

impl Encounter {
    /// A step is begun, or begun again.
    fn begin(&mut self, step: Option<Step>, now: Time) {
        if let Some(step) = step {
            *self.state_of(step) = StepState::InProgress;
            self.status = EncounterStatus::Processing;
            self.waiting_for.clear();
        }
        self.work = Work { began: self.work.began.or(Some(now)), awaits_engine: false, ..self.work };
        // If this attempt dies with the process, another begins a minute from now.
        self.due = step.map(|_| now.plus(MINUTE));
    }

    /// A person changed the note.
    fn edited(&mut self, edited: &NoteVersion) {
        self.note_version = edited.version;
        if self.progress.soap_generation == StepState::Failed {
            // What no scribe could write, a person wrote.
            self.progress.soap_generation = StepState::Completed;
            self.complete();
        }
        if let Some(written) = &mut self.written {
            written.fullness = edited.content.sections.fullness();
            written.edits += 1;
        }
    }

    /// Whether the note is the last word of who writes it, and of now.
    fn check_note_stands(&self) -> Result<(), Refusal> {
        if self.signature.is_some() {
            return Err(signed());
        }
        if self.due.is_some() {
            return Err(being_written());
        }
        if self.progress.soap_generation != StepState::Completed {
            return Err(outdated());
        }
        Ok(())
    }

    fn one_more_addendum(&mut self) -> Result<(), Refusal> {
        if self.addenda >= MAX_ADDENDA {
            return Err(Refusal::impossible(
                "too_many_addenda",
                format!("A note has at most {MAX_ADDENDA} addenda."),
            ));
        }
        self.addenda += 1;
        Ok(())
    }
}

fn put<D: crate::record::Document>(old: Option<&D>, new: &D) -> Change {
    old.map_or_else(|| Change::create(new), |old| Change::update(old, new))
}

fn by_hand(encounter: &Encounter, transcript: &Transcript, by: UserId, now: Time) -> TranscriptRecord {
    TranscriptRecord {
        encounter: encounter.id,
        transcript: transcript.clone(),
        given_by: Some(by),
        engine: String::new(),
        speakers: SpeakerSource::Given,
        at: now,
    }
}

pub(super) fn took_transcript(encounter: &mut Encounter, transcript: &Transcript, now: Time) {
    encounter.progress.transcription = StepState::Completed;
    encounter.progress.soap_generation = StepState::Pending;
    encounter.progress.checklist_evaluation = StepState::Pending;
    encounter.go_on(now);
    encounter.language.clone_from(&transcript.language);
    // What was measured is truer than what was typed.
    let heard = encounter.audio.as_ref().map(|audio| audio.duration_ms).filter(|length| *length > 0);
    let said = || transcript.segments.iter().map(|segment| u64::from(segment.end_ms)).max().unwrap_or(0);
    encounter.duration_ms = heard.unwrap_or_else(said);
    encounter.transcript_preview = transcript.text().chars().take(PREVIEW).collect();
}

fn wrote(encounter: &mut Encounter, written: &NoteVersion, scribed: &Scribed) {
    encounter.complete();
    encounter.progress.soap_generation = StepState::Completed;
    encounter.progress.checklist_evaluation = StepState::Completed;
    encounter.checklist_score = Some(scribed.checklist_score);
    encounter.tags.clone_from(&scribed.tags);
    encounter.note = Some(written.note);
    encounter.note_version = written.version;
    encounter.written = Some(Written {
        confidence_score: written.confidence_score,
        processing_ms: written.processing_ms,
        fullness: written.content.sections.fullness(),
        edits: encounter.written.map_or(0, |before| before.edits),
    });
    if encounter.chief_complaint.is_empty() {
        encounter.chief_complaint.clone_from(&written.content.sections.subjective.chief_complaint);
    }
}
