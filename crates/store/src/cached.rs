//! [`Cached`]: a store whose documents are kept in memory while they are in use.

mod shelf;
#[cfg(test)]
mod tests;

use crate::{
    AggregateRef, Bounds, Claim, Commit, CommitError, Committed, ListQuery, NodeLease, Outcome, Page, Place,
    PlatformRow, RawBody, Store, StoreError, Stored, StoredEvent, Swap, Version,
};
use async_trait::async_trait;
use shelf::Shelf;
use ward_domain::id::{CommitId, EventId, Id};
use ward_domain::record::{ClaimKey, Key, List, RecordKind};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;

/// Keeps documents that were read or written lately, opened and, once somebody has read them, as what they are: looking
/// a document up on disk, opening its seal and reading its JSON cost far more than everything else a page needs.
///
/// Exact: a read through it sees every commit that was acknowledged before the read began, as the port says. That holds
/// where every write goes through this one value, so it must not be put before a store that [`Store::is_shared`].
/// Lists, counts, claims and events are always asked of the store. Secrets of the house itself and its audit trail are
/// never kept.
pub struct Cached<S> {
    pub(crate) inner: S,
    pub(crate) shelf: Shelf,
}

impl<S: Store> Cached<S> {
    /// Keeps about `bytes` of documents of `inner`.
    ///
    /// # Panics
    /// Where `inner` is shared: others could write past the cache.
    pub fn new(inner: S, bytes: u64) -> Self {
        assert!(
            !inner.is_shared(),
            "a cache before a store that others write to would answer what is no more"
        );
        Self { inner, shelf: Shelf::new(bytes) }
    }
}

/// Where a document lies.
type At = (TenantId, Place);

const fn at(scope: TenantScope, kind: RecordKind, id: Id) -> At {
    (scope.tenant(), Place { kind, id })
}

/// Data keys and the platform's own secrets are kept by those who use them, and wiped by them. The audit trail is read to
/// see what lies in the store.
const fn may_be_kept(kind: RecordKind) -> bool {
    use RecordKind::{AuditEntry, AuditHead, DataKey, PlatformState};
    !matches!(kind, DataKey | PlatformState | AuditEntry | AuditHead)
}

#[async_trait]
impl<S: Store> Store for Cached<S> {
    fn is_shared(&self) -> bool {
        false
    }

    async fn commit(&self, scope: &TenantScope, commit: Commit) -> Result<Committed, CommitError> {
        let written = commit.changes.iter().filter(|change| may_be_kept(change.kind));
        let writing = self.shelf.writing(written.map(|change| at(*scope, change.kind, change.id)));
        let result = self.inner.commit(scope, commit).await;
        if !matches!(result, Err(CommitError::Unknown(_))) {
            writing.done();
        }
        result
    }

    async fn get(&self, scope: &TenantScope, kind: RecordKind, id: Id) -> Result<Option<Stored>, StoreError> {
        if !may_be_kept(kind) {
            return self.inner.get(scope, kind, id).await;
        }
        let at = at(*scope, kind, id);
        if let Some(kept) = self.shelf.get(&at) {
            return Ok(Some(kept));
        }
        let before = self.shelf.moment(&at);
        let stored = self.inner.get(scope, kind, id).await?;
        if let Some(stored) = &stored {
            self.shelf.keep(at, before, stored);
        }
        Ok(stored)
    }

    async fn get_many(
        &self,
        scope: &TenantScope,
        kind: RecordKind,
        ids: &[Id],
    ) -> Result<Vec<Stored>, StoreError> {
        if !may_be_kept(kind) {
            return self.inner.get_many(scope, kind, ids).await;
        }
        let mut found: Vec<Option<Stored>> =
            ids.iter().map(|id| self.shelf.get(&at(*scope, kind, *id))).collect();
        let missing: Vec<_> = ids
            .iter()
            .zip(&found)
            .filter(|(_, found)| found.is_none())
            .map(|(id, _)| (*id, self.shelf.moment(&at(*scope, kind, *id))))
            .collect();
        if !missing.is_empty() {
            let ids: Vec<Id> = missing.iter().map(|(id, _)| *id).collect();
            let mut read = self.inner.get_many(scope, kind, &ids).await?.into_iter().peekable();
            let mut holes = found.iter_mut().filter(|found| found.is_none());
            for (id, before) in missing {
                let Some(hole) = holes.next() else { break };
                let Some(stored) = read.next_if(|stored| stored.id == id) else { continue };
                self.shelf.keep(at(*scope, kind, id), before, &stored);
                *hole = Some(stored);
            }
        }
        Ok(found.into_iter().flatten().collect())
    }

    async fn destroy(&self, scope: &TenantScope) -> Result<(), StoreError> {
        let destroyed = self.inner.destroy(scope).await;
        self.shelf.clear(scope.tenant());
        destroyed
    }

    async fn outcome(
        &self,
        scope: &TenantScope,
        aggregate: AggregateRef,
        commit: CommitId,
    ) -> Result<Outcome, StoreError> {
        self.inner.outcome(scope, aggregate, commit).await
    }

    async fn version(&self, scope: &TenantScope, aggregate: AggregateRef) -> Result<Version, StoreError> {
        self.inner.version(scope, aggregate).await
    }

    async fn list(&self, scope: &TenantScope, query: &ListQuery) -> Result<Page, StoreError> {
        self.inner.list(scope, query).await
    }

    async fn count(
        &self,
        scope: &TenantScope,
        list: List,
        eq: &Key,
        bounds: Bounds,
    ) -> Result<u64, StoreError> {
        self.inner.count(scope, list, eq, bounds).await
    }

    async fn claim(
        &self,
        scope: &TenantScope,
        key: &ClaimKey,
        now: Time,
    ) -> Result<Option<Claim>, StoreError> {
        self.inner.claim(scope, key, now).await
    }

    async fn pending_events(
        &self,
        scope: &TenantScope,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        self.inner.pending_events(scope, limit).await
    }

    async fn settle_events(&self, scope: &TenantScope, ids: &[EventId]) -> Result<(), StoreError> {
        self.inner.settle_events(scope, ids).await
    }

    async fn tenants_with_events(
        &self,
        after: Option<TenantId>,
        limit: usize,
    ) -> Result<Vec<TenantId>, StoreError> {
        self.inner.tenants_with_events(after, limit).await
    }

    async fn platform_list(
        &self,
        list: List,
        eq: &Key,
        bounds: Bounds,
        limit: usize,
    ) -> Result<Vec<PlatformRow>, StoreError> {
        self.inner.platform_list(list, eq, bounds, limit).await
    }

    async fn bodies(
        &self,
        scope: &TenantScope,
        after: Option<Place>,
        limit: usize,
    ) -> Result<Vec<RawBody>, StoreError> {
        self.inner.bodies(scope, after, limit).await
    }

    /// A new seal changes no document, but a store that does not seal may be given other bytes.
    async fn swap_bodies(&self, scope: &TenantScope, swaps: Vec<Swap>) -> Result<usize, StoreError> {
        let written = swaps.iter().map(|swap| at(*scope, swap.place.kind, swap.place.id));
        let writing = self.shelf.writing(written);
        let swapped = self.inner.swap_bodies(scope, swaps).await;
        if swapped.is_ok() {
            writing.done();
        }
        swapped
    }

    async fn lease_node(&self, holder: u128, now: Time, until: Time) -> Result<NodeLease, StoreError> {
        self.inner.lease_node(holder, now, until).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.inner.ping().await
    }

    async fn close(&self) -> Result<(), StoreError> {
        let closed = self.inner.close().await;
        self.shelf.shut();
        closed
    }
}
