//! Moving house: everything a store keeps, walked item by item, and loaded into an empty store of any kind.
//!
//! [`Moving::snapshot`] gives a moment of the store, whose parts are walked by [`Snapshot::export`]. On the other side
//! [`Moving::begin_import`], [`Moving::import`] for every item in any order, [`Moving::end_import`]. Bodies travel as
//! they lie: [`crate::Sealed`] passes them sealed. What is derived (counts of lists, platform-wide twins of rows) does
//! not travel: the store that imports makes its own. What that asks of a back end is told in `docs/backup.md`.

mod item;
mod wrapped;

pub use item::{AggregateState, Cursor, Exported, HeldClaim, HeldSpan, Item, Part};

use crate::StoreError;
use async_trait::async_trait;
use std::sync::Arc;
use ward_domain::tenancy::TenantScope;
use ward_domain::time::Time;

/// Where a store stands with imports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportState {
    /// No tenant has anything: an import may begin. Leases on node numbers do not count.
    Empty,
    /// Something is kept.
    InUse,
    /// An import has begun and has not ended. Nothing but the import's own calls, reads and [`Moving::import_state`]
    /// is served; this outlives the process.
    Unfinished,
}

/// What every store can do besides: be walked whole, and be filled.
#[async_trait]
pub trait Moving: Send + Sync + 'static {
    /// A moment of the whole store. Where the store is not shared, it is exactly one moment, between two commits,
    /// however long it is walked while others commit; let it go soon, since it keeps old states alive. Where the store
    /// is shared, every page is of its own moment: stop the writers first.
    async fn snapshot(&self) -> Result<Arc<dyn Snapshot>, StoreError>;

    /// Whether an import may begin here, or has.
    async fn import_state(&self) -> Result<ImportState, StoreError>;

    /// Begins an import, durably: from here on the store is [`ImportState::Unfinished`]. It must be empty; what an
    /// unfinished import before has left is removed. Anything else is [`StoreError::Unusable`].
    ///
    /// `floor` is the old store's [`Snapshot::floor`]: leases given here later have no lower one.
    async fn begin_import(&self, floor: Time) -> Result<(), StoreError>;

    /// Puts items of a tenant, at most [`crate::commit::MAX_COMMIT_PARTS`] and about
    /// [`crate::commit::MAX_COMMIT_BYTES`] at once (a single item may be larger), in any order, each durable when this
    /// answers. The same item twice is one. Only while an import is unfinished: else [`StoreError::Unusable`].
    async fn import(&self, scope: &TenantScope, items: Vec<Item>) -> Result<(), StoreError>;

    /// Ends an import, durably: the store serves from here on. Where none is unfinished, [`StoreError::Unusable`].
    async fn end_import(&self) -> Result<(), StoreError>;
}

/// A moment of a store.
#[async_trait]
pub trait Snapshot: Send + Sync + 'static {
    /// True where it is exactly one moment. Where it is not, every page is of its own, and who walks it looks at the
    /// versions of [`Part::Aggregates`] again at the end: those that stayed tell that nothing was committed meanwhile.
    fn is_one_moment(&self) -> bool;

    /// The end of the latest lease on any node number: no id above it was ever minted.
    async fn floor(&self) -> Result<Time, StoreError>;

    /// Items of one part of a tenant that come after `after` (`None`: from the first on), at most `limit` (at least one)
    /// and not many more than [`EXPORT_BYTES`] of bodies. The order is the store's own. Everything that lies there comes
    /// once, claims that have lapsed too; only of a tenant whose removal has begun nothing comes.
    async fn export(
        &self,
        scope: &TenantScope,
        part: Part,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Exported, StoreError>;
}

/// Bytes of bodies after which a page of [`Snapshot::export`] ends.
pub const EXPORT_BYTES: usize = 1 << 20;

/// What is said where a store that is not imported whole is asked to serve.
pub const UNFINISHED: &str =
    "a restore into this store was begun and did not end: run `ward restore` again, it starts over";
/// What is said where an import is asked for without [`Moving::begin_import`].
pub const NOT_IMPORTING: &str = "no restore is under way in this store";
/// What is said where an import would meet what is kept.
pub const NOT_EMPTY: &str = "this store is not empty: restore into an empty one";
