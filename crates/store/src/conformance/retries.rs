//! A commit is carried out once, however often it is sent, and its outcome can be asked for.

use super::Subject;
use super::fixture::{Draft, SLOT, SLOTS, account, calendar, claim, day, draft, id, slot_row, tenant};
use crate::commit::REMEMBERED_COMMITS;
use crate::{CommitError, Committed, Outcome, Version};
use ward_domain::record::Key;

async fn outcome(subject: &Subject, draft: &Draft) -> Outcome {
    let commit = &draft.0;
    subject.store.outcome(&tenant(1), commit.aggregate, commit.id).await.expect("outcome")
}

/// "Is acknowledged again and does nothing."
pub async fn a_commit_sent_twice_is_carried_out_once(subject: &Subject) {
    let scope = tenant(1);
    let once = draft(calendar(1), 0)
        .put(SLOT, 1, "one", &[slot_row(1)])
        .take(claim(1), "mine", None)
        .take_span(day(1), 0, 10)
        .event(5);
    subject.stands(&scope, once.clone()).await;
    let before = subject.snapshot(&scope, calendar(1), &[claim(1)]).await;
    for _ in 0..3 {
        assert_eq!(subject.commit(&scope, once.clone()).await, Ok(Committed { version: 1 }));
    }
    assert_eq!(subject.snapshot(&scope, calendar(1), &[claim(1)]).await, before);
}

/// Each of the latest [`REMEMBERED_COMMITS`] is acknowledged as the version that it made.
pub async fn the_latest_commits_are_known_again(subject: &Subject) {
    let scope = tenant(1);
    let mut sent = Vec::new();
    for version in 0..2 * REMEMBERED_COMMITS as Version {
        let next = draft(calendar(1), version).put(SLOT, version, "slot", &[]);
        subject.stands(&scope, next.clone()).await;
        sent.push(next);
    }
    for old in sent.iter().rev().take(REMEMBERED_COMMITS) {
        let version = old.0.expected + 1;
        assert_eq!(outcome(subject, old).await, Outcome::Applied(version));
        assert_eq!(subject.commit(&scope, old.clone()).await, Ok(Committed { version }));
    }
    assert_eq!(subject.version(&scope, calendar(1)).await, 2 * REMEMBERED_COMMITS as Version);
}

/// Acknowledged again, a commit does nothing, though what it did was undone since.
pub async fn a_commit_sent_late_does_not_undo_what_followed(subject: &Subject) {
    let scope = tenant(1);
    let first =
        draft(calendar(1), 0).put(SLOT, 1, "first", &[slot_row(1)]).take(claim(1), "a", None).event(1);
    subject.stands(&scope, first.clone()).await;
    let second =
        draft(calendar(1), 1).update(SLOT, 1, "second", &[slot_row(2)], &[slot_row(1)]).release(claim(1));
    subject.stands(&scope, second).await;
    subject.stands(&scope, draft(account(1), 0).take(claim(1), "b", None)).await;
    subject.store.settle_events(&scope, &[id(1).into()]).await.expect("settle");

    assert_eq!(subject.commit(&scope, first).await, Ok(Committed { version: 1 }));
    assert_eq!(subject.text(&scope, SLOT, id(1)).await.as_deref(), Some("second"));
    assert_eq!(subject.rows(&scope, SLOTS, Key::all()).await, [(2, 1)]);
    assert_eq!(subject.holder(&scope, &claim(1), 0).await.expect("a claim").owner, account(1));
    assert!(subject.events(&scope).await.is_empty(), "a settled event came back");
}

/// [`Outcome::Applied`] names the version that the commit made, later ones notwithstanding.
pub async fn the_outcome_of_a_standing_commit(subject: &Subject) {
    let scope = tenant(1);
    let (first, second) = (draft(calendar(1), 0).put(SLOT, 1, "one", &[]), draft(calendar(1), 1));
    subject.stands(&scope, first.clone()).await;
    assert_eq!(outcome(subject, &first).await, Outcome::Applied(1));
    subject.stands(&scope, second.clone()).await;
    assert_eq!(outcome(subject, &first).await, Outcome::Applied(1));
    assert_eq!(outcome(subject, &second).await, Outcome::Applied(2));
}

/// [`Outcome::Absent`]: in an aggregate that is there, in one that is not, and in another's.
pub async fn the_outcome_of_what_never_arrived(subject: &Subject) {
    let scope = tenant(1);
    let sent = draft(calendar(1), 0);
    subject.stands(&scope, sent.clone()).await;
    assert_eq!(outcome(subject, &draft(calendar(1), 1)).await, Outcome::Absent);
    assert_eq!(outcome(subject, &draft(calendar(2), 0)).await, Outcome::Absent);
    let elsewhere = subject.store.outcome(&scope, account(1), sent.0.id).await.expect("outcome");
    assert_eq!(elsewhere, Outcome::Absent);
}

/// A refusal is not remembered: the commit is absent, and sent again it is decided anew.
pub async fn a_refused_commit_is_absent_and_may_stand_later(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(account(1), 0).take(claim(1), "first", None)).await;
    let second = draft(account(2), 0).take(claim(1), "second", None);
    let refusal = subject.refused(&scope, second.clone()).await;
    assert_eq!(refusal, CommitError::ClaimTaken { key: claim(1), owner: account(1) });
    assert_eq!(outcome(subject, &second).await, Outcome::Absent);
    subject.stands(&scope, draft(account(1), 1).release(claim(1))).await;
    subject.stands(&scope, second.clone()).await;
    assert_eq!(outcome(subject, &second).await, Outcome::Applied(1));
}
