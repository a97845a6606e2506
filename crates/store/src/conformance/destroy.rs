//! The end of a tenant.

use super::Subject;
use super::fixture::{Draft, SLOT, SLOTS, calendar, claim, day, draft, id, row, slot_row, tenant};
use crate::{Bounds, Outcome};
use ward_domain::record::{Key, List};

fn everything() -> Draft {
    draft(calendar(1), 0)
        .put(SLOT, 1, "one", &[slot_row(10), row(List::RemindersDue, Key::all(), 7)])
        .take(claim(1), "mine", None)
        .take_span(day(1), 0, 10)
        .event(5)
}

/// "Removes everything of a tenant, platform-wide rows too."
pub async fn everything_of_the_tenant_goes(subject: &Subject) {
    let scope = tenant(2);
    let commit = everything();
    subject.stands(&scope, commit.clone()).await;
    let mut more = draft(calendar(2), 0);
    for number in 10..800 {
        more = more.put(SLOT, number, "more", &[slot_row(number)]);
    }
    subject.stands(&scope, more).await;
    subject.store.destroy(&scope).await.expect("destroy");

    assert_eq!(subject.version(&scope, calendar(1)).await, 0);
    let outcome = subject.store.outcome(&scope, calendar(1), commit.0.id).await.expect("outcome");
    assert_eq!(outcome, Outcome::Absent);
    assert_eq!(subject.get(&scope, SLOT, id(1)).await, None);
    assert!(subject.store.get_many(&scope, SLOT, &[id(1), id(20)]).await.expect("get many").is_empty());
    assert_eq!(subject.rows(&scope, SLOTS, Key::all()).await, []);
    assert_eq!(subject.store.count(&scope, SLOTS, &Key::all(), Bounds::ALL).await.expect("count"), 0);
    assert_eq!(subject.holder(&scope, &claim(1), 0).await, None);
    assert!(subject.events(&scope).await.is_empty());
    assert!(subject.bodies(&scope).await.is_empty());
    let due =
        subject.store.platform_list(List::RemindersDue, &Key::all(), Bounds::ALL, 10).await.expect("due");
    assert!(due.is_empty());
    assert!(subject.store.tenants_with_events(None, 10).await.expect("tenants").is_empty());
}

/// The neighbours on both sides keep everything.
pub async fn other_tenants_stay(subject: &Subject) {
    let mut before = Vec::new();
    for number in [1, 2, 3, 0] {
        subject.stands(&tenant(number), everything()).await;
    }
    subject.store.settle_events(&tenant(2), &[id(5).into()]).await.expect("settle");
    for number in [1, 3, 0] {
        before.push(subject.snapshot(&tenant(number), calendar(1), &[claim(1)]).await);
    }
    subject.store.destroy(&tenant(2)).await.expect("destroy");
    for (number, before) in [1, 3, 0].into_iter().zip(before) {
        assert_eq!(subject.snapshot(&tenant(number), calendar(1), &[claim(1)]).await, before);
    }
    let due =
        subject.store.platform_list(List::RemindersDue, &Key::all(), Bounds::ALL, 10).await.expect("due");
    let mut tenants: Vec<_> = due.iter().map(|row| row.tenant.get()).collect();
    tenants.sort_unstable();
    assert_eq!(tenants, [0, 1, 3]);
}

/// Where there is nothing, and twice, it is no error: a removal that was cut off is asked for again.
pub async fn an_empty_tenant_can_be_destroyed(subject: &Subject) {
    subject.store.destroy(&tenant(2)).await.expect("destroy");
    subject.stands(&tenant(2), everything()).await;
    for _ in 0..2 {
        subject.store.destroy(&tenant(2)).await.expect("destroy");
    }
    assert!(subject.bodies(&tenant(2)).await.is_empty());
}

/// Nothing of the old tenant is in the way of the new: not a version, a commit id, a claim or a span.
pub async fn a_destroyed_tenant_begins_anew(subject: &Subject) {
    let scope = tenant(2);
    let commit = everything();
    subject.stands(&scope, commit.clone()).await;
    subject.store.destroy(&scope).await.expect("destroy");
    subject.stands(&scope, commit).await;
    assert_eq!(subject.rows(&scope, SLOTS, Key::all()).await, [(10, 1)]);
    assert_eq!(subject.event_ids(&scope).await, [id(5).into()]);
    assert_eq!(subject.bodies(&scope).await.len(), 1);
}
