//! [`Sealed`]: a store that holds ciphertext only.

mod ciphers;
mod reseal;
#[cfg(test)]
mod tests;

pub use reseal::Resealed;

use crate::seal::{self, Location};
use crate::{
    AggregateRef, Bounds, Claim, Commit, CommitError, Committed, Keyring, KeyringError, ListQuery, NodeLease,
    Outcome, Page, Place, PlatformRow, RawBody, Store, StoreError, Stored, StoredEvent, Swap, Version,
};
use async_trait::async_trait;
use ciphers::{Ciphers, Sealer};
use std::sync::Arc;
use ward_domain::id::{CommitId, EventId, Id};
use ward_domain::record::{ClaimKey, ClaimOp, Key, List, RecordKind};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;

/// Seals the body of every document, claim and event with its tenant's data key before the inner store sees it, and
/// opens it on the way back. Index rows, claim keys, ids and times are not sealed: they hold no text.
///
/// - What does not open is [`StoreError::Damaged`]: an altered byte, a body that lies where it was not put, a key that
///   is gone. The text says which body, never what is in it. One damaged body fails the whole answer it belongs to: a
///   list of documents with a gap would be a wrong answer.
/// - A commit that cannot be sealed, for want of a key, is [`CommitError::Unavailable`]: nothing was done.
/// - Sealing adds [`crate::SEAL_OVERHEAD`] bytes to each body, and the limit on a commit's size holds for the sealed
///   bytes.
/// - [`Store::bodies`] and [`Store::swap_bodies`] pass bytes as they lie, *sealed*. So a backup never holds an open
///   body, and destroying a hospital's keys reaches its backups too. New keys come in by [`Sealed::reseal`].
/// - Which keys have to stay, and how many bodies one key may seal, says [`Keyring`].
pub struct Sealed<S> {
    pub(crate) inner: S,
    ciphers: Ciphers,
}

impl<S: Store> Sealed<S> {
    /// Seals what goes into `inner` with keys from `keyring`.
    pub fn new(inner: S, keyring: Arc<dyn Keyring>) -> Self {
        Self { inner, ciphers: Ciphers::new(keyring) }
    }

    fn open(&self, scope: TenantScope, location: Location<'_>, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let id = seal::key_id(sealed).ok_or_else(|| location.damaged("it is not sealed"))?;
        let cipher = self.ciphers.by_id(scope, id).map_err(|error| match error {
            KeyringError::NoSuchKey => location.damaged(error),
            KeyringError::Unavailable(_) => error.into(),
        })?;
        seal::open(&cipher, scope.tenant(), location, sealed)
            .ok_or_else(|| location.damaged("its seal is broken"))
    }

    /// Sees to it that the keys of these bodies are known, if they are to be had.
    async fn learn<'a>(
        &self,
        scope: TenantScope,
        bodies: impl Iterator<Item = &'a [u8]> + Send,
    ) -> Result<(), StoreError> {
        Ok(self.ciphers.learn(scope, bodies.filter_map(seal::key_id)).await?)
    }

    fn open_stored(&self, scope: TenantScope, mut stored: Stored) -> Result<Stored, StoreError> {
        let location = Location::Record(Place { kind: stored.kind, id: stored.id });
        stored.body = self.open(scope, location, &stored.body)?.into();
        Ok(stored)
    }
}

impl Sealer {
    fn seal_commit(&self, mut commit: Commit) -> Result<Commit, StoreError> {
        for change in &mut commit.changes {
            let place = Place { kind: change.kind, id: change.id };
            if let Some(body) = &mut change.body {
                *body = self.seal(Location::Record(place), body)?;
            }
        }
        for op in &mut commit.claims {
            if let ClaimOp::Take { key, body, .. } = op {
                *body = self.seal(Location::Claim(key), body)?;
            }
        }
        for event in &mut commit.events {
            event.body = self.seal(Location::Event(event.id), &event.body)?;
        }
        Ok(commit)
    }
}

#[async_trait]
impl<S: Store> Store for Sealed<S> {
    fn is_shared(&self) -> bool {
        self.inner.is_shared()
    }

    async fn commit(&self, scope: &TenantScope, commit: Commit) -> Result<Committed, CommitError> {
        // Before sealing too: what is over the limit is not worth the work.
        commit.check_size()?;
        let sealed = self
            .ciphers
            .current_now(*scope)
            .await
            .map_err(StoreError::from)
            .and_then(|sealer| sealer.seal_commit(commit))
            .map_err(|error| CommitError::Unavailable(error.to_string()))?;
        sealed.check_size()?;
        self.inner.commit(scope, sealed).await
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

    async fn get(&self, scope: &TenantScope, kind: RecordKind, id: Id) -> Result<Option<Stored>, StoreError> {
        let stored = self.inner.get(scope, kind, id).await?;
        self.learn(*scope, stored.iter().map(|stored| &*stored.body)).await?;
        stored.map(|stored| self.open_stored(*scope, stored)).transpose()
    }

    async fn get_many(
        &self,
        scope: &TenantScope,
        kind: RecordKind,
        ids: &[Id],
    ) -> Result<Vec<Stored>, StoreError> {
        let stored = self.inner.get_many(scope, kind, ids).await?;
        self.learn(*scope, stored.iter().map(|stored| &*stored.body)).await?;
        stored.into_iter().map(|stored| self.open_stored(*scope, stored)).collect()
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
        let Some(mut claim) = self.inner.claim(scope, key, now).await? else { return Ok(None) };
        self.learn(*scope, std::iter::once(&*claim.body)).await?;
        claim.body = self.open(*scope, Location::Claim(key), &claim.body)?;
        Ok(Some(claim))
    }

    async fn pending_events(
        &self,
        scope: &TenantScope,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let mut events = self.inner.pending_events(scope, limit).await?;
        self.learn(*scope, events.iter().map(|stored| &*stored.event.body)).await?;
        for StoredEvent { event, .. } in &mut events {
            event.body = self.open(*scope, Location::Event(event.id), &event.body)?;
        }
        Ok(events)
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

    async fn swap_bodies(&self, scope: &TenantScope, swaps: Vec<Swap>) -> Result<usize, StoreError> {
        self.inner.swap_bodies(scope, swaps).await
    }

    async fn destroy(&self, scope: &TenantScope) -> Result<(), StoreError> {
        let destroyed = self.inner.destroy(scope).await;
        self.ciphers.forget(scope.tenant());
        destroyed
    }

    async fn lease_node(&self, holder: u128, now: Time, until: Time) -> Result<NodeLease, StoreError> {
        self.inner.lease_node(holder, now, until).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.inner.ping().await
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.inner.close().await
    }
}
