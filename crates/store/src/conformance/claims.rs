//! Claims: what may have one owner only.

use super::Subject;
use super::fixture::{SLOT, account, at, calendar, claim, draft, id, tenant};
use crate::{Claim, CommitError};
use ward_domain::record::ClaimKey;

fn held(owner: crate::AggregateRef, body: &str) -> Claim {
    Claim { owner, body: body.into() }
}

fn taken(number: u8, owner: crate::AggregateRef) -> CommitError {
    CommitError::ClaimTaken { key: claim(number), owner }
}

/// Every kind of claim is found under its key, with owner and body, and no other is.
pub async fn a_claim_is_its_takers(subject: &Subject) {
    let scope = tenant(1);
    let keys = [
        ClaimKey::log_in(&[9; 16]),
        ClaimKey::request(&[9; 32]),
        ClaimKey::first_admin(),
        ClaimKey::delivery(id(9).into()),
    ];
    for (number, key) in (1..).zip(&keys) {
        assert_eq!(subject.holder(&scope, key, 0).await, None);
        let body = format!("claim {number}");
        subject.stands(&scope, draft(account(number), 0).take(key.clone(), &body, None)).await;
        assert_eq!(subject.holder(&scope, key, 0).await, Some(held(account(number), &body)));
    }
    assert_eq!(subject.holder(&scope, &ClaimKey::log_in(&[8; 16]), 0).await, None);
}

/// [`CommitError::ClaimTaken`] names the key and who holds it.
pub async fn a_claim_of_another_is_refused(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(account(1), 0).take(claim(1), "one", None)).await;
    for other in [account(2), calendar(1)] {
        let refusal = subject.refused(&scope, draft(other, 0).take(claim(1), "two", None)).await;
        assert_eq!(refusal, taken(1, account(1)));
    }
    subject.stands(&scope, draft(account(2), 0).take(claim(2), "two", None)).await;
}

/// Another's release is no error and frees nothing.
pub async fn only_the_owner_releases(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(account(1), 0).take(claim(1), "one", None)).await;
    subject.stands(&scope, draft(account(2), 0).release(claim(1))).await;
    assert_eq!(subject.holder(&scope, &claim(1), 0).await, Some(held(account(1), "one")));
    let refusal = subject.refused(&scope, draft(account(2), 1).take(claim(1), "two", None)).await;
    assert_eq!(refusal, taken(1, account(1)));
}

/// "Giving back what is not held is no error."
pub async fn releasing_what_is_not_held(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(account(1), 0).release(claim(1)).put(SLOT, 1, "x", &[])).await;
    assert_eq!(subject.holder(&scope, &claim(1), 0).await, None);
    assert!(subject.get(&scope, SLOT, id(1)).await.is_some());
}

/// What was given back, the next may take.
pub async fn a_released_claim_is_free(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(account(1), 0).take(claim(1), "one", Some(at(1000)))).await;
    subject.stands(&scope, draft(account(1), 1).release(claim(1))).await;
    assert_eq!(subject.holder(&scope, &claim(1), 0).await, None);
    subject.stands(&scope, draft(account(2), 0).take(claim(1), "two", None)).await;
    // The first one's expiry went with it.
    assert_eq!(subject.holder(&scope, &claim(1), 2000).await, Some(held(account(2), "two")));
}

/// "Already this aggregate's": the body is the newest.
pub async fn the_owner_takes_again_with_a_new_body(subject: &Subject) {
    let scope = tenant(1);
    for (version, body) in (0..).zip(["one", "two", ""]) {
        subject.stands(&scope, draft(account(1), version).take(claim(1), body, None)).await;
        assert_eq!(subject.holder(&scope, &claim(1), 0).await, Some(held(account(1), body)));
    }
}

/// "When it lapses by itself": it stands until the millisecond before.
pub async fn a_claim_lapses_at_its_time(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(account(1), 0).take(claim(1), "one", Some(at(1000)))).await;
    assert_eq!(subject.holder(&scope, &claim(1), 999).await, Some(held(account(1), "one")));
    assert_eq!(subject.holder(&scope, &claim(1), 1000).await, None);
    assert_eq!(subject.holder(&scope, &claim(1), 100_000).await, None);
}

/// "When, by the caller's clock: decides which claims have lapsed."
pub async fn a_lapsed_claim_goes_to_the_next(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(account(1), 0).take(claim(1), "one", Some(at(1000)))).await;
    let early = draft(account(2), 0).at(999).take(claim(1), "two", None);
    assert_eq!(subject.refused(&scope, early).await, taken(1, account(1)));
    subject.stands(&scope, draft(account(2), 0).at(1000).take(claim(1), "two", None)).await;
    assert_eq!(subject.holder(&scope, &claim(1), 1000).await, Some(held(account(2), "two")));
    // The first owner's release, coming late, frees nothing of the second's.
    subject.stands(&scope, draft(account(1), 1).at(1001).release(claim(1))).await;
    assert_eq!(subject.holder(&scope, &claim(1), 1001).await, Some(held(account(2), "two")));
    assert_eq!(subject.holder(&scope, &claim(1), 1_000_000).await, Some(held(account(2), "two")));
}

/// Taken again with a later time it stands longer, with an earlier one shorter.
pub async fn the_owner_prolongs(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(account(1), 0).take(claim(1), "one", Some(at(1000)))).await;
    subject.stands(&scope, draft(account(1), 1).at(500).take(claim(1), "one", Some(at(2000)))).await;
    assert_eq!(subject.holder(&scope, &claim(1), 1999).await, Some(held(account(1), "one")));
    assert_eq!(subject.holder(&scope, &claim(1), 2000).await, None);
    subject.stands(&scope, draft(account(1), 2).at(500).take(claim(1), "one", Some(at(700)))).await;
    assert_eq!(subject.holder(&scope, &claim(1), 699).await, Some(held(account(1), "one")));
    assert_eq!(subject.holder(&scope, &claim(1), 700).await, None);
    subject.stands(&scope, draft(account(1), 3).at(800).take(claim(1), "three", None)).await;
    assert_eq!(subject.holder(&scope, &claim(1), 5000).await, Some(held(account(1), "three")));
}

/// Without a time it never lapses.
pub async fn a_claim_without_end_stays(subject: &Subject) {
    let scope = tenant(1);
    let century = 100 * 365 * ward_domain::time::DAY;
    subject.stands(&scope, draft(account(1), 0).take(claim(1), "one", None)).await;
    assert_eq!(subject.holder(&scope, &claim(1), century).await, Some(held(account(1), "one")));
    let late = draft(account(2), 0).at(century).take(claim(1), "two", None);
    assert_eq!(subject.commit(&scope, late).await, Err(taken(1, account(1))));
}

/// A commit takes all its claims or none, whichever of them is another's.
pub async fn one_of_two_claims_taken_leaves_neither(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(account(1), 0).take(claim(2), "held", None)).await;
    for keys in [[claim(1), claim(2)], [claim(2), claim(1)]] {
        let [first, second] = keys;
        let both = draft(account(2), 0).take(first, "a", None).take(second, "b", None);
        assert_eq!(subject.refused(&scope, both).await, taken(2, account(1)));
        assert_eq!(subject.holder(&scope, &claim(1), 0).await, None);
    }
}

/// Within one commit, the last word on a claim holds.
pub async fn operations_follow_their_order(subject: &Subject) {
    let scope = tenant(1);
    let gone = draft(account(1), 0).take(claim(1), "one", None).release(claim(1));
    subject.stands(&scope, gone).await;
    assert_eq!(subject.holder(&scope, &claim(1), 0).await, None);
    let kept =
        draft(account(1), 1).take(claim(1), "two", None).release(claim(1)).take(claim(1), "three", None);
    subject.stands(&scope, kept).await;
    assert_eq!(subject.holder(&scope, &claim(1), 0).await, Some(held(account(1), "three")));
}
