//! The outbox.

use super::Subject;
use super::fixture::{SLOT, account, calendar, draft, id, tenant};
use ward_domain::id::EventId;
use ward_domain::tenancy::TenantId;

fn events<const N: usize>(numbers: [u64; N]) -> Vec<EventId> {
    numbers.into_iter().map(|number| id(number).into()).collect()
}

/// Id, time, body and aggregate.
pub async fn events_come_out_as_they_went_in(subject: &Subject) {
    let scope = tenant(1);
    let commit = draft(calendar(3), 0).event(10).put(SLOT, 1, "x", &[]).event(11);
    subject.stands(&scope, commit.clone()).await;
    let pending = subject.events(&scope).await;
    assert!(pending.iter().all(|stored| stored.aggregate == calendar(3)));
    let pending: Vec<_> = pending.into_iter().map(|stored| stored.event).collect();
    assert_eq!(pending, commit.0.events);
}

/// "Oldest first, at most `limit`", whichever aggregate they are of.
pub async fn the_oldest_come_first(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(calendar(1), 0).event(300).event(2)).await;
    subject.stands(&scope, draft(account(1), 0).event(256).event(1)).await;
    subject.stands(&scope, draft(calendar(2), 0).event(255)).await;
    assert_eq!(subject.event_ids(&scope).await, events([1, 2, 255, 256, 300]));
    let first = subject.store.pending_events(&scope, 2).await.expect("events");
    assert_eq!(first.iter().map(|stored| stored.event.id).collect::<Vec<_>>(), events([1, 2]));
}

/// "Late events appear whenever they commit": though younger ones were read and settled before.
pub async fn a_late_event_appears(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(calendar(1), 0).event(100).event(101)).await;
    assert_eq!(subject.event_ids(&scope).await, events([100, 101]));
    subject.store.settle_events(&scope, &events([100])).await.expect("settle");
    assert_eq!(subject.event_ids(&scope).await, events([101]));
    subject.stands(&scope, draft(calendar(2), 0).event(50)).await;
    assert_eq!(subject.event_ids(&scope).await, events([50, 101]));
    subject.store.settle_events(&scope, &events([50, 101])).await.expect("settle");
    assert_eq!(subject.event_ids(&scope).await, []);
    // After the outbox was empty, too.
    subject.stands(&scope, draft(calendar(3), 0).event(20)).await;
    assert_eq!(subject.event_ids(&scope).await, events([20]));
}

/// "Takes events out of the outbox": those named, and the others stay.
pub async fn settled_events_are_gone(subject: &Subject) {
    let scope = tenant(1);
    let mut commit = draft(calendar(1), 0);
    for number in 1..=20 {
        commit = commit.event(number);
    }
    subject.stands(&scope, commit).await;
    subject.store.settle_events(&scope, &events([1, 2, 5, 20])).await.expect("settle");
    let left: Vec<_> =
        (1..=20).filter(|number| ![1, 2, 5, 20].contains(number)).map(|n| id(n).into()).collect();
    assert_eq!(subject.event_ids(&scope).await, left);
}

/// Settling twice, or what never was, is harmless.
pub async fn settling_what_is_not_there(subject: &Subject) {
    let scope = tenant(1);
    subject.store.settle_events(&scope, &events([7])).await.expect("settle");
    subject.stands(&scope, draft(calendar(1), 0).event(1).event(2)).await;
    for _ in 0..2 {
        subject.store.settle_events(&scope, &events([1, 99])).await.expect("settle");
        assert_eq!(subject.event_ids(&scope).await, events([2]));
    }
    subject.store.settle_events(&scope, &[]).await.expect("settle");
    assert_eq!(subject.event_ids(&scope).await, events([2]));
}

/// "Tenants that have unsettled events, at most `limit`, those after `after`", in the order of their ids.
pub async fn tenants_with_events_are_known(subject: &Subject) {
    let tenants = async |after: Option<u64>, limit| {
        let after = after.map(TenantId::from_number);
        let found = subject.store.tenants_with_events(after, limit).await.expect("tenants");
        found.iter().map(|tenant| tenant.get()).collect::<Vec<u64>>()
    };
    assert!(tenants(None, 10).await.is_empty());
    for number in [5, 300, 1, 2] {
        subject.stands(&tenant(number), draft(calendar(1), 0).event(1).event(2)).await;
    }
    subject.stands(&tenant(4), draft(calendar(1), 0).put(SLOT, 1, "no event", &[])).await;
    assert_eq!(tenants(None, 10).await, [1, 2, 5, 300]);
    assert_eq!(tenants(None, 2).await, [1, 2]);
    assert_eq!(tenants(Some(2), 2).await, [5, 300]);
    assert_eq!(tenants(Some(3), 10).await, [5, 300]);
    assert!(tenants(Some(300), 10).await.is_empty());
    subject.store.settle_events(&tenant(2), &events([1, 2])).await.expect("settle");
    subject.store.settle_events(&tenant(5), &events([1])).await.expect("settle");
    assert_eq!(tenants(None, 10).await, [1, 5, 300]);
    subject.stands(&tenant(2), draft(calendar(1), 1).event(1)).await;
    assert_eq!(tenants(None, 10).await, [1, 2, 5, 300]);
}
