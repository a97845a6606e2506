//! What waits for the writer.

use tokio::sync::{OwnedSemaphorePermit, oneshot};
use ward_domain::id::EventId;
use ward_domain::tenancy::TenantId;
use ward_domain::time::Time;
use ward_store::moving::Item;
use ward_store::{Commit, CommitError, Committed, NodeLease, StoreError, Swap};

/// Where an answer goes. A caller who has gone away is no error: what it asked for is done all the same.
pub(crate) type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// A commit and who waits for it.
pub(crate) struct Commission {
    pub(crate) tenant: TenantId,
    pub(crate) commit: Box<Commit>,
    pub(crate) reply: oneshot::Sender<Result<Committed, CommitError>>,
    /// Its bytes' share of the queue, given back when the job is gone.
    pub(crate) _permit: OwnedSemaphorePermit,
}

pub(crate) enum Job {
    Commit(Commission),
    Swap { tenant: TenantId, swaps: Vec<Swap>, reply: Reply<usize> },
    Settle { tenant: TenantId, events: Vec<EventId>, reply: Reply<()> },
    Lease { holder: u128, until: Time, reply: Reply<NodeLease> },
    Destroy { tenant: TenantId, reply: Reply<()> },
    BeginImport { floor: Time, reply: Reply<()> },
    Import { tenant: TenantId, items: Vec<Item>, reply: Reply<()> },
    EndImport { reply: Reply<()> },
    Ping { reply: Reply<()> },
    Close { reply: Reply<()> },
}

impl Job {
    /// Bytes that count against a group's.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::Commit(Commission { commit, .. }) => commit.weight(),
            Self::Swap { swaps, .. } => swaps.iter().map(|swap| swap.new.len()).sum(),
            Self::Import { items, .. } => items.iter().map(Item::weight).sum(),
            _ => 0,
        }
    }

    /// Answers that nothing was done.
    pub(crate) fn refuse(self, reason: &str) {
        self.refuse_with(StoreError::Unavailable(reason.to_owned()));
    }

    /// Answers that nothing was done, for whatever reason.
    pub(crate) fn refuse_with(self, error: StoreError) {
        match self {
            Self::Commit(Commission { reply, .. }) => {
                let reason = match error {
                    StoreError::Unavailable(reason) => reason,
                    other => other.to_string(),
                };
                let _ = reply.send(Err(CommitError::Unavailable(reason)));
            }
            Self::Swap { reply, .. } => drop(reply.send(Err(error))),
            Self::Lease { reply, .. } => drop(reply.send(Err(error))),
            Self::Settle { reply, .. }
            | Self::Destroy { reply, .. }
            | Self::BeginImport { reply, .. }
            | Self::Import { reply, .. }
            | Self::EndImport { reply }
            | Self::Ping { reply }
            | Self::Close { reply } => {
                drop(reply.send(Err(error)));
            }
        }
    }
}
