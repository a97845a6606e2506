//! A client that follows the protocol.

use crate::{
    Bounds, Commit, CommitError, Committed, DynStore, ListQuery, Outcome, Page, PlatformRow, RawBody,
    StoreError, Stored, StoredEvent,
};
use ward_domain::id::{EventId, Id};
use ward_domain::record::{Key, List, RecordKind};
use ward_domain::tenancy::TenantScope;

/// More often than any plan can fail in a row.
const ATTEMPTS: usize = 200;

/// Commits until it is known what became of the commit: an acknowledgement or a refusal, never unknown.
pub(super) async fn commit(
    store: &DynStore,
    scope: &TenantScope,
    commit: &Commit,
) -> Result<Committed, CommitError> {
    for _ in 0..ATTEMPTS {
        match store.commit(scope, commit.clone()).await {
            Err(CommitError::Unavailable(_)) => {}
            Err(CommitError::Unknown(_)) => match outcome(store, scope, commit).await {
                Outcome::Applied(version) => return Ok(Committed { version }),
                Outcome::Absent => {}
            },
            answer => return answer,
        }
    }
    panic!("the store never came back");
}

/// Calls until there is an answer.
macro_rules! patiently {
    ($call:expr) => {{
        let mut answer = $call.await;
        for _ in 0..ATTEMPTS {
            if !matches!(answer, Err(StoreError::Unavailable(_))) {
                break;
            }
            answer = $call.await;
        }
        answer.expect("the store never came back")
    }};
}

pub(super) async fn outcome(store: &DynStore, scope: &TenantScope, commit: &Commit) -> Outcome {
    patiently!(store.outcome(scope, commit.aggregate, commit.id))
}

pub(super) async fn get(store: &DynStore, scope: &TenantScope, kind: RecordKind, id: Id) -> Option<Stored> {
    patiently!(store.get(scope, kind, id))
}

pub(super) async fn get_many(
    store: &DynStore,
    scope: &TenantScope,
    kind: RecordKind,
    ids: &[Id],
) -> Vec<Stored> {
    patiently!(store.get_many(scope, kind, ids))
}

pub(super) async fn list(store: &DynStore, scope: &TenantScope, query: &ListQuery) -> Page {
    patiently!(store.list(scope, query))
}

pub(super) async fn count(store: &DynStore, scope: &TenantScope, query: &ListQuery) -> u64 {
    patiently!(store.count(scope, query.list, &query.eq, query.bounds))
}

pub(super) async fn version(store: &DynStore, scope: &TenantScope, aggregate: crate::AggregateRef) -> u64 {
    patiently!(store.version(scope, aggregate))
}

pub(super) async fn claim(
    store: &DynStore,
    scope: &TenantScope,
    key: &ward_domain::record::ClaimKey,
    now: ward_domain::time::Time,
) -> Option<crate::Claim> {
    patiently!(store.claim(scope, key, now))
}

pub(super) async fn bodies(
    store: &DynStore,
    scope: &TenantScope,
    after: Option<crate::Place>,
    limit: usize,
) -> Vec<RawBody> {
    patiently!(store.bodies(scope, after, limit))
}

pub(super) async fn platform_list(
    store: &DynStore,
    list: List,
    eq: &Key,
    bounds: Bounds,
    limit: usize,
) -> Vec<PlatformRow> {
    patiently!(store.platform_list(list, eq, bounds, limit))
}

pub(super) async fn tenants_with_events(store: &DynStore) -> Vec<ward_domain::tenancy::TenantId> {
    patiently!(store.tenants_with_events(None, 100))
}

pub(super) async fn pending_events(store: &DynStore, scope: &TenantScope, limit: usize) -> Vec<StoredEvent> {
    patiently!(store.pending_events(scope, limit))
}

/// "It may be lost in a crash: the events then come again", and are settled again.
pub(super) async fn settle_events(store: &DynStore, scope: &TenantScope, ids: &[EventId]) {
    for _ in 0..ATTEMPTS {
        patiently!(store.settle_events(scope, ids));
        let pending = pending_events(store, scope, 10_000).await;
        if !pending.iter().any(|stored| ids.contains(&stored.event.id)) {
            return;
        }
    }
    panic!("settled events come again and again");
}

pub(super) async fn destroy(store: &DynStore, scope: &TenantScope) {
    patiently!(store.destroy(scope));
}
