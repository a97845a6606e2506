//! A commit is all or nothing, fenced by a version, and visible to the next read.

use super::Subject;
use super::fixture::{APPOINTMENT, SLOT, SLOTS, account, calendar, claim, day, draft, id, slot_row, tenant};
use crate::CommitError;
use ward_domain::record::Key;

/// "0 where nothing was ever committed to it."
pub async fn an_aggregate_begins_at_version_zero(subject: &Subject) {
    assert_eq!(subject.version(&tenant(1), calendar(1)).await, 0);
    subject.stands(&tenant(1), draft(calendar(1), 0).put(SLOT, 1, "one", &[])).await;
    assert_eq!(subject.version(&tenant(1), calendar(2)).await, 0);
}

/// "The aggregate's version now: one more than expected."
pub async fn each_commit_raises_the_version_by_one(subject: &Subject) {
    for version in 0..5 {
        subject.stands(&tenant(1), draft(calendar(1), version).put(SLOT, version, "slot", &[])).await;
        assert_eq!(subject.version(&tenant(1), calendar(1)).await, version + 1);
    }
}

/// [`crate::Stored::version`] is "the aggregate's version that wrote it", not the one it is at.
pub async fn a_document_keeps_the_version_that_wrote_it(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(calendar(7), 0).put(SLOT, 1, "one", &[])).await;
    subject.stands(&scope, draft(calendar(7), 1).put(SLOT, 2, "two", &[])).await;
    let (one, two) = (subject.get(&scope, SLOT, id(1)).await, subject.get(&scope, SLOT, id(2)).await);
    let (one, two) = (one.expect("the first"), two.expect("the second"));
    assert_eq!((one.version, one.aggregate, one.kind, one.id), (1, calendar(7), SLOT, id(1)));
    assert_eq!((two.version, two.aggregate, &*two.body), (2, calendar(7), b"two".as_slice()));
}

/// "One commit carries all four for one aggregate."
pub async fn a_commit_carries_everything_at_once(subject: &Subject) {
    let scope = tenant(1);
    let everything = draft(calendar(1), 0)
        .put(SLOT, 1, "one", &[slot_row(10)])
        .put(APPOINTMENT, 2, "two", &[])
        .take(claim(1), "mine", None)
        .take_span(day(1), 0, 10)
        .event(5);
    subject.stands(&scope, everything).await;
    assert_eq!(subject.text(&scope, SLOT, id(1)).await.as_deref(), Some("one"));
    assert_eq!(subject.text(&scope, APPOINTMENT, id(2)).await.as_deref(), Some("two"));
    assert_eq!(subject.rows(&scope, SLOTS, Key::all()).await, [(10, 1)]);
    assert_eq!(subject.holder(&scope, &claim(1), 0).await.expect("a claim").owner, calendar(1));
    assert_eq!(subject.event_ids(&scope).await, [id(5).into()]);
    let clash = subject.refused(&scope, draft(calendar(2), 0).take_span(day(1), 9, 11)).await;
    assert_eq!(clash, CommitError::ClaimTaken { key: day(1), owner: calendar(1) });
}

/// A commit that changes nothing is a commit.
pub async fn a_commit_without_content_counts(subject: &Subject) {
    subject.stands(&tenant(1), draft(calendar(1), 0)).await;
    assert_eq!(subject.version(&tenant(1), calendar(1)).await, 1);
    assert!(subject.bodies(&tenant(1)).await.is_empty());
}

/// "The document as JSON, or `None` where it goes."
pub async fn a_document_can_go_and_come_back(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(calendar(1), 0).put(SLOT, 1, "first", &[])).await;
    subject.stands(&scope, draft(calendar(1), 1).remove(SLOT, 1, &[])).await;
    assert_eq!(subject.get(&scope, SLOT, id(1)).await, None);
    subject.stands(&scope, draft(calendar(1), 2).put(SLOT, 1, "second", &[])).await;
    let back = subject.get(&scope, SLOT, id(1)).await.expect("the second");
    assert_eq!((back.version, &*back.body), (3, b"second".as_slice()));
    // To remove what is not there changes nothing but the version.
    subject.stands(&scope, draft(calendar(1), 3).remove(SLOT, 99, &[])).await;
    assert_eq!(subject.bodies(&scope).await.len(), 1);
}

/// "Carries out a commit, or changes nothing", and says what version the aggregate is at.
pub async fn a_stale_version_is_refused_and_leaves_nothing(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(calendar(1), 0).put(SLOT, 1, "first", &[slot_row(1)])).await;
    subject.stands(&scope, draft(calendar(1), 1).put(SLOT, 2, "second", &[slot_row(2)])).await;
    for stale in [0, 1] {
        let late = draft(calendar(1), stale)
            .update(SLOT, 1, "late", &[slot_row(3)], &[slot_row(1)])
            .remove(SLOT, 2, &[slot_row(2)])
            .take(claim(1), "late", None)
            .take_span(day(1), 0, 10)
            .event(9);
        assert_eq!(subject.refused(&scope, late).await, CommitError::Version { actual: 2 });
    }
    // The span was not taken either.
    subject.stands(&scope, draft(calendar(2), 0).take_span(day(1), 0, 10)).await;
}

/// A version is not a lower bound.
pub async fn a_version_not_reached_is_refused_and_leaves_nothing(subject: &Subject) {
    let early = draft(calendar(1), 3).put(SLOT, 1, "early", &[slot_row(1)]);
    assert_eq!(subject.refused(&tenant(1), early).await, CommitError::Version { actual: 0 });
}

/// "Takes what is free, lapsed, or already this aggregate's; else the commit is refused": all of it.
pub async fn a_taken_claim_refuses_the_whole_commit(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(account(1), 0).take(claim(1), "first", None)).await;
    subject.stands(&scope, draft(calendar(1), 0).put(SLOT, 1, "kept", &[slot_row(1)])).await;
    let late = draft(calendar(1), 1)
        .update(SLOT, 1, "changed", &[slot_row(2)], &[slot_row(1)])
        .put(APPOINTMENT, 5, "new", &[])
        .take(claim(2), "free", None)
        .take(claim(1), "taken", None)
        .take_span(day(1), 0, 10)
        .event(9);
    let taken = CommitError::ClaimTaken { key: claim(1), owner: account(1) };
    assert_eq!(subject.refused(&scope, late).await, taken);
    subject.stands(&scope, draft(calendar(2), 0).take_span(day(1), 0, 10)).await;
}

/// "Refused where it overlaps another span there": the whole commit.
pub async fn a_taken_span_refuses_the_whole_commit(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(calendar(1), 0).take_span(day(1), 0, 10)).await;
    let late = draft(calendar(2), 0)
        .put(SLOT, 1, "new", &[slot_row(1)])
        .take(claim(1), "free", None)
        .take_span(day(2), 0, 10)
        .take_span(day(1), 5, 15)
        .event(9);
    let taken = CommitError::ClaimTaken { key: day(1), owner: calendar(1) };
    assert_eq!(subject.refused(&scope, late).await, taken);
    // The other day's span, which was free, was not taken.
    subject.stands(&scope, draft(calendar(3), 0).take_span(day(2), 0, 10)).await;
}

/// An aggregate is named by kind and id.
pub async fn aggregates_have_versions_of_their_own(subject: &Subject) {
    let scope = tenant(1);
    for version in 0..3 {
        subject.stands(&scope, draft(calendar(1), version)).await;
    }
    subject.stands(&scope, draft(account(1), 0)).await;
    subject.stands(&scope, draft(calendar(2), 0)).await;
    assert_eq!(subject.version(&scope, calendar(1)).await, 3);
    assert_eq!(subject.version(&scope, account(1)).await, 1);
}

/// "Reads see every commit that was acknowledged before they began": each kind of read, after each commit.
pub async fn a_commit_is_seen_by_the_next_read(subject: &Subject) {
    let scope = tenant(1);
    for version in 0..50 {
        let number = version + 1;
        let text = format!("slot {number}");
        let next = draft(calendar(1), version)
            .put(SLOT, number, &text, &[slot_row(number)])
            .take(claim(1), &text, None)
            .event(number);
        subject.stands(&scope, next).await;
        assert_eq!(subject.text(&scope, SLOT, id(number)).await, Some(text.clone()));
        assert_eq!(subject.rows(&scope, SLOTS, Key::all()).await.len() as u64, number);
        assert_eq!(subject.holder(&scope, &claim(1), 0).await.expect("a claim").body, text.into_bytes());
        assert_eq!(subject.event_ids(&scope).await.last(), Some(&id(number).into()));
        assert_eq!(subject.bodies(&scope).await.len() as u64, number);
        assert_eq!(subject.version(&scope, calendar(1)).await, number);
    }
}
