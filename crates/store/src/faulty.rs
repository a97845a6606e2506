//! [`Faulty`]: a store on which things go wrong as planned. For tests.

mod moving;
mod plan;
#[cfg(test)]
mod tests;

pub use plan::{Injected, Plan};

use crate::{
    AggregateRef, Bounds, Claim, Commit, CommitError, Committed, ListQuery, NodeLease, Outcome, Page, Place,
    PlatformRow, RawBody, Store, StoreError, Stored, StoredEvent, Swap, Version,
};
use async_trait::async_trait;
use plan::{Dice, Fate};
use ward_domain::id::{CommitId, EventId, Id};
use ward_domain::record::{ClaimKey, Key, List, RecordKind};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;

/// Fails, delays and loses answers on a seeded [`Plan`], and otherwise hands every call to the inner store.
///
/// Everything it does, the port allows a store to do; so whoever follows the protocol (an unknown outcome is asked
/// for, then the commit is sent again under its own id) ends where a store without faults would end.
/// [`Store::close`] and [`Store::is_shared`] are never disturbed.
pub struct Faulty<S> {
    inner: S,
    dice: Dice,
}

impl<S: Store> Faulty<S> {
    /// Disturbs `inner` as planned.
    pub fn new(inner: S, plan: Plan) -> Self {
        Self { inner, dice: Dice::new(plan) }
    }

    /// The store as it is, past all faults.
    pub const fn inner(&self) -> &S {
        &self.inner
    }

    /// What it has done so far.
    pub fn injected(&self) -> Injected {
        self.dice.injected()
    }

    async fn read<T: Send>(
        &self,
        answer: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        self.dice.delay().await;
        if self.dice.read_fails() {
            return Err(unavailable());
        }
        let answer = answer.await;
        self.dice.delay().await;
        answer
    }

    /// A write whose lost answer shows as unavailable: the caller sends it again.
    async fn write<T: Send>(
        &self,
        fate: Fate,
        answer: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        self.dice.delay().await;
        if fate == Fate::Refused {
            return Err(unavailable());
        }
        let answer = answer.await;
        self.dice.delay().await;
        if fate == Fate::AnswerLost { Err(unavailable()) } else { answer }
    }
}

fn unavailable() -> StoreError {
    StoreError::Unavailable("a planned fault".into())
}

#[async_trait]
impl<S: Store> Store for Faulty<S> {
    fn is_shared(&self) -> bool {
        self.inner.is_shared()
    }

    async fn commit(&self, scope: &TenantScope, commit: Commit) -> Result<Committed, CommitError> {
        let fate = self.dice.write();
        self.dice.delay().await;
        match fate {
            Fate::Refused => return Err(CommitError::Unavailable("a planned refusal".into())),
            Fate::RequestLost => return Err(CommitError::Unknown("a planned loss on the way in".into())),
            Fate::Served | Fate::AnswerLost => {}
        }
        let answer = self.inner.commit(scope, commit).await;
        self.dice.delay().await;
        if fate == Fate::AnswerLost {
            return Err(CommitError::Unknown("a planned loss on the way out".into()));
        }
        answer
    }

    async fn outcome(
        &self,
        scope: &TenantScope,
        aggregate: AggregateRef,
        commit: CommitId,
    ) -> Result<Outcome, StoreError> {
        self.read(self.inner.outcome(scope, aggregate, commit)).await
    }

    async fn version(&self, scope: &TenantScope, aggregate: AggregateRef) -> Result<Version, StoreError> {
        self.read(self.inner.version(scope, aggregate)).await
    }

    async fn get(&self, scope: &TenantScope, kind: RecordKind, id: Id) -> Result<Option<Stored>, StoreError> {
        self.read(self.inner.get(scope, kind, id)).await
    }

    async fn get_many(
        &self,
        scope: &TenantScope,
        kind: RecordKind,
        ids: &[Id],
    ) -> Result<Vec<Stored>, StoreError> {
        self.read(self.inner.get_many(scope, kind, ids)).await
    }

    async fn list(&self, scope: &TenantScope, query: &ListQuery) -> Result<Page, StoreError> {
        self.read(self.inner.list(scope, query)).await
    }

    async fn count(
        &self,
        scope: &TenantScope,
        list: List,
        eq: &Key,
        bounds: Bounds,
    ) -> Result<u64, StoreError> {
        self.read(self.inner.count(scope, list, eq, bounds)).await
    }

    async fn claim(
        &self,
        scope: &TenantScope,
        key: &ClaimKey,
        now: Time,
    ) -> Result<Option<Claim>, StoreError> {
        self.read(self.inner.claim(scope, key, now)).await
    }

    async fn pending_events(
        &self,
        scope: &TenantScope,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        self.read(self.inner.pending_events(scope, limit)).await
    }

    async fn settle_events(&self, scope: &TenantScope, ids: &[EventId]) -> Result<(), StoreError> {
        let fate = self.dice.write();
        if fate == Fate::RequestLost {
            return Ok(());
        }
        self.write(fate, self.inner.settle_events(scope, ids)).await
    }

    async fn tenants_with_events(
        &self,
        after: Option<TenantId>,
        limit: usize,
    ) -> Result<Vec<TenantId>, StoreError> {
        self.read(self.inner.tenants_with_events(after, limit)).await
    }

    async fn platform_list(
        &self,
        list: List,
        eq: &Key,
        bounds: Bounds,
        limit: usize,
    ) -> Result<Vec<PlatformRow>, StoreError> {
        self.read(self.inner.platform_list(list, eq, bounds, limit)).await
    }

    async fn bodies(
        &self,
        scope: &TenantScope,
        after: Option<Place>,
        limit: usize,
    ) -> Result<Vec<RawBody>, StoreError> {
        self.read(self.inner.bodies(scope, after, limit)).await
    }

    async fn swap_bodies(&self, scope: &TenantScope, swaps: Vec<Swap>) -> Result<usize, StoreError> {
        self.write(self.dice.answered_write(), self.inner.swap_bodies(scope, swaps)).await
    }

    async fn destroy(&self, scope: &TenantScope) -> Result<(), StoreError> {
        self.write(self.dice.answered_write(), self.inner.destroy(scope)).await
    }

    async fn lease_node(&self, holder: u128, now: Time, until: Time) -> Result<NodeLease, StoreError> {
        self.write(self.dice.answered_write(), self.inner.lease_node(holder, now, until)).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.read(self.inner.ping()).await
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.inner.close().await
    }
}
