//! What a store and its calls share.

use crate::connection::Connection;
use crate::fault::Fault;
use crate::fence::{Fence, State};
use crate::intents::Intents;
use crate::lists::{Lists, Name};
use crate::moving::Imports;
use crate::open::Open;
use crate::options::Options;
use crate::space::{Lives, Space};
use crate::together::Together;
use moka::sync::Cache;
use std::hash::{BuildHasher as _, DefaultHasher, Hash as _, Hasher as _, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{Mutex, MutexGuard};
use ward_domain::tenancy::TenantId;
use ward_store::AggregateRef;

/// Fences whose state is kept in memory, and lists known to be registered.
const KEPT: u64 = 50_000;
/// Locks that commits of this process share; two aggregates on one lock wait for each other and no more.
const LOCKS: usize = 1024;

/// A store's insides.
pub(crate) struct House {
    pub(crate) connection: Arc<Connection>,
    pub(crate) options: Options,
    pub(crate) lives: Lives,
    pub(crate) lists: Lists,
    pub(crate) open: Open,
    pub(crate) intents: Intents,
    pub(crate) imports: Imports,
    /// What commits write before their fences.
    pub(crate) before: Together,
    /// What they write after.
    pub(crate) after: Together,
    /// Fences as this process last saw them, all of whose journal has been followed.
    states: Cache<(Space, AggregateRef), Arc<State>>,
    registered: Cache<(Name, i64), ()>,
    locks: Vec<Mutex<()>>,
    closed: AtomicBool,
}

impl House {
    pub(crate) fn new(connection: Arc<Connection>, options: Options) -> Self {
        Self {
            connection,
            lives: Lives::new(),
            lists: Lists::new(),
            open: Open::new(&options),
            before: Together::new(),
            after: Together::new(),
            imports: Imports::default(),
            intents: Intents::new(RandomState::new().hash_one(0)),
            states: Cache::new(KEPT),
            registered: Cache::new(KEPT),
            locks: (0..LOCKS).map(|_| Mutex::new(())).collect(),
            closed: AtomicBool::new(false),
            options,
        }
    }

    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    pub(crate) fn check_open(&self) -> Result<(), Fault> {
        if self.closed.load(Ordering::Acquire) {
            return Err(Fault::Refused("the store is closed".to_owned()));
        }
        Ok(())
    }

    /// The tenant's space, if the store is open.
    pub(crate) async fn space(&self, tenant: TenantId) -> Result<Space, Fault> {
        self.check_open()?;
        self.lives.space(&self.connection, &self.options, tenant).await
    }

    pub(crate) fn fence<'a>(&'a self, space: &'a Space, aggregate: AggregateRef) -> Fence<'a> {
        Fence { connection: &self.connection, space, aggregate }
    }

    /// Commits of one aggregate in this process come one after the other: to contend for a fence costs far more.
    pub(crate) async fn lock(&self, space: &Space, aggregate: AggregateRef) -> Option<MutexGuard<'_, ()>> {
        let mut hasher = DefaultHasher::new();
        (space, aggregate).hash(&mut hasher);
        let index = usize::try_from(hasher.finish() % LOCKS as u64).unwrap_or(0);
        match self.locks.get(index) {
            Some(lock) => Some(lock.lock().await),
            None => None,
        }
    }

    pub(crate) fn state(&self, fence: &Fence<'_>) -> Option<Arc<State>> {
        self.states.get(&(fence.space.clone(), fence.aggregate))
    }

    pub(crate) fn keep(&self, fence: &Fence<'_>, state: State) -> Arc<State> {
        let state = Arc::new(state);
        self.states.insert((fence.space.clone(), fence.aggregate), state.clone());
        state
    }

    pub(crate) fn forget(&self, fence: &Fence<'_>) {
        self.states.invalidate(&(fence.space.clone(), fence.aggregate));
    }

    pub(crate) fn is_registered(&self, name: &Name, bucket: i64) -> bool {
        self.registered.contains_key(&(name.clone(), bucket))
    }

    pub(crate) fn registered(&self, names: Vec<(Name, i64)>) {
        for name in names {
            self.registered.insert(name, ());
        }
    }

    /// True if something stamped then is still early enough for whoever must know of it.
    pub(crate) fn is_in_time(&self, sent: i64) -> bool {
        let half = i64::try_from(self.options.grace.as_micros() / 2).unwrap_or(i64::MAX);
        self.options.stamp().saturating_sub(sent) < half
    }
}
