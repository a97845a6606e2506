//! Many at once.

use super::Subject;
use super::fixture::{Draft, SLOT, SLOTS, account, calendar, claim, day, draft, id, slot_row, tenant};
use crate::{CommitError, Committed};
use std::collections::BTreeSet;
use tokio::task::JoinSet;
use ward_domain::record::Key;

/// How many at once.
const MANY: u64 = 64;

/// Sends all drafts at the same time; answers in their order.
async fn at_once(subject: &Subject, drafts: Vec<Draft>) -> Vec<Result<Committed, CommitError>> {
    let mut tasks = JoinSet::new();
    for (number, draft) in drafts.into_iter().enumerate() {
        let store = subject.store.clone();
        tasks.spawn(async move { (number, store.commit(&tenant(1), draft.0).await) });
    }
    let mut answers = tasks.join_all().await;
    answers.sort_by_key(|(number, _)| *number);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

/// Of 64 commits decided on one version exactly one stands, round after round, until all have stood.
pub async fn one_commit_wins_each_version(subject: &Subject) {
    let mut waiting: Vec<u64> = (1..=MANY).collect();
    for version in 0..MANY {
        let drafts = waiting.iter().map(|number| {
            draft(calendar(1), version).put(SLOT, *number, "x", &[slot_row(version)]).event(*number)
        });
        let answers = at_once(subject, drafts.collect()).await;
        let won: Vec<usize> = (0..answers.len()).filter(|at| answers[*at].is_ok()).collect();
        assert_eq!(won.len(), 1, "version {version} was won by {}", won.len());
        assert_eq!(answers[won[0]], Ok(Committed { version: version + 1 }));
        for lost in answers.iter().filter(|answer| answer.is_err()) {
            assert_eq!(*lost, Err(CommitError::Version { actual: version + 1 }));
        }
        let winner = waiting.remove(won[0]);
        let stored = subject.get(&tenant(1), SLOT, id(winner)).await.expect("the winner's document");
        assert_eq!(stored.version, version + 1);
        assert_eq!(subject.bodies(&tenant(1)).await.len() as u64, version + 1, "a loser left a document");
    }
    assert_eq!(subject.version(&tenant(1), calendar(1)).await, MANY);
    assert_eq!(subject.rows(&tenant(1), SLOTS, Key::all()).await.len() as u64, MANY);
    assert_eq!(subject.events(&tenant(1)).await.len() as u64, MANY);
}

/// Of 64 aggregates that take one claim exactly one gets it, and all others are told who.
pub async fn one_of_many_gets_a_claim(subject: &Subject) {
    let take = |number| draft(account(number), 0).take(claim(1), "mine", None).put(SLOT, number, "x", &[]);
    let answers = at_once(subject, (1..=MANY).map(take).collect()).await;
    let winners: Vec<u64> =
        (1..).zip(&answers).filter(|(_, answer)| answer.is_ok()).map(|(n, _)| n).collect();
    assert_eq!(winners.len(), 1);
    let owner = account(winners[0]);
    assert_eq!(subject.holder(&tenant(1), &claim(1), 0).await.expect("a claim").owner, owner);
    for answer in answers.into_iter().filter(Result::is_err) {
        assert_eq!(answer, Err(CommitError::ClaimTaken { key: claim(1), owner }));
    }
    let kept: Vec<_> = subject.bodies(&tenant(1)).await.iter().map(|body| body.place.id.get()).collect();
    assert_eq!(kept, winners);
}

/// Spans that all share one millisecond: one stands.
pub async fn one_of_many_gets_a_span(subject: &Subject) {
    let take = |number: u64| {
        let number_ms = i64::try_from(number).expect("small");
        draft(calendar(number), 0).take_span(day(1), number_ms, 100 + number_ms)
    };
    let answers = at_once(subject, (1..=MANY).map(take).collect()).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    let lost = |answer: &&Result<_, _>| matches!(answer, Err(CommitError::ClaimTaken { .. }));
    assert_eq!(answers.iter().filter(lost).count() as u64, MANY - 1);
}

/// A commit that many send at once is acknowledged to all and carried out once.
pub async fn one_commit_sent_by_many_is_carried_out_once(subject: &Subject) {
    let commit = draft(calendar(1), 0).put(SLOT, 1, "x", &[slot_row(1)]).event(1);
    let answers = at_once(subject, vec![commit; usize::try_from(MANY).expect("small")]).await;
    for answer in answers {
        assert_eq!(answer, Ok(Committed { version: 1 }));
    }
    assert_eq!(subject.version(&tenant(1), calendar(1)).await, 1);
    assert_eq!(subject.rows(&tenant(1), SLOTS, Key::all()).await, [(1, 1)]);
    assert_eq!(subject.events(&tenant(1)).await.len(), 1);
}

/// Commits to different aggregates have no reason to refuse each other, though their rows share a list.
pub async fn aggregates_do_not_disturb_each_other(subject: &Subject) {
    for version in 0..4 {
        let put = |number: u64| {
            let slot = version * MANY + number;
            draft(calendar(number), version).put(SLOT, slot, "x", &[slot_row(slot % 10)])
        };
        for answer in at_once(subject, (1..=MANY).map(put).collect()).await {
            assert_eq!(answer, Ok(Committed { version: version + 1 }));
        }
    }
    let rows = subject.rows(&tenant(1), SLOTS, Key::all()).await;
    assert_eq!(rows.len() as u64, 4 * MANY);
    assert!(rows.is_sorted());
    assert_eq!(rows.iter().map(|(_, id)| *id).collect::<BTreeSet<_>>().len() as u64, 4 * MANY);
}
