//! The limits that the port sets, at them and over them.

use super::Subject;
use super::fixture::{Draft, SLOT, SLOTS, calendar, claim, draft, id, slot_row, tenant};
use crate::commit::{MAX_COMMIT_BYTES, MAX_COMMIT_PARTS};
use crate::query::MAX_PAGE;
use crate::{CommitError, ListQuery, OutboxEvent, SEAL_OVERHEAD};
use ward_domain::record::{ClaimOp, Key};

/// A commit of so many bytes: half of them a document, a quarter a claim, the rest an event.
fn of_bytes(bytes: usize) -> Draft {
    let (document, claimed) = (bytes / 2, bytes / 4);
    let mut commit = draft(calendar(1), 0).put(SLOT, 1, &"x".repeat(document), &[slot_row(1)]);
    let body = vec![b'c'; claimed];
    commit = commit.op(ClaimOp::Take { key: claim(1), body, expires: None }).event(1);
    let event: &mut OutboxEvent = commit.0.events.last_mut().expect("the event");
    event.body = vec![b'e'; bytes - document - claimed];
    assert_eq!(commit.0.weight(), bytes);
    commit
}

/// A commit of so many parts, a third of each sort.
fn of_parts(parts: usize) -> Draft {
    let mut commit = draft(calendar(1), 0);
    for number in 0..parts as u64 {
        commit = match number % 3 {
            0 => commit.put(SLOT, number, "x", &[slot_row(number)]),
            1 => commit.release(claim(1)),
            _ => commit.event(number),
        };
    }
    assert_eq!(commit.0.parts(), parts);
    commit
}

/// Exactly the limit is allowed; where bodies are sealed, the seals count.
pub async fn a_commit_at_the_limit_stands(subject: &Subject) {
    let seals = if subject.sealed { 3 * SEAL_OVERHEAD } else { 0 };
    let bytes = MAX_COMMIT_BYTES - seals;
    subject.stands(&tenant(1), of_bytes(bytes)).await;
    let stored = subject.get(&tenant(1), SLOT, id(1)).await.expect("the document");
    assert_eq!(stored.body.len(), bytes / 2);
    let held = subject.holder(&tenant(1), &claim(1), 0).await.expect("the claim");
    assert_eq!(held.body.len(), bytes / 4);

    subject.stands(&tenant(2), of_parts(MAX_COMMIT_PARTS)).await;
    assert_eq!(subject.rows(&tenant(2), SLOTS, Key::all()).await.len(), MAX_COMMIT_PARTS.div_ceil(3));
}

/// [`CommitError::TooLarge`], and nothing is left of it.
pub async fn a_commit_over_the_limit_is_refused_and_leaves_nothing(subject: &Subject) {
    let heavy = subject.refused(&tenant(1), of_bytes(MAX_COMMIT_BYTES + 1)).await;
    assert_eq!(heavy, CommitError::TooLarge { bytes: MAX_COMMIT_BYTES + 1, parts: 3 });
    let many = of_parts(MAX_COMMIT_PARTS + 1);
    let bytes = many.0.weight();
    let many = subject.refused(&tenant(1), many).await;
    assert_eq!(many, CommitError::TooLarge { bytes, parts: MAX_COMMIT_PARTS + 1 });
    // One byte too many once it is sealed.
    if subject.sealed {
        let sealed = subject.refused(&tenant(1), of_bytes(MAX_COMMIT_BYTES - 3 * SEAL_OVERHEAD + 1)).await;
        assert_eq!(sealed, CommitError::TooLarge { bytes: MAX_COMMIT_BYTES + 1, parts: 3 });
    }
    assert_eq!(subject.version(&tenant(1), calendar(1)).await, 0);
}

/// [`MAX_PAGE`] holds whatever is asked for; the total tells of the rest.
pub async fn a_page_has_at_most_a_thousand_rows(subject: &Subject) {
    let scope = tenant(1);
    let rows = MAX_PAGE as u64 + 200;
    for version in 0..2 {
        let mut commit = draft(calendar(1), version);
        for number in version * rows / 2..(version + 1) * rows / 2 {
            commit = commit.put(SLOT, number, "x", &[slot_row(number)]);
        }
        subject.stands(&scope, commit).await;
    }
    for limit in [MAX_PAGE, MAX_PAGE + 1, usize::MAX] {
        let page = subject.list(&scope, &ListQuery { limit, ..ListQuery::all(SLOTS, Key::all()) }).await;
        assert_eq!((page.rows.len(), page.total), (MAX_PAGE, rows), "a limit of {limit}");
        assert_eq!((page.rows[0].sort, page.rows[MAX_PAGE - 1].sort), (0, MAX_PAGE as u64 - 1));
    }
}

/// A limit of 0 asks for the total only; elsewhere it asks for nothing.
pub async fn a_limit_of_nothing_still_counts(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(calendar(1), 0).put(SLOT, 1, "x", &[slot_row(1)]).event(1)).await;
    let page = subject.list(&scope, &ListQuery { limit: 0, ..ListQuery::all(SLOTS, Key::all()) }).await;
    assert_eq!((page.rows.len(), page.total), (0, 1));
    assert!(subject.store.pending_events(&scope, 0).await.expect("events").is_empty());
    assert!(subject.store.bodies(&scope, None, 0).await.expect("bodies").is_empty());
    assert!(subject.store.tenants_with_events(None, 0).await.expect("tenants").is_empty());
}
