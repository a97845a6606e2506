//! The store as the port wants it.

use crate::engine::{Engine, Table, damaged};
use crate::folder::Folder;
use crate::job::{Commission, Job, Reply};
use crate::options::Options;
use crate::value::Reader;
use crate::writer::{CLOSED, Writer};
use crate::{keys, lists, outbox, reads};
use async_trait::async_trait;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Semaphore, mpsc, oneshot};
use ward_domain::id::{CommitId, EventId, Id};
use ward_domain::record::{ClaimKey, Key, List, RecordKind};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;
use ward_store::{
    AggregateRef, Bounds, Claim, Commit, CommitError, Committed, ListQuery, NodeLease, Outcome, Page, Place,
    PlatformRow, RawBody, Store, StoreError, Stored, StoredEvent, Swap, Version,
};

/// The store on the local disk. Dropping it waits until what is queued has been written; [`Store::close`] does the same
/// without blocking the caller's thread, and says how it went.
pub struct EmbeddedStore {
    /// None once it is closed, so that the folder is free when the last read has ended.
    engine: RwLock<Option<Arc<Engine>>>,
    queue: Option<mpsc::Sender<Job>>,
    /// One permit per KiB of bodies in the queue.
    room: Arc<Semaphore>,
    writer: Option<JoinHandle<()>>,
}

impl EmbeddedStore {
    /// Opens the store in a folder of its own, creating it where there is none.
    ///
    /// [`StoreError::Unusable`] says what to do: another process has the folder, its format is newer than this program,
    /// its disk cannot be read or written.
    pub fn open(path: impl AsRef<Path>, options: Options) -> Result<Self, StoreError> {
        let options = options.clamped();
        let engine = Arc::new(Engine::open(Folder::take(path.as_ref())?, &options)?);
        let number = match engine.get(Table::Platform, keys::GROUP)? {
            Some(bytes) => {
                Reader::new(&bytes).u64().ok_or_else(|| damaged("the number of the latest group"))?
            }
            None => 0,
        };
        let room = Arc::new(Semaphore::new(options.queue_bytes / 1024));
        let (queue, jobs) = mpsc::channel(options.queue_jobs);
        let writer = Writer::new(engine.clone(), options, jobs, number)?;
        let writer = std::thread::Builder::new()
            .name("ward-store-writer".to_owned())
            .spawn(move || writer.run())
            .map_err(|error| {
                StoreError::Unusable(format!("the store's writer thread cannot be started: {error}"))
            })?;
        Ok(Self { engine: RwLock::new(Some(engine)), queue: Some(queue), room, writer: Some(writer) })
    }

    pub(crate) fn engine(&self) -> Result<Arc<Engine>, StoreError> {
        let engine = self.engine.read().unwrap_or_else(PoisonError::into_inner);
        engine.clone().ok_or_else(|| StoreError::Unavailable(CLOSED.to_owned()))
    }

    fn queue(&self) -> Result<&mpsc::Sender<Job>, StoreError> {
        self.engine()?;
        self.queue.as_ref().ok_or_else(|| StoreError::Unavailable(CLOSED.to_owned()))
    }

    /// Waits for room in the queue, then for the answer.
    pub(crate) async fn ask<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.queue()?.send(job(reply)).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}

fn stopped() -> StoreError {
    StoreError::Unavailable("the store's writer has stopped: restart the process".to_owned())
}

fn unavailable(error: &StoreError) -> CommitError {
    match error {
        StoreError::Unavailable(reason) => CommitError::Unavailable(reason.clone()),
        other => CommitError::Unavailable(other.to_string()),
    }
}

impl Drop for EmbeddedStore {
    fn drop(&mut self) {
        // Without a sender the writer ends after what is queued.
        self.queue = None;
        *self.engine.write().unwrap_or_else(PoisonError::into_inner) = None;
        if let Some(writer) = self.writer.take()
            && writer.join().is_err()
        {
            tracing::error!("the store's writer had failed");
        }
    }
}

#[async_trait]
impl Store for EmbeddedStore {
    fn is_shared(&self) -> bool {
        false
    }

    async fn commit(&self, scope: &TenantScope, commit: Commit) -> Result<Committed, CommitError> {
        commit.check_size()?;
        let busy = || CommitError::Unavailable("the store is busy: too many commits are waiting".to_owned());
        let queue = self.queue().map_err(|error| unavailable(&error))?;
        let kib = u32::try_from(commit.weight() / 1024).unwrap_or(u32::MAX);
        let permit = self.room.clone().try_acquire_many_owned(kib).map_err(|_| busy())?;
        let (reply, answer) = oneshot::channel();
        let job = Commission { tenant: scope.tenant(), commit: Box::new(commit), reply, _permit: permit };
        queue.try_send(Job::Commit(job)).map_err(|error| match error {
            TrySendError::Full(_) => busy(),
            TrySendError::Closed(_) => unavailable(&stopped()),
        })?;
        answer.await.unwrap_or_else(|_| Err(CommitError::Unknown("the store's writer has failed".to_owned())))
    }

    async fn outcome(
        &self,
        scope: &TenantScope,
        aggregate: AggregateRef,
        commit: CommitId,
    ) -> Result<Outcome, StoreError> {
        reads::outcome(&*self.engine()?, scope.tenant(), aggregate, commit)
    }

    async fn version(&self, scope: &TenantScope, aggregate: AggregateRef) -> Result<Version, StoreError> {
        Ok(reads::fence(&*self.engine()?, scope.tenant(), aggregate)?.version)
    }

    async fn get(&self, scope: &TenantScope, kind: RecordKind, id: Id) -> Result<Option<Stored>, StoreError> {
        let engine = self.engine()?;
        reads::get(&engine, &engine.snapshot(), scope.tenant(), kind, id)
    }

    async fn get_many(
        &self,
        scope: &TenantScope,
        kind: RecordKind,
        ids: &[Id],
    ) -> Result<Vec<Stored>, StoreError> {
        let engine = self.engine()?;
        let at = engine.snapshot();
        ids.iter().filter_map(|id| reads::get(&engine, &at, scope.tenant(), kind, *id).transpose()).collect()
    }

    async fn list(&self, scope: &TenantScope, query: &ListQuery) -> Result<Page, StoreError> {
        lists::page(&*self.engine()?, scope.tenant(), query)
    }

    async fn count(
        &self,
        scope: &TenantScope,
        list: List,
        eq: &Key,
        bounds: Bounds,
    ) -> Result<u64, StoreError> {
        lists::count(&*self.engine()?, scope.tenant(), list, eq, bounds)
    }

    async fn claim(
        &self,
        scope: &TenantScope,
        key: &ClaimKey,
        now: Time,
    ) -> Result<Option<Claim>, StoreError> {
        reads::claim(&*self.engine()?, scope.tenant(), key, now)
    }

    async fn pending_events(
        &self,
        scope: &TenantScope,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        outbox::pending(&*self.engine()?, scope.tenant(), limit)
    }

    async fn settle_events(&self, scope: &TenantScope, ids: &[EventId]) -> Result<(), StoreError> {
        let (tenant, events) = (scope.tenant(), ids.to_vec());
        self.ask(|reply| Job::Settle { tenant, events, reply }).await
    }

    async fn tenants_with_events(
        &self,
        after: Option<TenantId>,
        limit: usize,
    ) -> Result<Vec<TenantId>, StoreError> {
        outbox::tenants(&*self.engine()?, after, limit)
    }

    async fn platform_list(
        &self,
        list: List,
        eq: &Key,
        bounds: Bounds,
        limit: usize,
    ) -> Result<Vec<PlatformRow>, StoreError> {
        reads::platform_list(&*self.engine()?, list, eq, bounds, limit)
    }

    async fn bodies(
        &self,
        scope: &TenantScope,
        after: Option<Place>,
        limit: usize,
    ) -> Result<Vec<RawBody>, StoreError> {
        reads::bodies(&*self.engine()?, scope.tenant(), after, limit)
    }

    async fn swap_bodies(&self, scope: &TenantScope, swaps: Vec<Swap>) -> Result<usize, StoreError> {
        let tenant = scope.tenant();
        self.ask(|reply| Job::Swap { tenant, swaps, reply }).await
    }

    async fn destroy(&self, scope: &TenantScope) -> Result<(), StoreError> {
        let tenant = scope.tenant();
        self.ask(|reply| Job::Destroy { tenant, reply }).await
    }

    async fn lease_node(&self, holder: u128, _now: Time, until: Time) -> Result<NodeLease, StoreError> {
        self.ask(|reply| Job::Lease { holder, until, reply }).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.ask(|reply| Job::Ping { reply }).await
    }

    async fn close(&self) -> Result<(), StoreError> {
        let queue = self.queue()?.clone();
        *self.engine.write().unwrap_or_else(PoisonError::into_inner) = None;
        let (reply, answer) = oneshot::channel();
        queue.send(Job::Close { reply }).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}
