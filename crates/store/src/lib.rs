//! The store port: what Ward keeps, whatever keeps it.
//!
//! Per tenant there are *records* (documents of aggregates), *index rows* derived from them, *claims* (what may have
//! one owner only) and *events*. One [`Commit`] carries all four for one aggregate, with the version it expects and
//! an id of its own: all or nothing, durable before it is acknowledged, visible to the next read.
//!
//! Where to read on: [`Store`] is the port; [`Sealed`] wraps any store so that what leaves the process is encrypted
//! with the tenant's key, which a [`Keyring`] gives; [`Cached`] keeps what was read lately where this process alone
//! writes. [`Moving`] walks a store whole and fills an empty one. For tests there are, each under a feature of its name, the
//! `conformance` suite that every back end passes, and (feature `faults`) `Faulty`, which fails, delays and loses
//! answers on a seeded plan.
//!
//! This crate must not know: what a document means, who may read it, and which back end is in use.

mod body;
mod cached;
pub mod commit;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
#[cfg(any(test, feature = "faults"))]
mod faulty;
mod keyring;
pub mod moving;
pub mod query;
mod seal;
mod sealed;
mod shared;

pub use body::Body;
pub use cached::Cached;
pub use commit::{AggregateRef, Commit, CommitError, Committed, OutboxEvent, Outcome, Version};
#[cfg(any(test, feature = "faults"))]
pub use faulty::{Faulty, Injected, Plan};
pub use keyring::{Keyring, KeyringError, SealingKey};
pub use moving::{ImportState, Moving, Snapshot};
pub use query::{Bounds, Claim, ListQuery, MAX_PAGE, Page, PlatformRow, Row, Slice, Stored, StoredEvent};
pub use seal::SEAL_OVERHEAD;
pub use sealed::{Resealed, Sealed};

use async_trait::async_trait;
use std::sync::Arc;
use ward_domain::id::{CommitId, EventId, Id};
use ward_domain::record::{ClaimKey, Key, List, RecordKind};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;

/// A store could not answer a read, or a maintenance call. Commits have their own [`CommitError`].
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// Not reachable or too slow now; the same call may succeed later.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// What is kept cannot be read: damaged, or sealed with a key that is not to be had.
    #[error("the store holds something unreadable: {0}")]
    Damaged(String),
    /// The store is unusable as it is set up or as it was left; the text says what to do.
    #[error("{0}")]
    Unusable(String),
}

/// A store that the whole house shares.
pub type DynStore = Arc<dyn Store>;

/// A process's lease on a node number, for minting ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeLease {
    /// 0 to 31.
    pub node: u8,
    /// The end of the previous holder's lease: no id below it is free.
    pub floor: Time,
    /// The end of this lease.
    pub until: Time,
}

/// Where a sealed body lies: the associated data of its seal, and what maintenance walks over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// What it is.
    pub kind: RecordKind,
    /// Which.
    pub id: Id,
}

/// A body as it lies in the store, for re-sealing and for backups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawBody {
    /// Where it lies.
    pub place: Place,
    /// The aggregate it belongs to.
    pub aggregate: AggregateRef,
    /// The aggregate's version that wrote it.
    pub version: Version,
    /// The bytes.
    pub body: Vec<u8>,
}

/// The port. Every call but the platform's own takes a [`TenantScope`] and can reach that tenant only.
///
/// Reads see every commit that was acknowledged before they began. A back end says with [`Store::is_shared`] whether
/// other processes may write too; then a refusal decided on cached state is decided again on fresh state.
#[async_trait]
pub trait Store: Moving {
    /// True where several processes may share this store.
    fn is_shared(&self) -> bool;

    /// Carries out a commit, or changes nothing. A commit whose id is among the aggregate's latest ([`commit::REMEMBERED_COMMITS`]) is acknowledged
    /// again and does nothing: sending it twice is harmless.
    async fn commit(&self, scope: &TenantScope, commit: Commit) -> Result<Committed, CommitError>;

    /// What became of a commit whose answer was lost. `Applied` is final. `Absent` is what stands now: where the store
    /// is shared the commit may still be on its way, so the safe move is to send it again under the same id.
    async fn outcome(
        &self,
        scope: &TenantScope,
        aggregate: AggregateRef,
        commit: CommitId,
    ) -> Result<Outcome, StoreError>;

    /// The version of an aggregate; 0 where nothing was ever committed to it.
    async fn version(&self, scope: &TenantScope, aggregate: AggregateRef) -> Result<Version, StoreError>;

    /// One document.
    async fn get(&self, scope: &TenantScope, kind: RecordKind, id: Id) -> Result<Option<Stored>, StoreError>;

    /// Several documents of one kind, in the order asked; those that are not there are left out.
    async fn get_many(
        &self,
        scope: &TenantScope,
        kind: RecordKind,
        ids: &[Id],
    ) -> Result<Vec<Stored>, StoreError>;

    /// A slice of a list. Order is by sort key, then id, or the reverse; it is stable, and a slice at any offset
    /// costs the same. [`Page::total`] counts all rows within the bounds, exactly where the store is not shared.
    async fn list(&self, scope: &TenantScope, query: &ListQuery) -> Result<Page, StoreError>;

    /// How many rows a list has within bounds.
    async fn count(
        &self,
        scope: &TenantScope,
        list: List,
        eq: &Key,
        bounds: Bounds,
    ) -> Result<u64, StoreError>;

    /// Who holds a claim that has not lapsed at `now`. Spans are not asked for here.
    async fn claim(
        &self,
        scope: &TenantScope,
        key: &ClaimKey,
        now: Time,
    ) -> Result<Option<Claim>, StoreError>;

    /// Events that no one has settled yet, oldest first, at most `limit`. Late events appear whenever they commit.
    async fn pending_events(&self, scope: &TenantScope, limit: usize)
    -> Result<Vec<StoredEvent>, StoreError>;

    /// Takes events out of the outbox. It may be lost in a crash: the events then come again.
    async fn settle_events(&self, scope: &TenantScope, ids: &[EventId]) -> Result<(), StoreError>;

    /// Tenants that have unsettled events, at most `limit`, those after `after`. For the platform only.
    async fn tenants_with_events(
        &self,
        after: Option<TenantId>,
        limit: usize,
    ) -> Result<Vec<TenantId>, StoreError>;

    /// Rows of a platform-wide list with `eq`, in order, at most `limit`. For the platform only: it wakes owners and
    /// finds log-ins.
    async fn platform_list(
        &self,
        list: List,
        eq: &Key,
        bounds: Bounds,
        limit: usize,
    ) -> Result<Vec<PlatformRow>, StoreError>;

    /// Bodies of a tenant in the order of their places, after `after`, at most `limit`: for re-sealing and backups.
    async fn bodies(
        &self,
        scope: &TenantScope,
        after: Option<Place>,
        limit: usize,
    ) -> Result<Vec<RawBody>, StoreError>;

    /// Replaces the bytes at each place that still holds exactly `old`, durably; says how many it replaced.
    /// Version and rows stay: only the seal is new.
    async fn swap_bodies(&self, scope: &TenantScope, swaps: Vec<Swap>) -> Result<usize, StoreError>;

    /// Removes everything of a tenant, platform-wide rows too.
    async fn destroy(&self, scope: &TenantScope) -> Result<(), StoreError>;

    /// Leases a node number to this process (`holder` is drawn at random at its start) until `until`, or renews.
    async fn lease_node(&self, holder: u128, now: Time, until: Time) -> Result<NodeLease, StoreError>;

    /// Answers if a commit could be made durable now.
    async fn ping(&self) -> Result<(), StoreError>;

    /// Finishes what is under way and makes it durable. After it every call answers unavailable.
    async fn close(&self) -> Result<(), StoreError>;
}

/// One replacement of [`Store::swap_bodies`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swap {
    /// Where.
    pub place: Place,
    /// What must lie there.
    pub old: Vec<u8>,
    /// What takes its place.
    pub new: Vec<u8>,
}
