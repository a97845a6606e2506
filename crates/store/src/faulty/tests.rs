//! Faults come as planned, and as the port allows them.

use super::{Faulty, Injected, Plan};
use crate::conformance::Model;
use crate::conformance::fixture::{SLOT, at, calendar, draft, id, tenant};
use crate::{CommitError, Outcome, Store, StoreError};
use std::time::Duration;

fn faulty(plan: Plan) -> Faulty<Model> {
    Faulty::new(Model::new(), plan)
}

/// A plan of which only this is left.
fn always(change: impl FnOnce(&mut Plan)) -> Faulty<Model> {
    let mut plan = Plan::calm(1);
    change(&mut plan);
    faulty(plan)
}

/// The answers of a fixed series of calls, as text.
async fn series(plan: Plan) -> (Vec<String>, Injected) {
    let store = faulty(plan);
    let mut answers = Vec::new();
    let mut version = 0;
    for number in 0..200 {
        let commit = draft(calendar(1), version).put(SLOT, number, "x", &[]).0;
        answers.push(format!("{:?}", store.commit(&tenant(1), commit).await));
        version = store.inner().version(&tenant(1), calendar(1)).await.unwrap();
        answers.push(format!("{:?}", store.get(&tenant(1), SLOT, id(number)).await));
        answers.push(format!("{:?}", store.lease_node(1, at(0), at(1)).await));
        answers.push(format!("{:?}", store.settle_events(&tenant(1), &[id(1).into()]).await));
    }
    (answers, store.injected())
}

#[tokio::test(start_paused = true)]
async fn one_seed_gives_one_series_of_faults() {
    let (first, injected) = series(Plan::rough(7)).await;
    assert_eq!(series(Plan::rough(7)).await, (first.clone(), injected));
    assert_ne!(series(Plan::rough(8)).await.0, first);
    for (what, count) in [
        ("refused", injected.refused),
        ("lost answers", injected.lost_answers),
        ("lost requests", injected.lost_requests),
        ("failed reads", injected.failed_reads),
        ("delayed", injected.delayed),
    ] {
        assert!(count > 5, "{what}: {count}");
    }
    assert_eq!(series(Plan::calm(7)).await.1, Injected::default());
}

#[tokio::test]
async fn a_refused_commit_did_nothing() {
    let store = always(|plan| plan.refuse = 100);
    let answer = store.commit(&tenant(1), draft(calendar(1), 0).0).await;
    assert!(matches!(answer, Err(CommitError::Unavailable(_))), "{answer:?}");
    assert_eq!(store.inner().version(&tenant(1), calendar(1)).await.unwrap(), 0);
    assert_eq!(store.injected(), Injected { refused: 1, ..Injected::default() });
}

#[tokio::test]
async fn a_lost_answer_leaves_the_commit_standing() {
    let store = always(|plan| plan.lose_answer = 100);
    let commit = draft(calendar(1), 0).0;
    let answer = store.commit(&tenant(1), commit.clone()).await;
    assert!(matches!(answer, Err(CommitError::Unknown(_))), "{answer:?}");
    let outcome = store.outcome(&tenant(1), calendar(1), commit.id).await.unwrap();
    assert_eq!(outcome, Outcome::Applied(1));
    // A refusal is lost like any other answer.
    let stale = draft(calendar(1), 0).0;
    let answer = store.commit(&tenant(1), stale.clone()).await;
    assert!(matches!(answer, Err(CommitError::Unknown(_))), "{answer:?}");
    let outcome = store.outcome(&tenant(1), calendar(1), stale.id).await.unwrap();
    assert_eq!(outcome, Outcome::Absent);
    assert_eq!(store.injected(), Injected { lost_answers: 2, ..Injected::default() });
}

#[tokio::test]
async fn a_lost_request_leaves_nothing() {
    let store = always(|plan| plan.lose_request = 100);
    let commit = draft(calendar(1), 0).event(1).0;
    let answer = store.commit(&tenant(1), commit.clone()).await;
    assert!(matches!(answer, Err(CommitError::Unknown(_))), "{answer:?}");
    assert_eq!(store.outcome(&tenant(1), calendar(1), commit.id).await.unwrap(), Outcome::Absent);
    // A settling is acknowledged and forgotten, as a crash may do; a lease or a removal is not.
    store.inner().commit(&tenant(1), commit).await.unwrap();
    store.settle_events(&tenant(1), &[id(1).into()]).await.unwrap();
    assert_eq!(store.pending_events(&tenant(1), 10).await.unwrap().len(), 1);
    assert!(matches!(store.lease_node(1, at(0), at(1)).await, Err(StoreError::Unavailable(_))));
    assert!(matches!(store.destroy(&tenant(1)).await, Err(StoreError::Unavailable(_))));
    assert_eq!(store.inner().version(&tenant(1), calendar(1)).await.unwrap(), 1);
    assert_eq!(store.injected(), Injected { refused: 2, lost_requests: 2, ..Injected::default() });
}

#[tokio::test]
async fn a_failed_read_is_unavailable() {
    let store = always(|plan| plan.fail_read = 100);
    store.commit(&tenant(1), draft(calendar(1), 0).0).await.unwrap();
    assert!(matches!(store.version(&tenant(1), calendar(1)).await, Err(StoreError::Unavailable(_))));
    assert!(matches!(store.ping().await, Err(StoreError::Unavailable(_))));
    assert_eq!(store.injected(), Injected { failed_reads: 2, ..Injected::default() });
    store.close().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_delay_takes_no_longer_than_planned() {
    let longest_delay = Duration::from_hours(1);
    let store = always(|plan| (plan.delay, plan.longest_delay) = (100, longest_delay));
    let began = tokio::time::Instant::now();
    store.version(&tenant(1), calendar(1)).await.unwrap();
    // Once before the inner store's work, and once after it; timers are a millisecond coarse.
    assert!(began.elapsed() > Duration::ZERO);
    assert!(began.elapsed() <= 2 * longest_delay + Duration::from_millis(2));
    assert_eq!(store.injected().delayed, 2);
}
