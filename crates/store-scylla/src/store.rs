//! The store as the port wants it.

use crate::commit;
use crate::connection::Connection;
use crate::fault::Fault;
use crate::fence::claim_item;
use crate::house::House;
use crate::intents::sweep;
use crate::lists::{Name, Reading, code};
use crate::migrations::check;
use crate::moving::check_serving;
use crate::open::Set;
use crate::options::Options;
use crate::reconciler::{Tended, reconcile};
use crate::space::Space;
use crate::value::blob;
use crate::{leases, outbox, records, removal, wide};
use async_trait::async_trait;
use std::sync::Arc;
use ward_domain::id::{CommitId, EventId, Id};
use ward_domain::record::{ClaimKey, Key, List, RecordKind};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;
use ward_store::{
    AggregateRef, Bounds, Claim, Commit, CommitError, Committed, ListQuery, NodeLease, Outcome, Page, Place,
    PlatformRow, RawBody, Store, StoreError, Stored, StoredEvent, Swap, Version,
};

/// The store on a CQL server. Several processes may have one open on the same keyspace.
pub struct ScyllaStore {
    pub(crate) house: Arc<House>,
}

impl ScyllaStore {
    /// Opens the store. The keyspace must have been made by [`crate::migrations::migrate`].
    ///
    /// [`StoreError::Unusable`] says what to do: wrong credentials, no such keyspace, a schema of another version, a
    /// migration that was changed. [`StoreError::Unavailable`]: no node answers.
    pub async fn open(options: Options) -> Result<Self, StoreError> {
        let session = crate::session::open(&options, None).await?;
        check(&session, &options.keyspace).await?;
        drop(session);
        let connection = Box::pin(Connection::open(&options)).await?;
        let store = Self::new(House::new(Arc::new(connection), options));
        // Kept with the handle. That a restore is unfinished is told by whoever is asked to serve.
        crate::moving::read_mark(&store.house).await?;
        Ok(store)
    }

    /// A second store over the same connection, with nothing in memory, as another process would have it. Of the
    /// options only the connection's stay.
    #[must_use]
    pub fn beside(&self, options: Options) -> Self {
        Self::new(House::new(self.house.connection.clone(), options))
    }

    fn new(house: House) -> Self {
        Self { house: Arc::new(house) }
    }

    /// Finishes what dead processes left, and rolls up the lists that this process has changed much. For a timer: about
    /// every ten seconds, in every process; several at once do no harm.
    pub async fn tend(&self) -> Result<Tended, StoreError> {
        let House { lists, connection, options, .. } = &*self.house;
        self.house.check_open()?;
        sweep(&self.house).await?;
        let finished = reconcile(&self.house).await?;
        let due = lists.due(options);
        for name in &due {
            lists.roll_up(connection, options, name).await?;
        }
        Ok(Tended { finished, rolled: due.len() })
    }

    /// What answers, and its version.
    pub async fn server(&self) -> Result<String, StoreError> {
        self.house.check_open()?;
        Ok(self.house.connection.server().await?)
    }

    /// Settings of the server that lose or stall what must not be lost or stalled, each with what to do.
    pub async fn warnings(&self) -> Result<Vec<String>, StoreError> {
        self.house.check_open()?;
        Ok(self.house.connection.warnings().await)
    }

    /// True once [`Store::close`] was called.
    pub fn is_closed(&self) -> bool {
        self.house.check_open().is_err()
    }

    async fn space(&self, scope: &TenantScope) -> Result<Space, Fault> {
        self.house.space(scope.tenant()).await
    }

    fn reading<'a>(&'a self, name: &'a Name) -> Reading<'a> {
        let House { lists, connection, options, .. } = &*self.house;
        Reading { lists, connection, options, name }
    }
}

#[async_trait]
impl Store for ScyllaStore {
    fn is_shared(&self) -> bool {
        true
    }

    async fn commit(&self, scope: &TenantScope, commit: Commit) -> Result<Committed, CommitError> {
        commit::commit(&self.house, scope.tenant(), &commit).await
    }

    async fn outcome(
        &self,
        scope: &TenantScope,
        aggregate: AggregateRef,
        commit: CommitId,
    ) -> Result<Outcome, StoreError> {
        let space = self.space(scope).await?;
        Ok(commit::outcome(&self.house, &self.house.fence(&space, aggregate), commit).await?)
    }

    async fn version(&self, scope: &TenantScope, aggregate: AggregateRef) -> Result<Version, StoreError> {
        let space = self.space(scope).await?;
        Ok(commit::version(&self.house, &self.house.fence(&space, aggregate)).await?)
    }

    async fn get(&self, scope: &TenantScope, kind: RecordKind, id: Id) -> Result<Option<Stored>, StoreError> {
        Ok(records::get(&self.house, &self.space(scope).await?, kind, id).await?)
    }

    async fn get_many(
        &self,
        scope: &TenantScope,
        kind: RecordKind,
        ids: &[Id],
    ) -> Result<Vec<Stored>, StoreError> {
        Ok(records::get_many(&self.house, &self.space(scope).await?, kind, ids).await?)
    }

    async fn list(&self, scope: &TenantScope, query: &ListQuery) -> Result<Page, StoreError> {
        let space = self.space(scope).await?;
        let name = Name { space, code: code(query.list), eq: query.eq.bytes().to_vec() };
        self.reading(&name).page(query).await
    }

    async fn count(
        &self,
        scope: &TenantScope,
        list: List,
        eq: &Key,
        bounds: Bounds,
    ) -> Result<u64, StoreError> {
        let space = self.space(scope).await?;
        let name = Name { space, code: code(list), eq: eq.bytes().to_vec() };
        self.reading(&name).count(bounds).await
    }

    async fn claim(
        &self,
        scope: &TenantScope,
        key: &ClaimKey,
        now: Time,
    ) -> Result<Option<Claim>, StoreError> {
        let space = self.space(scope).await?;
        Ok(claim(&self.house, &space, key, now).await?)
    }

    async fn pending_events(
        &self,
        scope: &TenantScope,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        Ok(outbox::pending(&self.house, &self.space(scope).await?, limit).await?)
    }

    async fn settle_events(&self, scope: &TenantScope, ids: &[EventId]) -> Result<(), StoreError> {
        check_serving(&self.house).await?;
        Ok(outbox::settle(&self.house, &self.space(scope).await?, ids).await?)
    }

    async fn tenants_with_events(
        &self,
        after: Option<TenantId>,
        limit: usize,
    ) -> Result<Vec<TenantId>, StoreError> {
        Ok(outbox::tenants(&self.house, after, limit).await?)
    }

    async fn platform_list(
        &self,
        list: List,
        eq: &Key,
        bounds: Bounds,
        limit: usize,
    ) -> Result<Vec<PlatformRow>, StoreError> {
        Ok(wide::rows(&self.house, list, eq, bounds, limit).await?)
    }

    async fn bodies(
        &self,
        scope: &TenantScope,
        after: Option<Place>,
        limit: usize,
    ) -> Result<Vec<RawBody>, StoreError> {
        Ok(records::bodies(&self.house, &self.space(scope).await?, after, limit).await?)
    }

    async fn swap_bodies(&self, scope: &TenantScope, swaps: Vec<Swap>) -> Result<usize, StoreError> {
        check_serving(&self.house).await?;
        Ok(records::swap(&self.house, &self.space(scope).await?, swaps).await?)
    }

    async fn destroy(&self, scope: &TenantScope) -> Result<(), StoreError> {
        check_serving(&self.house).await?;
        Ok(removal::destroy(&self.house, scope.tenant()).await?)
    }

    async fn lease_node(&self, holder: u128, now: Time, until: Time) -> Result<NodeLease, StoreError> {
        leases::lease(&self.house, holder, now, until).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        check_serving(&self.house).await?;
        // A write at the consistency that a commit's follow-up needs, of something that means nothing.
        let House { connection, options, open, .. } = &*self.house;
        Ok(open.drop(connection, options, &Set::Tenants(u8::MAX), b"ping", options.stamp()).await?)
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.house.check_open()?;
        self.house.close();
        if let Err(fault) = sweep(&self.house).await {
            tracing::debug!(?fault, "intents stay for a reconciler");
        }
        Ok(())
    }
}

/// Who holds a claim: whom the pointer names, if his fence agrees. Whoever sees a claim sees what was committed with it:
/// where that may not have been written yet, it is.
async fn claim(house: &House, space: &Space, key: &ClaimKey, now: Time) -> Result<Option<Claim>, Fault> {
    let values = vec![space.key(), blob(key.bytes())];
    let st = &house.connection.statements;
    let rows = house.connection.rows::<(i32, i64, i64, i64)>(&st.claim, values).await?;
    let Some((kind, id, turn, commit)) = rows.first().copied() else { return Ok(None) };
    let pointer =
        crate::claims::Pointer::read(kind, id, turn, commit).ok_or_else(|| Fault::damaged("a claim"))?;
    let fence = house.fence(space, pointer.owner);
    let held = fence.hold(&claim_item(key.bytes())).await?;
    let Some(held) = held.filter(|held| held.until > now.sort_key()) else { return Ok(None) };
    if house.state(&fence).is_none_or(|known| known.turn < pointer.ticket.turn) {
        commit::load(house, &fence).await?;
    }
    Ok(Some(Claim { owner: pointer.owner, body: held.body }))
}
