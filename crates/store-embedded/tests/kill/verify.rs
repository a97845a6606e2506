//! What must be there after a kill.

use crate::log::{self, Told};
use crate::{child, plan};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use ward_domain::record::{ClaimOp, Key, List, RecordKind};
use ward_domain::tenancy::TenantScope;
use ward_domain::time::Time;
use ward_store::query::MAX_PAGE;
use ward_store::{AggregateRef, Bounds, Commit, CommitError, ListQuery, Outcome, Slice, Store};
use ward_store_embedded::EmbeddedStore;

type Rows = BTreeSet<(u64, u64)>;

/// Opens what the child left and compares it with its log. Says how many commits stand.
pub fn check(folder: &Path) -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let store = EmbeddedStore::open(folder.join("store"), child::options()).unwrap();
        let mut told = log::read(folder);
        let mut stand = 0;
        let mut rows = BTreeMap::<u64, Rows>::new();
        let mut holders = BTreeMap::new();
        for writer in 0..plan::WRITERS {
            let told = told.remove(&writer).unwrap_or_default();
            let version = writer_is_whole(&store, writer, &told).await;
            stand += version;
            let own = expected_rows(writer, version);
            assert_eq!(
                all(&store, &plan::scope(writer), List::SlotsByDoctor, plan::by_doctor(writer)).await,
                own
            );
            rows.entry(plan::scope(writer).tenant().get()).or_default().extend(own);
            for step in told.won {
                let other = holders.insert((plan::scope(writer).tenant(), step), writer);
                assert_eq!(other, None, "two writers were told that they hold the claim of step {step}");
            }
        }
        for ((tenant, step), writer) in holders {
            let scope = plan::tenants().find(|scope| scope.tenant() == tenant).unwrap();
            let held = store.claim(&scope, &plan::wanted(step), Time::default()).await.unwrap();
            assert_eq!(held.map(|claim| claim.owner), Some(plan::aggregate(writer)), "step {step}");
        }
        lists_are_whole(&store, &rows).await;
        store.close().await.unwrap();
        stand
    })
}

/// Everything that a writer's commits made, up to the version found, and nothing beyond.
async fn writer_is_whole(store: &EmbeddedStore, writer: u64, told: &Told) -> u64 {
    let (scope, aggregate) = (plan::scope(writer), plan::aggregate(writer));
    let version = store.version(&scope, aggregate).await.unwrap();
    assert!(
        (told.acknowledged..=told.tried).contains(&version),
        "writer {writer} is at {version}: {} was acknowledged, {} was sent",
        told.acknowledged,
        told.tried
    );
    let events: BTreeSet<_> = store
        .pending_events(&scope, usize::MAX)
        .await
        .unwrap()
        .into_iter()
        .map(|stored| stored.event.id)
        .collect();
    for step in 1..=version + 1 {
        let stands = step <= version;
        let (gone, moved) = plan::fate(step, version);
        let found = store.get(&scope, RecordKind::Slot, plan::made(writer, step)).await.unwrap();
        let here = stands && !gone;
        assert_eq!(found.is_some(), here, "record of {writer}, {step}");
        if let Some(found) = found {
            assert_eq!(*found.body, *plan::body(writer, step, moved));
            assert_eq!(found.version, if moved { step + 1 } else { step });
        }
        let held = store.claim(&scope, &plan::claim(writer, step), Time::default()).await.unwrap();
        assert_eq!(held.map(|claim| claim.owner), here.then_some(aggregate), "claim of {writer}, {step}");
        let pending = events.contains(&plan::event(writer, step));
        assert!(pending == stands || told.settled.contains(&step), "event of {writer}, {step}");
    }
    if version > 0 {
        let outcomes = [
            store.outcome(&scope, aggregate, plan::commit(writer, version, false).id).await.unwrap(),
            store.outcome(&scope, aggregate, plan::commit(writer, version, true).id).await.unwrap(),
        ];
        assert!(outcomes.contains(&Outcome::Applied(version)), "{writer}: {outcomes:?}");
    }
    for step in version.saturating_sub(3).max(1)..=version + 1 {
        let here = step <= version && !plan::fate(step, version).0;
        assert_eq!(span_is_taken(store, &scope, writer, step).await, here, "span of {writer}, {step}");
    }
    version
}

/// Spans cannot be read, so another tries to have one, and gives it back.
async fn span_is_taken(store: &EmbeddedStore, scope: &TenantScope, writer: u64, step: u64) -> bool {
    let aggregate = AggregateRef { id: plan::id(999), ..plan::aggregate(writer) };
    let start = plan::span(writer, step).0.plus(3);
    let version = store.version(scope, aggregate).await.unwrap();
    let commit = |expected, op| Commit {
        id: plan::id(expected + 1).into(),
        at: Time::default(),
        aggregate,
        expected,
        changes: Vec::new(),
        claims: vec![op],
        events: Vec::new(),
    };
    let take = ClaimOp::TakeSpan { key: plan::day(), start, end: start.plus(1) };
    match store.commit(scope, commit(version, take)).await {
        Err(CommitError::ClaimTaken { owner, .. }) => {
            assert_eq!(owner, plan::aggregate(writer));
            true
        }
        Ok(done) => {
            let release = ClaimOp::ReleaseSpan { key: plan::day(), start };
            store.commit(scope, commit(done.version, release)).await.unwrap();
            false
        }
        Err(other) => panic!("{other}"),
    }
}

fn expected_rows(writer: u64, version: u64) -> Rows {
    let here = (1..=version).filter(|step| !plan::fate(*step, version).0);
    here.map(|step| (plan::sort(step, plan::fate(step, version).1), plan::made(writer, step).get())).collect()
}

/// The tenants' long lists, the platform's, and the counts of both.
async fn lists_are_whole(store: &EmbeddedStore, rows: &BTreeMap<u64, Rows>) {
    let mut wide: Vec<_> = store
        .platform_list(List::MessagesDue, &Key::all(), Bounds::ALL, usize::MAX)
        .await
        .unwrap()
        .into_iter()
        .map(|row| (row.tenant.get(), row.sort, row.id.get()))
        .collect();
    wide.sort_unstable();
    let expected: Vec<_> = rows
        .iter()
        .flat_map(|(tenant, rows)| rows.iter().map(move |(sort, id)| (*tenant, *sort, *id)))
        .collect();
    assert_eq!(wide, expected, "the platform-wide list");
    for scope in plan::tenants() {
        let expected = &rows[&scope.tenant().get()];
        assert_eq!(&all(store, &scope, List::Slots, Key::all()).await, expected);
        let half = Bounds { from: 0, until: 999_999 };
        let counted = store.count(&scope, List::Slots, &Key::all(), half).await.unwrap();
        assert_eq!(counted, expected.iter().filter(|(sort, _)| *sort <= 999_999).count() as u64);
    }
}

/// All rows of a list by offset, each page with the right total.
async fn all(store: &EmbeddedStore, scope: &TenantScope, list: List, eq: Key) -> Rows {
    let mut rows = Rows::new();
    let mut query = ListQuery::all(list, eq);
    loop {
        query.slice = Slice::Offset(rows.len() as u64);
        let page = store.list(scope, &query).await.unwrap();
        rows.extend(page.rows.iter().map(|row| (row.sort, row.id.get())));
        if page.rows.len() < MAX_PAGE {
            assert_eq!(page.total, rows.len() as u64, "the count of a list and its rows");
            return rows;
        }
    }
}
