//! Spans under one key do not overlap.

use super::Subject;
use super::fixture::{calendar, claim, day, draft, tenant};
use crate::{AggregateRef, CommitError};

fn taken(owner: AggregateRef) -> CommitError {
    CommitError::ClaimTaken { key: day(1), owner }
}

/// Tries a span and gives it back at once, so that only the question remains.
async fn is_free(subject: &Subject, number: u64, start: i64, end: i64) -> bool {
    let (scope, prober) = (tenant(1), calendar(999));
    let version = subject.version(&scope, prober).await;
    let probe = draft(prober, version).take_span(day(number), start, end).release_span(day(number), start);
    match subject.commit(&scope, probe).await {
        Ok(_) => true,
        Err(CommitError::ClaimTaken { .. }) => false,
        Err(error) => panic!("{error}"),
    }
}

/// Every way in which two spans can share a millisecond.
pub async fn overlapping_spans_are_refused(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(calendar(1), 0).take_span(day(1), 100, 200)).await;
    for (start, end) in [
        (100, 200),
        (150, 160),
        (50, 250),
        (50, 101),
        (199, 300),
        (100, 101),
        (199, 200),
        (100, 300),
        (0, 200),
    ] {
        let refusal = subject.refused(&scope, draft(calendar(2), 0).take_span(day(1), start, end)).await;
        assert_eq!(refusal, taken(calendar(1)), "[{start}, {end})");
    }
}

/// `[start, end)`: the end is the next one's start.
pub async fn adjacent_spans_stand(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(calendar(1), 0).take_span(day(1), 100, 200)).await;
    subject.stands(&scope, draft(calendar(2), 0).take_span(day(1), 200, 300)).await;
    subject.stands(&scope, draft(calendar(3), 0).take_span(day(1), 0, 100)).await;
    // Between two with a gap, only what fits.
    subject.stands(&scope, draft(calendar(4), 0).take_span(day(1), 400, 500)).await;
    assert!(!is_free(subject, 1, 299, 400).await);
    assert!(!is_free(subject, 1, 300, 401).await);
    assert!(is_free(subject, 1, 300, 400).await);
}

/// The owner is the calendar; the patient cannot be in it twice at once either.
pub async fn an_own_span_is_in_the_way_too(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(calendar(1), 0).take_span(day(1), 100, 200)).await;
    let own = subject.refused(&scope, draft(calendar(1), 1).take_span(day(1), 150, 250)).await;
    assert_eq!(own, taken(calendar(1)));
    // In one commit as well.
    let twice = draft(calendar(2), 0).take_span(day(2), 0, 10).take_span(day(2), 5, 15);
    let refusal = subject.refused(&scope, twice).await;
    assert_eq!(refusal, CommitError::ClaimTaken { key: day(2), owner: calendar(2) });
    assert!(is_free(subject, 2, 0, 10).await);
    // And where it gives another back: nothing of it stands.
    subject.stands(&scope, draft(calendar(1), 1).take_span(day(3), 0, 10)).await;
    let other_day = draft(calendar(1), 2).release_span(day(3), 0).take_span(day(1), 150, 250);
    assert_eq!(subject.refused(&scope, other_day).await, taken(calendar(1)));
    assert!(!is_free(subject, 3, 0, 10).await);
}

/// A commit takes spans of many, several of them under one key; where one is in the way it says which, and none is taken.
pub async fn one_commit_takes_many_spans(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(calendar(1), 0).take_span(day(7), 100, 200)).await;
    let all = |days: std::ops::RangeInclusive<u64>, version| {
        let spans = days.flat_map(|number| [(number, 150, 160), (number, 300, 400)]);
        let all = spans.fold(draft(calendar(2), version), |all, (number, start, end)| {
            all.take_span(day(number), start, end)
        });
        all.take_span(day(30), 0, 1)
    };
    let refusal = subject.refused(&scope, all(1..=20, 0)).await;
    assert_eq!(refusal, CommitError::ClaimTaken { key: day(7), owner: calendar(1) });
    for number in [1, 20] {
        assert!(is_free(subject, number, 150, 400).await);
    }
    subject.stands(&scope, all(8..=20, 0)).await;
    for number in 8..=20 {
        assert!(is_free(subject, number, 160, 300).await);
        let own = draft(calendar(2), 1).take_span(day(number), 0, 100).take_span(day(number), 399, 500);
        let refusal = subject.refused(&scope, own).await;
        assert_eq!(refusal, CommitError::ClaimTaken { key: day(number), owner: calendar(2) });
        assert!(is_free(subject, number, 0, 100).await);
        let other = subject.refused(&scope, draft(calendar(3), 0).take_span(day(number), 0, 151)).await;
        assert_eq!(other, CommitError::ClaimTaken { key: day(number), owner: calendar(2) });
    }
}

/// A day is shared by as many as it has room for, and a refusal names the one in the way.
pub async fn many_owners_share_a_day(subject: &Subject) {
    let scope = tenant(1);
    for number in 0..40 {
        // Later and earlier ones in turn, so that neighbours on both sides are met.
        let place = if number % 2 == 0 { number } else { 79 - number };
        let start = i64::try_from(place).expect("small") * 10;
        subject.stands(&scope, draft(calendar(number + 1), 0).take_span(day(1), start, start + 10)).await;
    }
    for number in 0..40 {
        let place = if number % 2 == 0 { number } else { 79 - number };
        let start = i64::try_from(place).expect("small") * 10;
        let clash = draft(calendar(500), 0).take_span(day(1), start + 3, start + 7);
        assert_eq!(subject.commit(&scope, clash).await, Err(taken(calendar(number + 1))));
    }
}

/// "Gives the span that begins at `start` back, if this aggregate holds it."
pub async fn only_the_owner_releases_a_span(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(calendar(1), 0).take_span(day(1), 100, 200)).await;
    subject.stands(&scope, draft(calendar(2), 0).release_span(day(1), 100)).await;
    assert!(!is_free(subject, 1, 100, 200).await);
    // Nor by another start, nor under another key.
    let vain =
        draft(calendar(1), 1).release_span(day(1), 150).release_span(day(1), 99).release_span(day(2), 100);
    subject.stands(&scope, vain).await;
    assert!(!is_free(subject, 1, 100, 200).await);
}

/// What was given back is free, and what lies beside it is not.
pub async fn a_released_span_is_free(subject: &Subject) {
    let scope = tenant(1);
    subject
        .stands(&scope, draft(calendar(1), 0).take_span(day(1), 100, 200).take_span(day(1), 200, 300))
        .await;
    subject.stands(&scope, draft(calendar(1), 1).release_span(day(1), 100)).await;
    assert!(is_free(subject, 1, 0, 200).await);
    assert!(!is_free(subject, 1, 199, 201).await);
    subject.stands(&scope, draft(calendar(2), 0).take_span(day(1), 50, 200)).await;
}

/// An appointment moves by less than its length: released and taken anew at once.
pub async fn a_span_moves_within_one_commit(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(calendar(1), 0).take_span(day(1), 100, 200)).await;
    subject.stands(&scope, draft(calendar(1), 1).release_span(day(1), 100).take_span(day(1), 150, 250)).await;
    assert!(is_free(subject, 1, 100, 150).await);
    assert!(!is_free(subject, 1, 100, 151).await);
    assert!(is_free(subject, 1, 250, 300).await);
    // A move that is refused gives nothing back.
    subject.stands(&scope, draft(calendar(2), 0).take_span(day(1), 300, 400)).await;
    let blocked = draft(calendar(1), 2).release_span(day(1), 150).take_span(day(1), 250, 350);
    assert_eq!(subject.refused(&scope, blocked).await, taken(calendar(2)));
    assert!(!is_free(subject, 1, 150, 250).await);
    // To the same start, longer.
    subject.stands(&scope, draft(calendar(1), 2).release_span(day(1), 150).take_span(day(1), 150, 300)).await;
    assert!(!is_free(subject, 1, 299, 300).await);
}

/// "Spans under it may not overlap": spans under another may.
pub async fn keys_have_spans_of_their_own(subject: &Subject) {
    let scope = tenant(1);
    for number in [1, 2, 256] {
        subject.stands(&scope, draft(calendar(number), 0).take_span(day(number), 100, 200)).await;
    }
    assert!(is_free(subject, 3, 100, 200).await);
    assert!(!is_free(subject, 256, 100, 200).await);
}

/// "Spans are not asked for here": [`crate::Store::claim`] does not see them.
pub async fn spans_are_no_claims(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(calendar(1), 0).take_span(day(1), 0, 10).take(claim(1), "x", None)).await;
    assert_eq!(subject.holder(&scope, &day(1), 0).await, None);
    assert!(subject.holder(&scope, &claim(1), 0).await.is_some());
}
