//! The storage's actor: one per hospital, keyed by the hospital's id. It counts what the hospital's objects take, and
//! sees to it that none is left behind. Commands gather at its desk while it commits, and go together.
//!
//! Objects on their way in or out have a row in a platform-wide list; the platform's clockwork reads that list and wakes
//! this actor with what is due. What is coming too long is claimed, and leaves; what a record has claimed first is kept.
//! Removing takes its time, so it runs beside the actor and comes back as a message.

use crate::Actors;
use crate::shell::admission::{late, overloaded};
use crate::shell::aggregate::{Aggregate, carry_out, load};
use crate::shell::desk::{Desk, Left};
use crate::shell::{ActorKind, Failure, Resident, Turn};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use ward_domain::decision::Decision;
use ward_domain::id::Id;
use ward_domain::record::{AggregateKind, ClaimKey, Document as _};
use ward_domain::refusal::Refusal;
use ward_domain::tenancy::TenantScope;
use ward_domain::time::Time;
use ward_domain::upload::storage::{
    Decided, Storage as StorageDocument, StorageCommand, StorageView, Upload, UploadStatus, length_shown,
    too_late,
};
use ward_gateways::objects::ObjectKey;
use ward_store::{AggregateRef, Stored, Version};

/// The most objects that are removed for one message: the others come with the next round.
const AT_ONCE: usize = 128;

/// The most commands in one commit.
const MAX_BATCH: usize = 128;
/// The most commands that may wait in one hospital.
const MAX_WAITING: usize = 16_384;
/// How long a batch may take.
const WITHIN: Duration = Duration::from_secs(30);

/// Where commands gather while the storage commits, and who waits for them.
pub(crate) type StorageDesk = Desk<(StorageCommand, Option<oneshot::Sender<Result<(), Failure>>>)>;

/// An empty one.
pub(crate) fn storage_desk() -> StorageDesk {
    Desk::new(MAX_WAITING)
}

/// What can be told to a hospital's storage.
#[derive(Debug, Clone)]
pub enum StorageMessage {
    /// Commands lie at the desk: carries a batch of them out.
    Collect,
    /// Looks at what is due.
    Work(Vec<Id>),
}

impl Actors {
    /// Has a hospital's storage carry a command out, in one commit with whatever else there is.
    pub async fn storage(
        self: &Arc<Self>,
        scope: &TenantScope,
        command: StorageCommand,
        within: Duration,
    ) -> Result<(), Failure> {
        let (tell, told) = oneshot::channel();
        self.leave_for_storage(*scope, command, Some(tell))?;
        match tokio::time::timeout(within, told).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(Failure::unavailable("the storage ended with a command in hand")),
            Err(_) => Err(late()),
        }
    }

    /// Tells a hospital's storage, and does not wait.
    pub fn tell_storage(self: &Arc<Self>, scope: TenantScope, command: StorageCommand) {
        if let Err(failure) = self.leave_for_storage(scope, command, None) {
            no_effect(&failure);
        }
    }

    fn leave_for_storage(
        self: &Arc<Self>,
        scope: TenantScope,
        command: StorageCommand,
        waiter: Option<oneshot::Sender<Result<(), Failure>>>,
    ) -> Result<(), Failure> {
        match self.storage_desk.leave(scope.tenant(), (command, waiter)) {
            Left::Attended => {}
            Left::Full => return Err(overloaded()),
            Left::First => {
                let tree = Arc::clone(self);
                self.env().tasks.spawn(async move {
                    let id = Self::of_hospital(&scope);
                    let collect = || tree.storages.ask(&scope, id, WITHIN, StorageMessage::Collect);
                    if let Err((left, failure)) = tree.storage_desk.attend(scope.tenant(), collect).await {
                        for (_, waiter) in left {
                            answer(waiter, Err(failure.clone()));
                        }
                    }
                });
            }
        }
        Ok(())
    }
}

fn answer(waiter: Option<oneshot::Sender<Result<(), Failure>>>, result: Result<(), Failure>) {
    match (waiter, result) {
        (Some(waiter), result) => {
            let _ = waiter.send(result);
        }
        (None, Err(failure)) => no_effect(&failure),
        (None, Ok(())) => {}
    }
}

fn no_effect(failure: &Failure) {
    tracing::warn!(%failure, "a command to the storage had no effect");
}

/// A hospital's storage.
#[derive(Debug, Default)]
pub struct Storage {
    version: Version,
    kept: Option<StorageDocument>,
    hospital: Id,
    /// What the commands in hand are about.
    uploads: Vec<Upload>,
}

impl Resident for Storage {
    const KIND: ActorKind = ActorKind::Storage;
    type Command = StorageMessage;
    type Answer = ();

    async fn activate(turn: &Turn) -> Result<Self, Failure> {
        let mut storage = Self { hospital: turn.id, ..Self::default() };
        storage.reload(turn).await?;
        Ok(storage)
    }

    async fn handle(&mut self, turn: &Turn, message: StorageMessage) -> Result<(), Failure> {
        match message {
            StorageMessage::Collect => self.collect(turn).await,
            StorageMessage::Work(due) => self.work(turn, due).await,
        }
    }
}

impl Storage {
    fn storage(&self) -> StorageDocument {
        self.kept.unwrap_or_else(|| StorageDocument::of(self.hospital))
    }

    async fn collect(&mut self, turn: &Turn) -> Result<(), Failure> {
        let Some(actors) = turn.env.actors() else { return Ok(()) };
        let batch = actors.storage_desk.take(turn.scope.tenant(), MAX_BATCH);
        // A claim that is another's already is the end of its commit: each goes by itself.
        let (alone, together): (Vec<_>, Vec<_>) =
            batch.into_iter().partition(|(command, _)| command.claims());
        for batch in std::iter::once(together).chain(alone.into_iter().map(|one| vec![one])) {
            let (commands, waiters): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
            match carry_out(self, turn, &commands).await {
                Ok(answers) => {
                    for (waiter, result) in waiters.into_iter().zip(answers) {
                        answer(waiter, result.map_err(Failure::from));
                    }
                }
                Err(failure) => {
                    for waiter in waiters {
                        answer(waiter, Err(failure.clone()));
                    }
                    if !matches!(failure, Failure::Refused(_)) {
                        return Err(failure);
                    }
                }
            }
        }
        Ok(())
    }

    async fn one(&mut self, turn: &Turn, command: StorageCommand) -> Result<(), Failure> {
        carry_out(self, turn, &vec![command]).await.map(drop)
    }

    /// What is coming too long is given up, and what is leaving is removed.
    async fn work(&mut self, turn: &Turn, due: Vec<Id>) -> Result<(), Failure> {
        let due: Vec<Id> = due.into_iter().take(AT_ONCE).collect();
        let mut leaving = Vec::with_capacity(due.len());
        for upload in uploads(turn, &due).await? {
            let (id, now) = (upload.id, turn.now());
            if upload.must_go(now) {
                leaving.push(upload);
            } else if upload.status == UploadStatus::Coming && upload.due.is_some_and(|due| due <= now) {
                match self.one(turn, StorageCommand::Lapse { id }).await {
                    Ok(()) => leaving.push(upload),
                    // A record was first.
                    Err(Failure::Refused(refusal)) if refusal.reason == too_late().reason => {
                        self.keep_shown(turn, id).await?;
                    }
                    Err(other) => return Err(other),
                }
            }
        }
        self.remove(turn, leaving).await
    }

    /// The commit that shows it came to stand, and nobody was left to say so.
    async fn keep_shown(&mut self, turn: &Turn, id: Id) -> Result<(), Failure> {
        let claim = turn.env.store.claim(&turn.scope, &ClaimKey::upload(id), turn.now()).await?;
        match claim.and_then(|claim| length_shown(&claim.body)) {
            Some(bytes) => self.one(turn, StorageCommand::Keep { id, bytes }).await,
            None => Ok(()),
        }
    }

    /// Removes objects beside the actor. What fails is due again in a while.
    async fn remove(&mut self, turn: &Turn, leaving: Vec<Upload>) -> Result<(), Failure> {
        if leaving.is_empty() {
            return Ok(());
        }
        let removed: Vec<_> = leaving.iter().map(|upload| StorageCommand::Remove { id: upload.id }).collect();
        carry_out(self, turn, &removed).await?;
        let (turn, tasks) = (turn.clone(), turn.env.tasks.clone());
        tasks.spawn(async move {
            for Upload { id, kind, .. } in leaving {
                match turn.env.objects.delete(&turn.scope, ObjectKey { kind, id }).await {
                    Ok(()) => {
                        let Some(actors) = turn.env.actors() else { return };
                        actors.tell_storage(turn.scope, StorageCommand::Gone { id });
                    }
                    Err(error) => {
                        tracing::warn!(%error, "an object could not be removed; it is tried again");
                    }
                }
            }
        });
        Ok(())
    }
}

async fn uploads(turn: &Turn, ids: &[Id]) -> Result<Vec<Upload>, Failure> {
    let found = turn.env.store.get_many(&turn.scope, Upload::KIND, ids).await?;
    Ok(found.into_iter().map(Stored::document).collect::<Result<_, _>>()?)
}

impl Aggregate for Storage {
    type Command = Vec<StorageCommand>;
    type Answer = Vec<Result<(), Refusal>>;
    type Next = StorageDocument;

    fn reference(&self, turn: &Turn) -> AggregateRef {
        AggregateRef { kind: AggregateKind::Storage, id: turn.id }
    }

    fn version(&self) -> Version {
        self.version
    }

    async fn reload(&mut self, turn: &Turn) -> Result<(), Failure> {
        let version = turn.env.store.version(&turn.scope, self.reference(turn)).await?;
        let kept = load::<StorageDocument>(turn, turn.id).await?.map(|(storage, _)| storage);
        self.version = version;
        self.kept = kept;
        Ok(())
    }

    async fn prepare(&mut self, turn: &Turn, commands: &Vec<StorageCommand>) -> Result<(), Failure> {
        let ids: Vec<Id> = commands.iter().map(|command| command.id()).collect();
        self.uploads = uploads(turn, &ids).await?;
        Ok(())
    }

    fn decide(
        &self,
        now: Time,
        commands: &Vec<StorageCommand>,
    ) -> Result<(Decision, Self::Answer, Self::Next), Refusal> {
        let view =
            StorageView { storage: self.storage(), is_new: self.kept.is_none(), uploads: &self.uploads };
        let Decided { decision, storage, answers } = view.decide(now, commands);
        // Nothing but refusals: they may rest on what another process has changed.
        match answers.iter().find_map(|answer| answer.as_ref().err()) {
            Some(refusal) if decision.is_empty() => Err(refusal.clone()),
            _ => Ok((decision, answers, storage)),
        }
    }

    fn apply(&mut self, version: Version, storage: StorageDocument) {
        self.version = version;
        self.kept = Some(storage);
    }

    fn claim_refusal(&self, _key: &ClaimKey, _commands: &Vec<StorageCommand>) -> Refusal {
        too_late()
    }
}
