//! The audit trail's actor: one per hospital in each process, keyed by the process's chain id.
//!
//! Requests leave their entries at the [`AuditDesk`]; the actor takes all that lie there at once, links them, commits
//! them together, and only then lets the requests answer. While it commits, the next batch gathers. One caller at a time
//! has it collect, batch by batch, until nothing lies there: a steady stream of entries never piles up in its mailbox.

use crate::shell::aggregate::{Aggregate, carry_out};
use crate::shell::{ActorKind, Failure, Resident, Turn};
use dashmap::DashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;
use ward_domain::audit::{AuditEntry, AuditLink, ChainHead, SignedHead};
use ward_domain::decision::{Change, Decision};
use ward_domain::record::{AggregateKind, ClaimKey, Document as _, Key, List};
use ward_domain::refusal::Refusal;
use ward_domain::tenancy::TenantId;
use ward_domain::time::Time;
use ward_store::{AggregateRef, ListQuery, Version};

/// The most entries in one commit.
const MAX_BATCH: usize = 256;
/// The most entries that may wait in one hospital.
const MAX_WAITING: usize = 8_192;

type Waiting = (AuditEntry, oneshot::Sender<bool>);

/// Where requests leave their entries.
#[derive(Default)]
pub struct AuditDesk {
    trays: DashMap<TenantId, Arc<Mutex<Tray>>>,
}

/// One hospital's entries.
#[derive(Default)]
struct Tray {
    waiting: Vec<Waiting>,
    /// Someone has the actor collect, until it is empty.
    attended: bool,
}

/// What leaving an entry asks of the caller.
pub(crate) enum Left {
    /// Someone has the actor collect already.
    Waiting(oneshot::Receiver<bool>),
    /// Nobody has: the caller does.
    First(oneshot::Receiver<bool>),
    /// The tray is full.
    Full,
}

impl AuditDesk {
    fn with<T>(&self, tenant: TenantId, work: impl FnOnce(&mut Tray) -> T) -> T {
        let found = self.trays.get(&tenant).map(|tray| Arc::clone(&tray));
        let tray = found.unwrap_or_else(|| Arc::clone(&self.trays.entry(tenant).or_default()));
        let mut tray = tray.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut tray)
    }

    pub(crate) fn leave(&self, tenant: TenantId, entry: AuditEntry) -> Left {
        self.with(tenant, |tray| {
            if tray.waiting.len() >= MAX_WAITING {
                return Left::Full;
            }
            let (done, wait) = oneshot::channel();
            tray.waiting.push((entry, done));
            if std::mem::replace(&mut tray.attended, true) { Left::Waiting(wait) } else { Left::First(wait) }
        })
    }

    fn take(&self, tenant: TenantId) -> Vec<Waiting> {
        self.with(tenant, |tray| {
            let count = tray.waiting.len().min(MAX_BATCH);
            tray.waiting.drain(..count).collect()
        })
    }

    /// Whether nothing lies there any more: then the next to leave an entry has the actor collect.
    pub(crate) fn is_done(&self, tenant: TenantId) -> bool {
        self.with(tenant, |tray| {
            tray.attended = !tray.waiting.is_empty();
            !tray.attended
        })
    }

    /// Whose trays there are.
    pub(crate) fn tenants(&self) -> Vec<TenantId> {
        self.trays.iter().map(|tray| *tray.key()).collect()
    }

    /// Tells everyone who waits that their entry is not kept.
    pub(crate) fn fail(&self, tenant: TenantId) {
        let Tray { waiting, .. } = self.with(tenant, std::mem::take);
        for (_, waiter) in waiting {
            let _ = waiter.send(false);
        }
    }
}

/// What can be told to an audit trail.
#[derive(Debug)]
pub enum AuditMessage {
    /// Entries lie at the desk: keeps a batch of them.
    Collect,
    /// Says where the chain ends.
    Head,
    /// Keeps a signed head.
    Keep(Box<SignedHead>),
}

/// One process's chain in one hospital.
pub struct AuditTrail {
    version: Version,
    head: ChainHead,
}

/// What can be appended to a chain's documents.
pub enum Append {
    /// Entries: links of the chain.
    Entries(Vec<AuditEntry>),
    /// What the chain's end was.
    Head(Box<SignedHead>),
}

impl Resident for AuditTrail {
    const KIND: ActorKind = ActorKind::AuditTrail;
    type Command = AuditMessage;
    type Answer = ChainHead;

    async fn activate(turn: &Turn) -> Result<Self, Failure> {
        let mut trail = Self { version: 0, head: ChainHead::new(turn.id) };
        trail.reload(turn).await?;
        Ok(trail)
    }

    async fn handle(&mut self, turn: &Turn, message: AuditMessage) -> Result<ChainHead, Failure> {
        match message {
            AuditMessage::Collect => self.collect(turn).await?,
            AuditMessage::Head => {}
            AuditMessage::Keep(head) => carry_out(self, turn, &Append::Head(head)).await?,
        }
        Ok(self.head.clone())
    }
}

impl AuditTrail {
    async fn collect(&mut self, turn: &Turn) -> Result<(), Failure> {
        let Some(actors) = turn.env.actors() else { return Ok(()) };
        let batch = actors.audit_desk.take(turn.scope.tenant());
        let (entries, waiting): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
        if entries.is_empty() {
            return Ok(());
        }
        let result = carry_out(self, turn, &Append::Entries(entries)).await;
        for waiter in waiting {
            let _ = waiter.send(result.is_ok());
        }
        result
    }
}

impl Aggregate for AuditTrail {
    type Command = Append;
    type Answer = ();
    type Next = ChainHead;

    fn reference(&self, turn: &Turn) -> AggregateRef {
        AggregateRef { kind: AggregateKind::AuditTrail, id: turn.id }
    }

    fn version(&self) -> Version {
        self.version
    }

    async fn reload(&mut self, turn: &Turn) -> Result<(), Failure> {
        let version = turn.env.store.version(&turn.scope, self.reference(turn)).await?;
        let newest = ListQuery {
            descending: true,
            limit: 1,
            ..ListQuery::all(List::AuditChain, Key::of(turn.id.get()))
        };
        let page = turn.env.store.list(&turn.scope, &newest).await?;
        let mut head = ChainHead::new(turn.id);
        if let Some(row) = page.rows.first()
            && let Some(stored) = turn.env.store.get(&turn.scope, AuditLink::KIND, row.id).await?
        {
            let link: AuditLink = stored.document()?;
            head = ChainHead { chain: link.chain, sequence: link.sequence, hash: link.hash };
        }
        self.version = version;
        self.head = head;
        Ok(())
    }

    fn decide(&self, _now: Time, command: &Append) -> Result<(Decision, (), ChainHead), Refusal> {
        Ok(match command {
            Append::Entries(entries) => {
                let (decision, head) = self.head.append(entries);
                (decision, (), head)
            }
            Append::Head(head) => (
                Decision { changes: vec![Change::create(&**head)], ..Decision::default() },
                (),
                self.head.clone(),
            ),
        })
    }

    fn apply(&mut self, version: Version, next: ChainHead) {
        self.version = version;
        self.head = next;
    }

    fn claim_refusal(&self, _key: &ClaimKey, _command: &Append) -> Refusal {
        Refusal::overloaded("The audit trail is busy.")
    }
}
