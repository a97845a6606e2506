//! Tenants do not see each other.

use super::Subject;
use super::fixture::{Draft, SLOT, SLOTS, calendar, claim, day, draft, id, slot_row, tenant};
use crate::{Bounds, Outcome, Swap};
use ward_domain::record::Key;
use ward_domain::tenancy::TenantScope;

/// The same names in every tenant, so that only the tenant tells them apart.
fn everything() -> Draft {
    draft(calendar(1), 0)
        .put(SLOT, 1, "one", &[slot_row(10)])
        .take(claim(1), "mine", None)
        .take_span(day(1), 0, 10)
        .event(5)
}

/// Neighbours of tenant 2 in any order of keys: the numbers beside it, and those that share its first or last bytes.
const NEIGHBOURS: [u64; 6] = [0, 1, 3, 2 << 8, (2 << 32) + 2, u64::MAX >> 11];

async fn is_empty(subject: &Subject, scope: &TenantScope) {
    let store = &subject.store;
    assert_eq!(subject.version(scope, calendar(1)).await, 0);
    assert_eq!(subject.get(scope, SLOT, id(1)).await, None);
    assert!(store.get_many(scope, SLOT, &[id(1)]).await.expect("get many").is_empty());
    assert_eq!(subject.rows(scope, SLOTS, Key::all()).await, []);
    assert_eq!(store.count(scope, SLOTS, &Key::all(), Bounds::ALL).await.expect("count"), 0);
    assert_eq!(subject.holder(scope, &claim(1), 0).await, None);
    assert!(subject.events(scope).await.is_empty());
    assert!(subject.bodies(scope).await.is_empty());
}

/// Every read that takes a scope, from every neighbour.
pub async fn no_read_reaches_another_tenant(subject: &Subject) {
    let commit = everything();
    let commit_id = commit.0.id;
    subject.stands(&tenant(2), commit).await;
    for number in NEIGHBOURS {
        let scope = tenant(number);
        is_empty(subject, &scope).await;
        let outcome = subject.store.outcome(&scope, calendar(1), commit_id).await.expect("outcome");
        assert_eq!(outcome, Outcome::Absent);
    }
    assert_eq!(subject.text(&tenant(2), SLOT, id(1)).await.as_deref(), Some("one"));
}

/// Every write that takes a scope: the same names stand in both, and what one does the other does not feel.
pub async fn no_write_reaches_another_tenant(subject: &Subject) {
    let mine = tenant(2);
    let commit = everything();
    subject.stands(&mine, commit.clone()).await;
    let before = subject.snapshot(&mine, calendar(1), &[claim(1)]).await;
    let raw = subject.bodies(&mine).await.remove(0);

    for number in NEIGHBOURS {
        let other = tenant(number);
        let swap = Swap { place: raw.place, old: raw.body.clone(), new: b"stolen".to_vec() };
        assert_eq!(subject.store.swap_bodies(&other, vec![swap]).await.expect("swap"), 0);
        // The very same commit, id and all, is another commit there, and its claims and spans are free.
        subject.stands(&other, commit.clone()).await;
        let undo =
            draft(calendar(1), 1).remove(SLOT, 1, &[slot_row(10)]).release(claim(1)).release_span(day(1), 0);
        subject.stands(&other, undo).await;
        subject.store.settle_events(&other, &[id(5).into()]).await.expect("settle");
        assert_eq!(
            subject.snapshot(&mine, calendar(1), &[claim(1)]).await,
            before,
            "tenant {number} reached it"
        );
        subject.store.destroy(&other).await.expect("destroy");
        assert_eq!(
            subject.snapshot(&mine, calendar(1), &[claim(1)]).await,
            before,
            "tenant {number} reached it"
        );
        let clash = subject.commit(&mine, draft(calendar(2), 0).take_span(day(1), 5, 15)).await;
        assert!(clash.is_err(), "tenant {number} gave the span back");
    }
}

/// "The platform itself is tenant 0": it sees no hospital's data, and they not its.
pub async fn the_platform_is_a_tenant_of_its_own(subject: &Subject) {
    let platform = tenant(0);
    subject.stands(&platform, everything()).await;
    is_empty(subject, &tenant(1)).await;
    assert_eq!(subject.text(&platform, SLOT, id(1)).await.as_deref(), Some("one"));
    assert_eq!(subject.rows(&platform, SLOTS, Key::all()).await, [(10, 1)]);
    assert_eq!(subject.event_ids(&platform).await, [id(5).into()]);
}
