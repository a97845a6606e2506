//! The encounter's actor: one per recorded consultation, keyed by the encounter's id.
//!
//! Its steps may take a while, so they run beside the actor: [`EncounterMessage::Work`] begins the one that is due, and
//! what it made comes back as a message. If the process dies in between, the encounter's due row wakes it again.

mod assemble;
mod listen;
mod live;
mod source;
mod speakers;
mod work;

use crate::shell::aggregate::{Aggregate, carry_out, load};
use crate::shell::{ActorKind, Failure, Resident, Turn};
use std::sync::{Arc, Weak};
use std::time::Duration;
use ward_domain::decision::Decision;
use ward_domain::encounter::{
    AudioChunk, Encounter as EncounterDocument, EncounterCommand, EncounterState, NoteVersion, Recording,
    RecordingCommand, Scribed, Step, TranscriptRecord,
};
use ward_domain::record::{AggregateKind, ClaimKey, Document as _, Key, List};
use ward_domain::refusal::Refusal;
use ward_domain::time::Time;
use ward_gateways::Hints;
use ward_store::{AggregateRef, Bounds, ListQuery, Version};

/// What can be told to an encounter's actor.
#[derive(Debug, Clone)]
pub enum EncounterMessage {
    /// Changes the encounter.
    Do(Box<EncounterCommand>),
    /// Does the step that is due, if one is.
    Work,
}

/// An encounter with its transcript and the newest version of its note.
#[derive(Debug, Default)]
pub struct Encounter {
    version: Version,
    state: EncounterState,
    /// The long step that runs beside it in this process, as long as it does.
    running: Option<(Step, Weak<()>)>,
}

impl Resident for Encounter {
    const KIND: ActorKind = ActorKind::Encounter;
    type Command = EncounterMessage;
    type Answer = (EncounterState, Version);

    async fn activate(turn: &Turn) -> Result<Self, Failure> {
        let mut encounter = Self::default();
        encounter.reload(turn).await?;
        Ok(encounter)
    }

    async fn handle(&mut self, turn: &Turn, message: EncounterMessage) -> Result<Self::Answer, Failure> {
        match message {
            EncounterMessage::Do(command) => {
                let written = self.note_version();
                carry_out(self, turn, &command).await?;
                // A note that came too late for its transcript is not written, and says nothing of how long one takes.
                if let EncounterCommand::Write { of, .. } = &*command
                    && self.note_version() != written
                {
                    let millis = turn.now().millis().saturating_sub(of.millis());
                    turn.env.note_pace.measured(Duration::from_millis(u64::try_from(millis).unwrap_or(0)));
                }
                if let EncounterCommand::Record(recorded) = &*command
                    && matches!(**recorded, RecordingCommand::Add { .. })
                {
                    live::listen_on(turn, &self.state);
                }
                // What is due at once does not wait for the clockwork.
                if self.state.encounter.as_ref().is_some_and(|encounter| encounter.due.is_some()) {
                    self.begin(turn).await?;
                }
            }
            EncounterMessage::Work => {
                if turn.env.store.is_shared() {
                    // Another process may have gone on with it, and died since.
                    self.reload(turn).await?;
                }
                self.begin(turn).await?;
            }
        }
        if self.state.encounter.as_ref().is_some_and(EncounterDocument::is_written_down) {
            turn.env.hearing.forget(turn.scope.tenant(), turn.id);
        }
        Ok((self.state.clone(), self.version))
    }
}

impl Encounter {
    fn note_version(&self) -> Option<u64> {
        self.state.encounter.as_ref().map(|encounter| encounter.note_version)
    }

    /// Begins the step that is due: the note is written beside the actor, and comes back as a message.
    async fn begin(&mut self, turn: &Turn) -> Result<(), Failure> {
        let Some(encounter) = &self.state.encounter else { return Ok(()) };
        let has_engine = turn.env.hearing.has_engine();
        let due = if encounter.work.awaits_engine {
            has_engine
        } else {
            encounter.due.is_some_and(|due| due <= turn.now())
        };
        if !due {
            return Ok(());
        }
        let step = self.state.step();
        if step == Some(Step::Transcription) && !has_engine {
            let waits = EncounterCommand::Record(Box::new(RecordingCommand::Await));
            return carry_out(self, turn, &waits).await;
        }
        let runs = |(running, token): &(Step, Weak<()>)| Some(*running) == step && token.strong_count() > 0;
        if self.running.as_ref().is_some_and(runs) {
            return Ok(());
        }
        carry_out(self, turn, &EncounterCommand::Begin).await?;
        if let Some(step @ (Step::Audio | Step::Transcription)) = step {
            let token = Arc::new(());
            self.running = Some((step, Arc::downgrade(&token)));
            work::begin(turn, self.state.clone(), step, token);
            return Ok(());
        }
        if step.is_none() {
            return Ok(());
        }
        let (Some(encounter), Some(record)) = (self.state.encounter.clone(), self.state.transcript.clone())
        else {
            return Ok(());
        };
        let turn = turn.clone();
        let tasks = turn.env.tasks.clone();
        tasks.spawn(async move {
            let command = match write(&turn, &encounter, &record).await {
                Ok(command) => command,
                Err(failure) => {
                    tracing::warn!(%failure, "the scribe failed");
                    EncounterCommand::Fail {
                        of: record.at,
                        reason: "The note could not be written; it is tried again.".to_owned(),
                    }
                }
            };
            if let Some(actors) = turn.env.actors() {
                actors.encounters.tell(turn.scope, turn.id, EncounterMessage::Do(Box::new(command)));
            }
        });
        Ok(())
    }
}

async fn write(
    turn: &Turn,
    encounter: &EncounterDocument,
    record: &TranscriptRecord,
) -> Result<EncounterCommand, Failure> {
    let hints = Hints {
        chief_complaint: Some(encounter.chief_complaint.clone()).filter(|text| !text.is_empty()),
        patient_age: encounter.patient_age,
        gender: Some(encounter.patient_gender.clone()).filter(|text| !text.is_empty()),
        now: Some(encounter.encounter_date),
    };
    let written = turn.env.scribe.write(&turn.scope, &record.transcript, &hints).await;
    let scribed: Scribed = match written {
        Ok(scribed) => scribed,
        Err(error) => {
            tracing::warn!(%error, "the scribe failed");
            return Ok(EncounterCommand::Fail { of: record.at, reason: error.told().to_owned() });
        }
    };
    let ids = (turn.env.ids.next()?, turn.env.ids.next()?);
    Ok(EncounterCommand::Write { ids, of: record.at, scribed: Box::new(scribed) })
}

impl Aggregate for Encounter {
    type Command = EncounterCommand;
    type Answer = ();
    type Next = EncounterState;

    fn reference(&self, turn: &Turn) -> AggregateRef {
        AggregateRef { kind: AggregateKind::Encounter, id: turn.id }
    }

    fn version(&self) -> Version {
        self.version
    }

    async fn reload(&mut self, turn: &Turn) -> Result<(), Failure> {
        let version = turn.env.store.version(&turn.scope, self.reference(turn)).await?;
        let encounter = load::<EncounterDocument>(turn, turn.id).await?.map(|(encounter, _)| encounter);
        let transcript = load::<TranscriptRecord>(turn, turn.id).await?.map(|(transcript, _)| transcript);
        let newest = ListQuery {
            descending: true,
            limit: 1,
            ..ListQuery::all(List::NoteVersions, Key::of(turn.id.get()))
        };
        let page = turn.env.store.list(&turn.scope, &newest).await?;
        let note = match page.rows.first() {
            Some(row) => match turn.env.store.get(&turn.scope, NoteVersion::KIND, row.id).await? {
                Some(stored) => Some(stored.document()?),
                None => None,
            },
            None => None,
        };
        let recording = load::<Recording>(turn, turn.id).await?.map(|(recording, _)| recording);
        self.version = version;
        self.state = EncounterState { encounter, transcript, note, recording, chunk: None };
        Ok(())
    }

    async fn prepare(&mut self, turn: &Turn, command: &EncounterCommand) -> Result<(), Failure> {
        self.state.chunk = None;
        let EncounterCommand::Record(command) = command else { return Ok(()) };
        let (RecordingCommand::Add { chunk, .. }, Some(recording)) = (&**command, &self.state.recording)
        else {
            return Ok(());
        };
        if recording.has(chunk.number) {
            let number = u64::from(chunk.number);
            let query = ListQuery {
                bounds: Bounds { from: number, until: number },
                limit: 1,
                ..ListQuery::all(List::AudioChunks, Key::of(turn.id.get()))
            };
            let page = turn.env.store.list(&turn.scope, &query).await?;
            if let Some(row) = page.rows.first() {
                self.state.chunk = load::<AudioChunk>(turn, row.id).await?.map(|(chunk, _)| chunk);
            }
        }
        Ok(())
    }

    fn decide(
        &self,
        now: Time,
        command: &EncounterCommand,
    ) -> Result<(Decision, (), EncounterState), Refusal> {
        self.state.decide(now, command).map(|(decision, next)| (decision, (), next))
    }

    fn apply(&mut self, version: Version, next: EncounterState) {
        self.version = version;
        self.state = next;
    }

    fn claim_refusal(&self, _key: &ClaimKey, command: &EncounterCommand) -> Refusal {
        if matches!(command, EncounterCommand::Record(_)) {
            return ward_domain::upload::storage::too_late();
        }
        Refusal::conflict("encounter_exists", "This encounter exists already.")
    }
}
