//! [`Subject`]: the store that a case is about, and the calls that cases make of it.

use super::fixture::{Draft, at};
use super::keys::Keys;
use crate::{
    AggregateRef, Claim, CommitError, Committed, DynStore, Faulty, ListQuery, Page, Place, Plan, RawBody,
    Sealed, Store, Stored, StoredEvent, Version,
};
use std::sync::Arc;
use ward_domain::id::{EventId, Id};
use ward_domain::record::{ClaimKey, Key, List, RecordKind};
use ward_domain::tenancy::TenantScope;

/// A store under test, bare or behind wrappers.
pub struct Subject {
    /// The store that calls go to.
    pub store: DynStore,
    /// True where bodies are sealed below.
    pub sealed: bool,
    /// The faulty layer, where there is one.
    pub faults: Option<Arc<Faulty<DynStore>>>,
}

impl Subject {
    /// The store as it is.
    pub fn plain(store: impl Store) -> Self {
        Self { store: Arc::new(store), sealed: false, faults: None }
    }

    /// The store behind [`Sealed`].
    pub fn sealed(store: impl Store) -> Self {
        let store = Sealed::new(store, Arc::new(Keys::new()));
        Self { store: Arc::new(store), sealed: true, faults: None }
    }

    /// The store behind [`Faulty`].
    pub fn faulty(store: impl Store, plan: Plan) -> Self {
        let inner: DynStore = Arc::new(store);
        let faulty = Arc::new(Faulty::new(inner, plan));
        Self { store: Arc::<Faulty<DynStore>>::clone(&faulty), sealed: false, faults: Some(faulty) }
    }

    /// The store behind [`Faulty`] behind [`Sealed`]: as a program has it whose store fails.
    pub fn sealed_and_faulty(store: impl Store, plan: Plan) -> Self {
        let faulty = Self::faulty(store, plan);
        Self { faults: faulty.faults, ..Self::sealed(faulty.store) }
    }

    /// Commits.
    pub async fn commit(&self, scope: &TenantScope, draft: Draft) -> Result<Committed, CommitError> {
        self.store.commit(scope, draft.0).await
    }

    /// Commits what must stand, as the version after the expected one.
    pub async fn stands(&self, scope: &TenantScope, draft: Draft) {
        let version = draft.0.expected + 1;
        let described = format!("{:?}", draft.0);
        assert_eq!(self.commit(scope, draft).await, Ok(Committed { version }), "{described}");
    }

    /// Commits what must be refused and must leave everything as it was.
    pub async fn refused(&self, scope: &TenantScope, draft: Draft) -> CommitError {
        let (aggregate, keys) = (draft.0.aggregate, claim_keys(&draft));
        let before = self.snapshot(scope, aggregate, &keys).await;
        let described = format!("{:?} at {}", draft.0.aggregate, draft.0.expected);
        let error = self.commit(scope, draft).await.expect_err(&described);
        assert_eq!(self.snapshot(scope, aggregate, &keys).await, before, "a refused commit left something");
        error
    }

    /// One document.
    pub async fn get(&self, scope: &TenantScope, kind: RecordKind, number: Id) -> Option<Stored> {
        self.store.get(scope, kind, number).await.expect("get")
    }

    /// One document's text.
    pub async fn text(&self, scope: &TenantScope, kind: RecordKind, number: Id) -> Option<String> {
        self.get(scope, kind, number)
            .await
            .map(|stored| String::from_utf8(stored.body.to_vec()).expect("a text"))
    }

    /// A slice of a list.
    pub async fn list(&self, scope: &TenantScope, query: &ListQuery) -> Page {
        self.store.list(scope, query).await.expect("list")
    }

    /// Sort keys and ids of a whole list.
    pub async fn rows(&self, scope: &TenantScope, list: List, eq: Key) -> Vec<(u64, u64)> {
        let page = self.list(scope, &ListQuery::all(list, eq)).await;
        assert_eq!(page.total, page.rows.len() as u64, "the total of a list that fits on a page");
        pairs(&page)
    }

    /// Who holds a claim at `at(ms)`.
    pub async fn holder(&self, scope: &TenantScope, key: &ClaimKey, ms: i64) -> Option<Claim> {
        self.store.claim(scope, key, at(ms)).await.expect("claim")
    }

    /// All unsettled events.
    pub async fn events(&self, scope: &TenantScope) -> Vec<StoredEvent> {
        self.store.pending_events(scope, 1000).await.expect("pending events")
    }

    /// The ids of all unsettled events.
    pub async fn event_ids(&self, scope: &TenantScope) -> Vec<EventId> {
        self.events(scope).await.iter().map(|stored| stored.event.id).collect()
    }

    /// All bodies as they lie, up to 1000.
    pub async fn bodies(&self, scope: &TenantScope) -> Vec<RawBody> {
        self.store.bodies(scope, None, 1000).await.expect("bodies")
    }

    /// The version of an aggregate.
    pub async fn version(&self, scope: &TenantScope, aggregate: AggregateRef) -> Version {
        self.store.version(scope, aggregate).await.expect("version")
    }

    /// Everything of a tenant that reads can show, in one comparable value.
    pub async fn snapshot(
        &self,
        scope: &TenantScope,
        aggregate: AggregateRef,
        claims: &[ClaimKey],
    ) -> Snapshot {
        let mut lists = Vec::new();
        for list in List::ALL.iter().filter(|list| !list.platform_wide()) {
            for eq in [Key::all(), Key::of(1), Key::of(2)] {
                lists.push(self.rows(scope, *list, eq).await);
            }
        }
        let mut held = Vec::new();
        for key in claims {
            held.push(self.holder(scope, key, 0).await);
        }
        let bodies = self.bodies(scope).await;
        let mut documents = Vec::new();
        for Place { kind, id } in bodies.iter().map(|body| body.place) {
            documents.push(self.get(scope, kind, id).await);
        }
        Snapshot {
            version: self.version(scope, aggregate).await,
            bodies,
            documents,
            lists,
            held,
            events: self.events(scope).await,
            tenants: self.store.tenants_with_events(None, 1000).await.expect("tenants").len(),
        }
    }
}

/// See [`Subject::snapshot`].
#[derive(Debug, PartialEq, Eq)]
pub struct Snapshot {
    version: Version,
    bodies: Vec<RawBody>,
    documents: Vec<Option<Stored>>,
    lists: Vec<Vec<(u64, u64)>>,
    held: Vec<Option<Claim>>,
    events: Vec<StoredEvent>,
    tenants: usize,
}

/// Sort keys and ids of a page.
pub fn pairs(page: &Page) -> Vec<(u64, u64)> {
    page.rows.iter().map(|row| (row.sort, row.id.get())).collect()
}

fn claim_keys(draft: &Draft) -> Vec<ClaimKey> {
    draft.0.claims.iter().map(|op| op.key().clone()).collect()
}
