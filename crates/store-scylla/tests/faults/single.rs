//! One fault at a time, at each statement of a commit in turn.

use crate::proxy::{Fault, Proxied, answers, proxied, statements};
use crate::server;
use scylla_proxy::{Condition, Reaction as _, RequestRule, ResponseRule};
use tokio::sync::mpsc;
use ward_domain::decision::Change;
use ward_domain::id::{Id, UserId};
use ward_domain::record::{AggregateKind, ClaimKey, ClaimOp, IndexRow, Key, List, RecordKind};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;
use ward_store::conformance::Patient;
use ward_store::{AggregateRef, Commit, Committed, ListQuery, OutboxEvent, Store as _};
use ward_store_scylla::{Options, ScyllaStore};

fn id(number: u64) -> Id {
    Id::new(number).unwrap()
}

fn scope() -> TenantScope {
    TenantScope::mint(TenantId::from_number(8))
}

const CALENDAR: AggregateKind = AggregateKind::Calendar;

/// A commit with everything in it that replaces what the one before put.
fn commit(version: u64) -> Commit {
    let rows = |sort| {
        [List::Slots, List::MessagesDue, List::SessionsByUser]
            .map(|list| IndexRow { list, eq: Key::all(), sort })
            .to_vec()
    };
    let ms = i64::try_from(version).unwrap() * 10;
    let (start, end) = (Time::from_millis(ms), Time::from_millis(ms + 10));
    let day = ClaimKey::patient_day(UserId::from(id(1)), 0);
    let request = |number: u64| ClaimKey::log_in(&u128::from(number).to_be_bytes());
    Commit {
        id: id(1000 + version).into(),
        at: Time::default(),
        aggregate: AggregateRef { kind: CALENDAR, id: id(1) },
        expected: version - 1,
        changes: vec![Change {
            kind: RecordKind::Slot,
            id: id(5),
            body: Some(version.to_string().into_bytes()),
            put_rows: rows(version),
            drop_rows: rows(version - 1),
        }],
        claims: vec![
            ClaimOp::Take { key: request(version), body: vec![1], expires: None },
            ClaimOp::Release { key: request(version - 1) },
            ClaimOp::TakeSpan { key: day.clone(), start, end },
            ClaimOp::ReleaseSpan { key: day, start: Time::from_millis(ms - 10) },
        ],
        events: vec![OutboxEvent { id: id(version).into(), at: start, body: vec![2] }],
    }
}

/// Everything as the commit of a version leaves it.
async fn check(store: &ScyllaStore, version: u64, what: &str) {
    let scope = scope();
    let stored = store.get(&scope, RecordKind::Slot, id(5)).await.unwrap().unwrap();
    assert_eq!((stored.version, stored.body.to_vec()), (version, version.to_string().into_bytes()), "{what}");
    for list in [List::Slots, List::SessionsByUser] {
        let page = store.list(&scope, &ListQuery::all(list, Key::all())).await.unwrap();
        let rows: Vec<_> = page.rows.iter().map(|row| row.sort).collect();
        assert_eq!((rows, page.total), (vec![version], 1), "{what}: {list:?}");
    }
    for (number, held) in [(version - 1, false), (version, true), (version + 1, false)] {
        let key = ClaimKey::log_in(&u128::from(number).to_be_bytes());
        let holder = store.claim(&scope, &key, Time::default()).await.unwrap();
        assert_eq!(holder.is_some(), held, "{what}: claim {number}");
    }
    let events = store.pending_events(&scope, 10_000).await.unwrap();
    assert_eq!(events.len() as u64, version, "{what}: events");
    assert_eq!(
        store.version(&scope, AggregateRef { kind: CALENDAR, id: id(1) }).await.unwrap(),
        version,
        "{what}"
    );
}

/// Arms the proxy for the statement after `skip` others; the receiver hears of each frame that it met.
fn arm(proxied: &mut Proxied, fault: Fault, skip: usize) -> mpsc::UnboundedReceiver<()> {
    let (met, meets) = mpsc::unbounded_channel();
    let nth = |of: Condition| {
        of.and(Condition::not(Condition::TrueForLimitedTimes(skip))).and(Condition::TrueForLimitedTimes(1))
    };
    let node = &mut proxied.proxy.running_nodes[0];
    let (requests, mut frames) = mpsc::unbounded_channel();
    let (responses, mut answered) = mpsc::unbounded_channel();
    if fault.meets_answers() {
        let rule = ResponseRule(nth(answers()), fault.on_answer().with_feedback_when_performed(responses));
        node.change_response_rules(Some(vec![rule]));
        node.change_request_rules(None);
    } else {
        let rule = RequestRule(nth(statements()), fault.on_request().with_feedback_when_performed(requests));
        node.change_request_rules(Some(vec![rule]));
        node.change_response_rules(None);
    }
    tokio::spawn(async move {
        tokio::select! {
            Some(_) = frames.recv() => drop(met.send(())),
            Some(_) = answered.recv() => drop(met.send(())),
            // Disarmed without having met anything.
            else => {}
        }
    });
    meets
}

#[test]
fn no_single_fault_at_any_statement_of_a_commit_does_harm() {
    server::run(async {
        let mut proxied = proxied().await;
        let realm = b"single".to_vec();
        let watcher = server::beside(Options { realm: realm.clone(), ..server::shared_options() });
        let mut version = 0;
        for fault in Fault::ALL {
            let mut skip = 0;
            let begun = std::time::Instant::now();
            loop {
                version += 1;
                let what = format!("{fault:?} after {skip} statements, version {version}");
                let store = Patient::new(
                    proxied.store.beside(Options { realm: realm.clone(), ..proxied.options.clone() }),
                );
                // What the store knows of the aggregate stays with it, so that a commit begins with its intent.
                let mut met = arm(&mut proxied, fault, skip);
                let answer = store.commit(&scope(), commit(version)).await;
                assert_eq!(answer, Ok(Committed { version }), "{what}");
                check(&watcher, version, &what).await;
                if met.try_recv().is_err() {
                    // The commit has no more statements than that.
                    assert!(skip > 8, "{what}: the fault never came");
                    println!("{fault:?}: met at {skip} statements, in {:?}", begun.elapsed());
                    break;
                }
                skip += 1;
            }
        }
    });
}
