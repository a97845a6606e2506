//! [`Patient`]: a store behind a program that follows the protocol.

use crate::moving::UNFINISHED;
use crate::{
    AggregateRef, Bounds, Claim, Commit, CommitError, Committed, ListQuery, NodeLease, Outcome, Page, Place,
    PlatformRow, RawBody, Store, StoreError, Stored, StoredEvent, Swap, Version,
};
use async_trait::async_trait;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::Instant;
use ward_domain::id::{CommitId, EventId, Id};
use ward_domain::record::{ClaimKey, Key, List, RecordKind};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;

/// How long a store may be away.
const DEADLINE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(5);

/// Asks again what was unavailable, and sends a commit again, under its own id, until it is known what became of it. A
/// back end whose server fails now and then must pass the whole suite behind it.
pub struct Patient<S> {
    inner: S,
    patience: Arc<Patience>,
}

/// What a store and its snapshots share.
#[derive(Default)]
struct Patience {
    closed: AtomicBool,
    asked_again: AtomicU64,
}

impl Patience {
    async fn pause(&self, begun: Instant) -> bool {
        if self.closed.load(Ordering::Relaxed) || begun.elapsed() > DEADLINE {
            return false;
        }
        self.asked_again.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(PAUSE).await;
        true
    }
}

impl<S: Store> Patient<S> {
    /// Asks `inner`.
    pub fn new(inner: S) -> Self {
        Self { inner, patience: Arc::default() }
    }

    /// How often something was asked again.
    pub fn asked_again(&self) -> u64 {
        self.patience.asked_again.load(Ordering::Relaxed)
    }

    async fn pause(&self, begun: Instant) -> bool {
        self.patience.pause(begun).await
    }

    /// Where the body of a place is what a swap wanted it to be.
    async fn is_swapped(&self, scope: &TenantScope, swap: &Swap) -> Result<bool, StoreError> {
        let bodies = self.bodies(scope, None, usize::MAX).await?;
        Ok(bodies.iter().any(|body| body.place == swap.place && body.body == swap.new))
    }
}

macro_rules! patiently {
    ($self:expr, $call:expr) => {{
        let begun = Instant::now();
        loop {
            match $call.await {
                Err(StoreError::Unavailable(_)) if $self.pause(begun).await => {}
                answer => break answer,
            }
        }
    }};
}

mod moving;

#[async_trait]
impl<S: Store> Store for Patient<S> {
    fn is_shared(&self) -> bool {
        self.inner.is_shared()
    }

    async fn commit(&self, scope: &TenantScope, commit: Commit) -> Result<Committed, CommitError> {
        let begun = Instant::now();
        let mut unsettled = false;
        loop {
            match self.inner.commit(scope, commit.clone()).await {
                Err(CommitError::Unknown(_)) if self.pause(begun).await => unsettled = true,
                // That does not pass: whoever began the import has to end it.
                Err(CommitError::Unavailable(reason)) if reason == UNFINISHED => {
                    return Err(CommitError::Unavailable(reason));
                }
                Err(CommitError::Unavailable(_)) if self.pause(begun).await => {}
                // What took the version may be this very commit, sent before.
                Err(CommitError::Version { actual }) if unsettled => {
                    return match self.outcome(scope, commit.aggregate, commit.id).await {
                        Ok(Outcome::Applied(version)) => Ok(Committed { version }),
                        Ok(Outcome::Absent) => Err(CommitError::Version { actual }),
                        Err(error) => Err(CommitError::Unknown(error.to_string())),
                    };
                }
                answer => return answer,
            }
        }
    }

    async fn outcome(
        &self,
        scope: &TenantScope,
        aggregate: AggregateRef,
        commit: CommitId,
    ) -> Result<Outcome, StoreError> {
        patiently!(self, self.inner.outcome(scope, aggregate, commit))
    }

    async fn version(&self, scope: &TenantScope, aggregate: AggregateRef) -> Result<Version, StoreError> {
        patiently!(self, self.inner.version(scope, aggregate))
    }

    async fn get(&self, scope: &TenantScope, kind: RecordKind, id: Id) -> Result<Option<Stored>, StoreError> {
        patiently!(self, self.inner.get(scope, kind, id))
    }

    async fn get_many(
        &self,
        scope: &TenantScope,
        kind: RecordKind,
        ids: &[Id],
    ) -> Result<Vec<Stored>, StoreError> {
        patiently!(self, self.inner.get_many(scope, kind, ids))
    }

    async fn list(&self, scope: &TenantScope, query: &ListQuery) -> Result<Page, StoreError> {
        patiently!(self, self.inner.list(scope, query))
    }

    async fn count(
        &self,
        scope: &TenantScope,
        list: List,
        eq: &Key,
        bounds: Bounds,
    ) -> Result<u64, StoreError> {
        patiently!(self, self.inner.count(scope, list, eq, bounds))
    }

    async fn claim(
        &self,
        scope: &TenantScope,
        key: &ClaimKey,
        now: Time,
    ) -> Result<Option<Claim>, StoreError> {
        patiently!(self, self.inner.claim(scope, key, now))
    }

    async fn pending_events(
        &self,
        scope: &TenantScope,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        patiently!(self, self.inner.pending_events(scope, limit))
    }

    async fn settle_events(&self, scope: &TenantScope, ids: &[EventId]) -> Result<(), StoreError> {
        patiently!(self, self.inner.settle_events(scope, ids))
    }

    async fn tenants_with_events(
        &self,
        after: Option<TenantId>,
        limit: usize,
    ) -> Result<Vec<TenantId>, StoreError> {
        patiently!(self, self.inner.tenants_with_events(after, limit))
    }

    async fn platform_list(
        &self,
        list: List,
        eq: &Key,
        bounds: Bounds,
        limit: usize,
    ) -> Result<Vec<PlatformRow>, StoreError> {
        patiently!(self, self.inner.platform_list(list, eq, bounds, limit))
    }

    async fn bodies(
        &self,
        scope: &TenantScope,
        after: Option<Place>,
        limit: usize,
    ) -> Result<Vec<RawBody>, StoreError> {
        patiently!(self, self.inner.bodies(scope, after, limit))
    }

    async fn swap_bodies(&self, scope: &TenantScope, swaps: Vec<Swap>) -> Result<usize, StoreError> {
        if swaps.is_empty() {
            return self.inner.swap_bodies(scope, swaps).await;
        }
        let mut swapped = 0;
        for swap in swaps {
            let begun = Instant::now();
            let mut lost = false;
            swapped += loop {
                match self.inner.swap_bodies(scope, vec![swap.clone()]).await {
                    Err(StoreError::Unavailable(_)) if self.pause(begun).await => lost = true,
                    // The try whose answer was lost may have done it.
                    Ok(0) if lost => break usize::from(self.is_swapped(scope, &swap).await?),
                    answer => break answer?,
                }
            };
        }
        Ok(swapped)
    }

    async fn destroy(&self, scope: &TenantScope) -> Result<(), StoreError> {
        patiently!(self, self.inner.destroy(scope))
    }

    async fn lease_node(&self, holder: u128, now: Time, until: Time) -> Result<NodeLease, StoreError> {
        let begun = Instant::now();
        let mut last = self.inner.lease_node(holder, now, until).await;
        // A refusal for want of numbers is unavailable too, and does not pass.
        while matches!(&last, Err(StoreError::Unavailable(_))) && begun.elapsed() < Duration::from_secs(1) {
            if !self.pause(begun).await {
                break;
            }
            last = self.inner.lease_node(holder, now, until).await;
        }
        last
    }

    async fn ping(&self) -> Result<(), StoreError> {
        patiently!(self, self.inner.ping())
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.patience.closed.store(true, Ordering::Relaxed);
        self.inner.close().await
    }
}
