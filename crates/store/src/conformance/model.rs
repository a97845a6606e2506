//! [`Model`]: the reference behind the port.

mod claims;
mod leases;
mod moving;
mod world;

use crate::{
    AggregateRef, Bounds, Claim, Commit, CommitError, Committed, ListQuery, NodeLease, Outcome, Page, Place,
    PlatformRow, RawBody, Store, StoreError, Stored, StoredEvent, Swap, Version,
};
use async_trait::async_trait;
use std::sync::{Mutex, MutexGuard, PoisonError};
use ward_domain::id::{CommitId, EventId, Id};
use ward_domain::record::{ClaimKey, Key, List, RecordKind};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;
use world::{Tenant, World};

/// A test double: the reference model as a store. It keeps nothing on disk, remembers every commit, and takes time
/// in proportion to all that it holds for most calls.
#[derive(Default)]
pub struct Model(Mutex<State>);

#[derive(Default)]
struct State {
    world: World,
    leases: leases::Leases,
    /// An import was begun and not ended.
    importing: bool,
    closed: bool,
}

impl State {
    fn tenant(&mut self, scope: TenantScope) -> &mut Tenant {
        self.world.entry(scope.tenant()).or_default()
    }
}

impl Model {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> Result<MutexGuard<'_, State>, StoreError> {
        let state = self.state();
        if state.closed { Err(StoreError::Unavailable("closed".into())) } else { Ok(state) }
    }

    /// For what an unfinished import does not serve.
    fn serving(&self) -> Result<MutexGuard<'_, State>, StoreError> {
        let state = self.open()?;
        if state.importing { Err(StoreError::Unusable(crate::moving::UNFINISHED.into())) } else { Ok(state) }
    }
}

#[async_trait]
impl Store for Model {
    fn is_shared(&self) -> bool {
        false
    }

    async fn commit(&self, scope: &TenantScope, commit: Commit) -> Result<Committed, CommitError> {
        self.serving()
            .map_err(|error| CommitError::Unavailable(error.to_string()))?
            .tenant(*scope)
            .commit(&commit)
    }

    async fn outcome(
        &self,
        scope: &TenantScope,
        aggregate: AggregateRef,
        commit: CommitId,
    ) -> Result<Outcome, StoreError> {
        Ok(self.open()?.tenant(*scope).outcome(aggregate, commit))
    }

    async fn version(&self, scope: &TenantScope, aggregate: AggregateRef) -> Result<Version, StoreError> {
        Ok(self.open()?.tenant(*scope).version(aggregate))
    }

    async fn get(&self, scope: &TenantScope, kind: RecordKind, id: Id) -> Result<Option<Stored>, StoreError> {
        Ok(self.open()?.tenant(*scope).get(kind, id))
    }

    async fn get_many(
        &self,
        scope: &TenantScope,
        kind: RecordKind,
        ids: &[Id],
    ) -> Result<Vec<Stored>, StoreError> {
        let mut state = self.open()?;
        let tenant = state.tenant(*scope);
        Ok(ids.iter().filter_map(|id| tenant.get(kind, *id)).collect())
    }

    async fn list(&self, scope: &TenantScope, query: &ListQuery) -> Result<Page, StoreError> {
        Ok(self.open()?.tenant(*scope).list(query))
    }

    async fn count(
        &self,
        scope: &TenantScope,
        list: List,
        eq: &Key,
        bounds: Bounds,
    ) -> Result<u64, StoreError> {
        Ok(self.open()?.tenant(*scope).count(list, eq, bounds))
    }

    async fn claim(
        &self,
        scope: &TenantScope,
        key: &ClaimKey,
        now: Time,
    ) -> Result<Option<Claim>, StoreError> {
        Ok(self.open()?.tenant(*scope).claims.get(key, now))
    }

    async fn pending_events(
        &self,
        scope: &TenantScope,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        Ok(self.open()?.tenant(*scope).pending(limit))
    }

    async fn settle_events(&self, scope: &TenantScope, ids: &[EventId]) -> Result<(), StoreError> {
        self.serving()?.tenant(*scope).settle(ids);
        Ok(())
    }

    async fn tenants_with_events(
        &self,
        after: Option<TenantId>,
        limit: usize,
    ) -> Result<Vec<TenantId>, StoreError> {
        let state = self.open()?;
        let with_events = state.world.iter().filter(|(_, tenant)| tenant.has_events()).map(|(id, _)| *id);
        Ok(with_events.filter(|id| after.is_none_or(|after| *id > after)).take(limit).collect())
    }

    async fn platform_list(
        &self,
        list: List,
        eq: &Key,
        bounds: Bounds,
        limit: usize,
    ) -> Result<Vec<PlatformRow>, StoreError> {
        let mut rows = world::platform_rows(&self.open()?.world, list, eq, bounds);
        rows.truncate(limit);
        Ok(rows)
    }

    async fn bodies(
        &self,
        scope: &TenantScope,
        after: Option<Place>,
        limit: usize,
    ) -> Result<Vec<RawBody>, StoreError> {
        Ok(self.open()?.tenant(*scope).bodies(after, limit))
    }

    async fn swap_bodies(&self, scope: &TenantScope, swaps: Vec<Swap>) -> Result<usize, StoreError> {
        Ok(self.serving()?.tenant(*scope).swap(swaps))
    }

    async fn destroy(&self, scope: &TenantScope) -> Result<(), StoreError> {
        self.serving()?.world.remove(&scope.tenant());
        Ok(())
    }

    async fn lease_node(&self, holder: u128, now: Time, until: Time) -> Result<NodeLease, StoreError> {
        self.serving()?.leases.lease(holder, now, until)
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.serving().map(|_| ())
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.state().closed = true;
        Ok(())
    }
}
