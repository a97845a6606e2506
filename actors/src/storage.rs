//! The storage's actor: one per hospital, keyed by the hospital's id. It counts what the hospital's objects take, and
//! sees to it that none is left behind.
//!
//! Objects on their way in or out have a row in a platform-wide list; the platform's clockwork reads that list and wakes
//! this actor with what is due. What is coming too long is claimed, and leaves; what a record has claimed first is kept.
//! Removing takes its time, so it runs beside the actor and comes back as a message.

use crate::shell::aggregate::{Aggregate, carry_out, load};
use crate::shell::{ActorKind, Failure, Resident, Turn};
use ward_domain::decision::Decision;
use ward_domain::id::Id;
use ward_domain::record::{AggregateKind, ClaimKey};
use ward_domain::refusal::Refusal;
use ward_domain::time::Time;
use ward_domain::upload::storage::{
    Storage as StorageDocument, StorageCommand, StorageView, Upload, UploadStatus, length_shown, too_late,
};
use ward_gateways::objects::ObjectKey;
use ward_store::{AggregateRef, Version};

/// The most objects that are removed for one message: the others come with the next round.
const AT_ONCE: usize = 32;

/// What can be told to a hospital's storage.
#[derive(Debug, Clone)]
pub enum StorageMessage {
    /// Changes it.
    Do(StorageCommand),
    /// Looks at what is due.
    Work(Vec<Id>),
}

/// A hospital's storage.
#[derive(Debug, Default)]
pub struct Storage {
    version: Version,
    kept: Option<StorageDocument>,
    hospital: Id,
    /// What the command in hand is about.
    upload: Option<Upload>,
}

impl Resident for Storage {
    const KIND: ActorKind = ActorKind::Storage;
    type Command = StorageMessage;
    type Answer = StorageDocument;

    async fn activate(turn: &Turn) -> Result<Self, Failure> {
        let mut storage = Self { hospital: turn.id, ..Self::default() };
        storage.reload(turn).await?;
        Ok(storage)
    }

    async fn handle(&mut self, turn: &Turn, message: StorageMessage) -> Result<StorageDocument, Failure> {
        match message {
            StorageMessage::Do(command) => self.carry_out(turn, command).await?,
            StorageMessage::Work(due) => {
                for id in due.into_iter().take(AT_ONCE) {
                    self.look_at(turn, id).await?;
                }
            }
        }
        Ok(self.storage())
    }
}

impl Storage {
    fn storage(&self) -> StorageDocument {
        self.kept.unwrap_or_else(|| StorageDocument::of(self.hospital))
    }

    async fn carry_out(&mut self, turn: &Turn, command: StorageCommand) -> Result<(), Failure> {
        carry_out(self, turn, &command).await
    }

    async fn look_at(&mut self, turn: &Turn, id: Id) -> Result<(), Failure> {
        self.upload = load::<Upload>(turn, id).await?.map(|(upload, _)| upload);
        let Some(upload) = self.upload.clone() else { return Ok(()) };
        if upload.due.is_none_or(|due| due > turn.now()) {
            return Ok(());
        }
        if upload.status == UploadStatus::Coming {
            match self.carry_out(turn, StorageCommand::Lapse { id }).await {
                Ok(()) => {}
                // A record was first.
                Err(Failure::Refused(refusal)) if refusal.reason == too_late().reason => {
                    return self.keep_shown(turn, id).await;
                }
                Err(other) => return Err(other),
            }
        }
        self.remove(turn, &upload).await
    }

    /// The commit that shows it came to stand, and nobody was left to say so.
    async fn keep_shown(&mut self, turn: &Turn, id: Id) -> Result<(), Failure> {
        let claim = turn.env.store.claim(&turn.scope, &ClaimKey::upload(id), turn.now()).await?;
        match claim.and_then(|claim| length_shown(&claim.body)) {
            Some(bytes) => self.carry_out(turn, StorageCommand::Keep { id, bytes }).await,
            None => Ok(()),
        }
    }

    /// Removes an object beside the actor. What fails is due again in a while.
    async fn remove(&mut self, turn: &Turn, upload: &Upload) -> Result<(), Failure> {
        let id = upload.id;
        let before = self.version;
        self.carry_out(turn, StorageCommand::Remove { id }).await?;
        if self.version == before {
            return Ok(());
        }
        let key = ObjectKey { kind: upload.kind, id };
        let (turn, tasks) = (turn.clone(), turn.env.tasks.clone());
        tasks.spawn(async move {
            match turn.env.objects.delete(&turn.scope, key).await {
                Ok(()) => {
                    if let Some(actors) = turn.env.actors() {
                        let gone = StorageMessage::Do(StorageCommand::Gone { id });
                        actors.storages.tell(turn.scope, turn.id, gone);
                    }
                }
                Err(error) => tracing::warn!(%error, "an object could not be removed; it is tried again"),
            }
        });
        Ok(())
    }
}

impl Aggregate for Storage {
    type Command = StorageCommand;
    type Answer = ();
    type Next = (StorageDocument, Option<Upload>);

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

    async fn prepare(&mut self, turn: &Turn, command: &StorageCommand) -> Result<(), Failure> {
        self.upload = load::<Upload>(turn, command.id()).await?.map(|(upload, _)| upload);
        Ok(())
    }

    fn decide(&self, now: Time, command: &StorageCommand) -> Result<(Decision, (), Self::Next), Refusal> {
        let view = StorageView {
            storage: self.storage(),
            is_new: self.kept.is_none(),
            upload: self.upload.as_ref(),
        };
        view.decide(now, *command).map(|(decision, storage, upload)| (decision, (), (storage, upload)))
    }

    fn apply(&mut self, version: Version, (storage, upload): Self::Next) {
        self.version = version;
        self.kept = Some(storage);
        self.upload = upload;
    }

    fn claim_refusal(&self, _key: &ClaimKey, _command: &StorageCommand) -> Refusal {
        too_late()
    }
}
