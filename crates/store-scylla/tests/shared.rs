//! Several processes on one keyspace, as stores that share a session and nothing else: one dies or is held up at a step of
//! its commit, and another goes on.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test: it mints its scopes, and panics to report"
)]

mod server;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use ward_domain::decision::Change;
use ward_domain::id::{Id, UserId};
use ward_domain::record::{AggregateKind, ClaimKey, ClaimOp, IndexRow, Key, List, RecordKind};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;
use ward_store::{AggregateRef, Commit, CommitError, Committed, ListQuery, OutboxEvent, Store as _};
use ward_store_scylla::{BreakPoint, Options, ScyllaStore};

const DEADLINE: Duration = Duration::from_mins(1);

fn id(number: u64) -> Id {
    Id::new(number).unwrap()
}

fn scope() -> TenantScope {
    TenantScope::mint(TenantId::from_number(1))
}

fn aggregate(number: u64) -> AggregateRef {
    AggregateRef { kind: AggregateKind::Calendar, id: id(number) }
}

/// Options of a realm of a test's own.
fn realm(name: &str) -> Options {
    Options { realm: name.as_bytes().to_vec(), ..server::shared_options() }
}

/// A commit that puts record `number` of an aggregate and its row, drops the row before, and has an event.
fn commit(owner: u64, expected: u64, body: &str) -> Commit {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let rows = |sort| vec![IndexRow { list: List::Slots, eq: Key::all(), sort }];
    Commit {
        id: id(number).into(),
        at: Time::default(),
        aggregate: aggregate(owner),
        expected,
        changes: vec![Change {
            kind: RecordKind::Slot,
            id: id(owner),
            body: Some(body.as_bytes().to_vec()),
            put_rows: rows(expected + 1),
            drop_rows: rows(expected),
        }],
        claims: vec![],
        events: vec![OutboxEvent { id: id(number).into(), at: Time::default(), body: vec![1] }],
    }
}

fn key() -> ClaimKey {
    ClaimKey::log_in(&[7; 16])
}

fn claiming(mut commit: Commit) -> Commit {
    commit.claims.push(ClaimOp::Take { key: key(), body: vec![1], expires: None });
    let day = ClaimKey::patient_day(UserId::from(id(1)), 0);
    let (start, end) = (Time::from_millis(0), Time::from_millis(100));
    commit.claims.push(ClaimOp::TakeSpan { key: day, start, end });
    commit
}

async fn text(store: &ScyllaStore, number: u64) -> Option<String> {
    let stored = store.get(&scope(), RecordKind::Slot, id(number)).await.unwrap();
    stored.map(|stored| String::from_utf8(stored.body.to_vec()).unwrap())
}

async fn rows(store: &ScyllaStore) -> Vec<(u64, u64)> {
    let page = store.list(&scope(), &ListQuery::all(List::Slots, Key::all())).await.unwrap();
    assert_eq!(page.total, page.rows.len() as u64);
    page.rows.iter().map(|row| (row.sort, row.id.get())).collect()
}

/// A store whose first commit is held up at a step until it is told to go on.
fn held_up(options: &Options, point: &'static str) -> (Arc<ScyllaStore>, Receiver<()>, Sender<()>) {
    let ((reached, wait_reached), (go, wait_go)) = (channel(), channel::<()>());
    let ways = Mutex::new(Some((reached, wait_go)));
    let hook: BreakPoint = Arc::new(move |at| {
        if at == point
            && let Some((reached, wait_go)) = ways.lock().unwrap().take()
        {
            reached.send(()).unwrap();
            wait_go.recv_timeout(DEADLINE).unwrap();
        }
    });
    let store = server::beside(Options { break_points: Some(hook), ..options.clone() });
    (Arc::new(store), wait_reached, go)
}

/// A request that was carried out is answered from what it made: its claim must not be seen before that.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_sees_a_claim_sees_what_was_committed_with_it() {
    let options = realm("claim_seen");
    let (first, reached, go) = held_up(&options, "fenced");
    let second = server::beside(options);
    let under_way = tokio::spawn({
        let first = Arc::clone(&first);
        async move { first.commit(&scope(), claiming(commit(1, 0, "made"))).await }
    });
    tokio::task::spawn_blocking(move || reached.recv_timeout(DEADLINE).unwrap()).await.unwrap();
    assert_eq!(text(&second, 1).await, None, "what follows the fence was not held up");
    let claim = second.claim(&scope(), &key(), Time::default()).await.unwrap();
    assert_eq!(claim.map(|claim| claim.owner), Some(aggregate(1)));
    assert_eq!(text(&second, 1).await.as_deref(), Some("made"));
    go.send(()).unwrap();
    under_way.await.unwrap().unwrap();
    assert_eq!(rows(&second).await, [(1, 1)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_one_commits_the_other_sees_and_goes_on_from() {
    let options = realm("seen");
    let stores = [server::beside(options.clone()), server::beside(options)];
    for version in 0..20_u64 {
        let turn = usize::try_from(version % 2).unwrap();
        let body = format!("{version}");
        let done = stores[turn].commit(&scope(), commit(1, version, &body)).await;
        assert_eq!(done, Ok(Committed { version: version + 1 }));
        for store in &stores {
            assert_eq!(text(store, 1).await.as_deref(), Some(body.as_str()));
            assert_eq!(rows(store).await, [(version + 1, 1)]);
            assert_eq!(store.pending_events(&scope(), 100).await.unwrap().len() as u64, version + 1);
        }
        let stale = stores[1 - turn].commit(&scope(), commit(1, version, "stale")).await;
        assert_eq!(stale, Err(CommitError::Version { actual: version + 1 }));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_version_is_won_once_whoever_races() {
    let options = realm("raced");
    let stores: Vec<_> = (0..3).map(|_| Arc::new(server::beside(options.clone()))).collect();
    let tenant = scope();
    for version in 0..8_u64 {
        let tries = stores.iter().map(|store| store.commit(&tenant, claiming(commit(1, version, "x"))));
        let answers = futures::future::join_all(tries).await;
        // A span is in its own way too, so only the first commit of all can stand.
        let stood = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(stood, usize::from(version == 0), "{version}: {answers:?}");
        let plain = stores.iter().map(|store| store.commit(&tenant, commit(1, version, "y")));
        let answers = futures::future::join_all(plain).await;
        let stood = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(stood, usize::from(version > 0), "{version}: {answers:?}");
    }
    assert_eq!(stores[0].version(&scope(), aggregate(1)).await.unwrap(), 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_is_held_up_before_the_fence_loses_what_another_took_meanwhile() {
    let options = realm("before");
    let (slow, reached, go) = held_up(&options, "reserved");
    let late = tokio::spawn(async move { slow.commit(&scope(), claiming(commit(1, 0, "slow"))).await });
    reached.recv_timeout(DEADLINE).unwrap();
    let quick = server::beside(options);
    // It waits for the other a little, then takes the turn from it, and the claims.
    assert_eq!(quick.commit(&scope(), claiming(commit(2, 0, "quick"))).await, Ok(Committed { version: 1 }));
    go.send(()).unwrap();
    let answer = late.await.unwrap();
    assert!(
        matches!(answer, Err(CommitError::ClaimTaken { owner, .. }) if owner == aggregate(2)),
        "{answer:?}"
    );
    assert_eq!(text(&quick, 1).await, None);
    assert_eq!(rows(&quick).await, [(1, 2)]);
    assert_eq!(quick.version(&scope(), aggregate(1)).await.unwrap(), 0);
    let holder = quick.claim(&scope(), &key(), Time::default()).await.unwrap().unwrap();
    assert_eq!(holder.owner, aggregate(2));
}

/// A span that stands hides no longer one that is to take its place, and begins where it does.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_span_that_is_being_made_longer_has_one_owner_all_the_same() {
    let options = realm("longer");
    let quick = server::beside(options.clone());
    let key = ClaimKey::patient_day(UserId::from(id(1)), 0);
    let span = |start, end| ClaimOp::TakeSpan {
        key: key.clone(),
        start: Time::from_millis(start),
        end: Time::from_millis(end),
    };
    let with = |mut commit: Commit, claims: Vec<ClaimOp>| {
        commit.claims = claims;
        commit
    };
    quick.commit(&scope(), with(commit(1, 0, "short"), vec![span(0, 10)])).await.unwrap();
    let (slow, reached, go) = held_up(&options, "reserved");
    let release = ClaimOp::ReleaseSpan { key: key.clone(), start: Time::from_millis(0) };
    let longer = with(commit(1, 1, "long"), vec![release, span(0, 100)]);
    let late = tokio::spawn(async move { slow.commit(&scope(), longer).await });
    reached.recv_timeout(DEADLINE).unwrap();
    let wanting = with(commit(2, 0, "quick"), vec![span(50, 60)]);
    assert_eq!(quick.commit(&scope(), wanting).await, Ok(Committed { version: 1 }));
    go.send(()).unwrap();
    let answer = late.await.unwrap();
    assert!(
        matches!(answer, Err(CommitError::ClaimTaken { owner, .. }) if owner == aggregate(2)),
        "{answer:?}"
    );
    assert_eq!(text(&quick, 1).await.as_deref(), Some("short"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_is_held_up_before_the_fence_without_a_rival_still_wins() {
    let options = realm("alone");
    let (slow, reached, go) = held_up(&options, "reserved");
    let late = tokio::spawn(async move { slow.commit(&scope(), claiming(commit(1, 0, "slow"))).await });
    reached.recv_timeout(DEADLINE).unwrap();
    let quick = server::beside(options);
    // Another takes the aggregate's turn, not its claims: the slow one tries the next turn by itself.
    let tenant = scope();
    let outcome = quick.commit(&tenant, claiming(commit(2, 0, "quick")));
    let taken = tokio::time::timeout(Duration::from_millis(200), outcome).await;
    assert!(taken.is_err(), "it should be waiting: {taken:?}");
    go.send(()).unwrap();
    assert_eq!(late.await.unwrap(), Ok(Committed { version: 1 }));
    let refused = quick.commit(&scope(), claiming(commit(2, 0, "quick"))).await;
    assert!(
        matches!(refused, Err(CommitError::ClaimTaken { owner, .. }) if owner == aggregate(1)),
        "{refused:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_is_held_up_after_the_fence_overwrites_nothing_newer() {
    let options = realm("after");
    let (slow, reached, go) = held_up(&options, "fenced");
    let late = tokio::spawn(async move { slow.commit(&scope(), claiming(commit(1, 0, "slow"))).await });
    reached.recv_timeout(DEADLINE).unwrap();
    let quick = server::beside(options);
    // It stands: whoever asks finishes it, and goes on from there.
    assert_eq!(quick.version(&scope(), aggregate(1)).await.unwrap(), 1);
    assert_eq!(text(&quick, 1).await.as_deref(), Some("slow"));
    assert_eq!(quick.commit(&scope(), commit(1, 1, "newer")).await, Ok(Committed { version: 2 }));
    let events: Vec<_> =
        quick.pending_events(&scope(), 10).await.unwrap().iter().map(|stored| stored.event.id).collect();
    quick.settle_events(&scope(), &events).await.unwrap();
    go.send(()).unwrap();
    assert_eq!(late.await.unwrap(), Ok(Committed { version: 1 }));
    assert_eq!(text(&quick, 1).await.as_deref(), Some("newer"));
    assert_eq!(rows(&quick).await, [(2, 1)]);
    assert!(quick.pending_events(&scope(), 10).await.unwrap().is_empty(), "a settled event came back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_want_overlapping_spans_at_once_one_gets_its_span() {
    let options = realm("overlap");
    let stores: Vec<_> = (0..4).map(|_| Arc::new(server::beside(options.clone()))).collect();
    let tenant = scope();
    for round in 0..12_u64 {
        // Each for an aggregate of its own: nothing but the span tells them apart. Some want a claim besides.
        let tries = stores.iter().zip(0_u64..).map(|(store, number)| {
            let mut wanting = commit(100 + number, round, "x");
            let start = i64::try_from(round * 1000 + number * 10).unwrap();
            wanting.claims.push(ClaimOp::TakeSpan {
                key: ClaimKey::patient_day(UserId::from(id(9)), 0),
                start: Time::from_millis(start),
                end: Time::from_millis(start + 100),
            });
            if round % 3 == 0 {
                let request = ClaimKey::log_in(&u128::from(round * 2 + number % 2).to_be_bytes());
                wanting.claims.push(ClaimOp::Take { key: request, body: vec![1], expires: None });
            }
            store.commit(&tenant, wanting)
        });
        let answers = futures::future::join_all(tries).await;
        let stood = answers.iter().filter(|answer| answer.is_ok()).count();
        let refused = answers.iter().filter(|answer| matches!(answer, Err(CommitError::ClaimTaken { .. })));
        assert_eq!((stood, refused.count()), (1, 3), "{round}: {answers:?}");
        // The others catch up, so that all expect the same version in the next round.
        for ((store, answer), number) in stores.iter().zip(&answers).zip(0_u64..) {
            if answer.is_err() {
                store.commit(&tenant, commit(100 + number, round, "y")).await.unwrap();
            }
        }
    }
}
