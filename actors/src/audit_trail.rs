//! The audit trail's actor: one per hospital in each process, keyed by the process's chain id.
//!
//! Requests leave their entries at the desk; the actor takes all that lie there at once, links them, commits
//! them together, and only then lets the requests answer. While it commits, the next batch gathers.

use crate::shell::aggregate::{Aggregate, carry_out};
use crate::shell::desk::Desk;
use crate::shell::{ActorKind, Failure, Resident, Turn};
use tokio::sync::oneshot;
use ward_domain::audit::{AuditEntry, AuditLink, ChainHead, SignedHead};
use ward_domain::decision::{Change, Decision};
use ward_domain::record::{AggregateKind, ClaimKey, Document as _, Key, List};
use ward_domain::refusal::Refusal;
use ward_domain::time::Time;
use ward_store::{AggregateRef, ListQuery, Version};

/// The most entries in one commit.
const MAX_BATCH: usize = 256;
/// The most entries that may wait in one hospital.
const MAX_WAITING: usize = 8_192;

/// Where requests leave their entries, and who waits for each.
pub(crate) type AuditDesk = Desk<(AuditEntry, oneshot::Sender<bool>)>;

/// An empty one.
pub(crate) fn audit_desk() -> AuditDesk {
    Desk::new(MAX_WAITING)
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
        let batch = actors.audit_desk.take(turn.scope.tenant(), MAX_BATCH);
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
