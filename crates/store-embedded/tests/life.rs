//! What the suite for all back ends cannot ask: groups, the queue, restarts, removals that were interrupted.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test: it mints its scopes, and panics to report"
)]

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use ward_domain::decision::Change;
use ward_domain::id::Id;
use ward_domain::record::{AggregateKind, ClaimKey, ClaimOp, IndexRow, Key, List, RecordKind};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;
use ward_store::{AggregateRef, Bounds, Commit, CommitError, Committed, OutboxEvent, Store, StoreError};
use ward_store_embedded::{EmbeddedStore, Options};

const DEADLINE: Duration = Duration::from_mins(1);

fn id(number: u64) -> Id {
    Id::new(number).unwrap()
}

fn scope(number: u64) -> TenantScope {
    TenantScope::mint(TenantId::from_number(number))
}

fn aggregate(number: u64) -> AggregateRef {
    AggregateRef { kind: AggregateKind::Calendar, id: id(number) }
}

fn commit(aggregate_number: u64, expected: u64) -> Commit {
    Commit {
        id: id(aggregate_number * 1000 + expected + 1).into(),
        at: Time::default(),
        aggregate: aggregate(aggregate_number),
        expected,
        changes: Vec::new(),
        claims: Vec::new(),
        events: Vec::new(),
    }
}

fn row(list: List, sort: u64) -> IndexRow {
    IndexRow { list, eq: Key::all(), sort }
}

fn record(number: u64, rows: Vec<IndexRow>) -> Change {
    Change {
        kind: RecordKind::Slot,
        id: id(number),
        body: Some(b"{}".to_vec()),
        put_rows: rows,
        drop_rows: Vec::new(),
    }
}

fn claiming(mut commit: Commit) -> Commit {
    let key = ClaimKey::first_admin();
    commit.claims.push(ClaimOp::Take { key, body: Vec::new(), expires: None });
    commit
}

/// A store whose writer stops at the begin of each group, says so, and goes on when it is told.
fn held_back(path: &Path, options: &Options) -> (Arc<EmbeddedStore>, Receiver<()>, Sender<()>) {
    let ((reached, wait_reached), (go, wait_go)) = (channel(), channel::<()>());
    let (reached, wait_go) = (Mutex::new(reached), Mutex::new(wait_go));
    let hook = move |point: &'static str| {
        if point == "queued" {
            let _ = reached.lock().unwrap().send(());
            let _ = wait_go.lock().unwrap().recv_timeout(DEADLINE);
        }
    };
    let options = Options { break_points: Some(Arc::new(hook)), ..options.clone() };
    (Arc::new(EmbeddedStore::open(path, options).unwrap()), wait_reached, go)
}

/// Sends commits while the writer is held at its first group: all but the first make the second group.
async fn in_one_group(
    store: &Arc<EmbeddedStore>,
    commits: Vec<Commit>,
    reached: &Receiver<()>,
    go: &Sender<()>,
) -> Vec<Result<Committed, CommitError>> {
    let mut answers = Vec::new();
    for (number, commit) in commits.into_iter().enumerate() {
        let store = store.clone();
        answers.push(tokio::spawn(async move { store.commit(&scope(1), commit).await }));
        // On this runtime's one thread the task has queued its commit when this returns.
        tokio::task::yield_now().await;
        if number == 0 {
            reached.recv_timeout(DEADLINE).unwrap();
        }
    }
    go.send(()).unwrap();
    reached.recv_timeout(DEADLINE).unwrap();
    go.send(()).unwrap();
    let mut results = Vec::new();
    for answer in answers {
        results.push(answer.await.unwrap());
    }
    results
}

#[tokio::test]
async fn a_refused_commit_affects_no_other_of_its_group() {
    let folder = tempfile::tempdir().unwrap();
    let (store, reached, go) = held_back(folder.path(), &Options::default());
    let again = claiming(commit(1, 0));
    let answers = in_one_group(
        &store,
        vec![
            commit(9, 0),
            again.clone(),
            Commit { id: id(77).into(), ..commit(1, 0) },
            commit(1, 1),
            claiming(commit(2, 0)),
            commit(3, 0),
            again,
        ],
        &reached,
        &go,
    )
    .await;
    let taken = CommitError::ClaimTaken { key: ClaimKey::first_admin(), owner: aggregate(1) };
    assert_eq!(
        answers,
        [
            Ok(Committed { version: 1 }),
            Ok(Committed { version: 1 }),
            Err(CommitError::Version { actual: 1 }),
            Ok(Committed { version: 2 }),
            Err(taken),
            Ok(Committed { version: 1 }),
            Ok(Committed { version: 1 }),
        ]
    );
    assert_eq!(store.version(&scope(1), aggregate(2)).await.unwrap(), 0);
}

#[tokio::test]
async fn a_full_queue_refuses_at_once_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (store, reached, go) = held_back(folder.path(), &Options { queue_jobs: 2, ..Options::default() });
    let commits = (1..=5).map(|number| commit(number, 0)).collect();
    let answers = in_one_group(&store, commits, &reached, &go).await;
    assert!(answers[..3].iter().all(Result::is_ok), "{answers:?}");
    for (number, answer) in answers.iter().enumerate().skip(3) {
        assert!(matches!(answer, Err(CommitError::Unavailable(_))), "{answer:?}");
        assert_eq!(store.version(&scope(1), aggregate(number as u64 + 1)).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_closed_store_lets_its_folder_go_while_it_is_still_held() {
    let folder = tempfile::tempdir().unwrap();
    let first = EmbeddedStore::open(folder.path(), Options::default()).unwrap();
    first.commit(&scope(1), commit(1, 0)).await.unwrap();
    let refused = EmbeddedStore::open(folder.path(), Options::default()).map(|_| ()).unwrap_err();
    assert!(
        matches!(&refused, StoreError::Unusable(words) if words.contains("is in use by process")),
        "{refused}"
    );
    first.close().await.unwrap();
    let second = EmbeddedStore::open(folder.path(), Options::default()).unwrap();
    assert_eq!(second.version(&scope(1), aggregate(1)).await.unwrap(), 1);
    assert!(first.version(&scope(1), aggregate(1)).await.is_err());
}

#[tokio::test]
async fn the_node_lease_and_unsettled_events_outlive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (now, until) = (Time::from_millis(1000), Time::from_millis(61_000));
    {
        let store = EmbeddedStore::open(folder.path(), Options::default()).unwrap();
        assert_eq!(store.lease_node(1, now, until).await.unwrap().until, until);
        for tenant in [3, 5, 9] {
            let mut commit = commit(1, 0);
            commit.events =
                (1..=4).map(|event| OutboxEvent { id: id(event).into(), at: now, body: vec![7] }).collect();
            store.commit(&scope(tenant), commit).await.unwrap();
        }
        store.settle_events(&scope(3), &[1, 2].map(|event| id(event).into())).await.unwrap();
        store.settle_events(&scope(5), &[1, 2, 3, 4].map(|event| id(event).into())).await.unwrap();
        store.close().await.unwrap();
    }
    let store = EmbeddedStore::open(folder.path(), Options::default()).unwrap();
    let lease = store.lease_node(2, now, until.plus(5000)).await.unwrap();
    assert_eq!((lease.floor, lease.until), (until, until.plus(5000)));
    let tenants = |after: Option<u64>, limit| {
        let (store, after) = (&store, after.map(TenantId::from_number));
        async move { store.tenants_with_events(after, limit).await.unwrap() }
    };
    assert_eq!(tenants(None, 10).await, [3, 9].map(TenantId::from_number));
    assert_eq!(tenants(None, 1).await, [3].map(TenantId::from_number));
    assert_eq!(tenants(Some(3), 10).await, [9].map(TenantId::from_number));
    let left: Vec<_> = store
        .pending_events(&scope(3), 10)
        .await
        .unwrap()
        .iter()
        .map(|stored| stored.event.id.get())
        .collect();
    assert_eq!(left, [3, 4]);
}

#[tokio::test]
async fn a_removal_that_was_interrupted_goes_on_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    // Several slices of keys in the first tables, so that one start of a removal cannot be all of it.
    let rows = 12_000;
    {
        let store = Arc::new(EmbeddedStore::open(folder.path(), Options::default()).unwrap());
        for tenant in [4, 5] {
            for part in 0..rows / 1000 {
                let mut commit = commit(1, part);
                let numbers = part * 1000..(part + 1) * 1000;
                let lists = |sort| vec![row(List::Slots, sort), row(List::MessagesDue, sort)];
                commit.changes = numbers.map(|number| record(number, lists(number))).collect();
                store.commit(&scope(tenant), commit).await.unwrap();
            }
        }
        let removing = store.clone();
        let removal = tokio::spawn(async move { removing.destroy(&scope(4)).await });
        tokio::task::yield_now().await;
        removal.abort();
        let _ = removal.await;
        // The writer takes what is queued, the begin of the removal, and ends.
    }
    let store = EmbeddedStore::open(folder.path(), Options::default()).unwrap();
    let begun = Instant::now();
    while let Err(error) = store.commit(&scope(4), commit(1, 0)).await {
        assert!(
            matches!(error, CommitError::Unavailable(_)),
            "nothing of the tenant may be committed to: {error}"
        );
        assert!(begun.elapsed() < DEADLINE, "the removal does not end");
        tokio::task::yield_now().await;
    }
    assert_eq!(store.count(&scope(4), List::Slots, &Key::all(), Bounds::ALL).await.unwrap(), 0);
    assert!(store.bodies(&scope(4), None, 10).await.unwrap().is_empty());
    assert_eq!(store.count(&scope(5), List::Slots, &Key::all(), Bounds::ALL).await.unwrap(), rows);
    let wide = store.platform_list(List::MessagesDue, &Key::all(), Bounds::ALL, usize::MAX).await.unwrap();
    assert_eq!(wide.len() as u64, rows);
    assert!(wide.iter().all(|row| row.tenant == TenantId::from_number(5)));
}
