//! Moving house: out of a store, into an empty one.

use super::Subject;
use super::fixture::{
    APPOINTMENT, Draft, SLOT, SLOTS, account, at, calendar, claim, day, draft, id, row, slot_row, tenant,
};
use super::model::Model;
use crate::moving::{AggregateState, Cursor, HeldClaim, HeldSpan, ImportState, Item, Moving, Part, Snapshot};
use crate::{Bounds, CommitError, Outcome, Store as _, StoreError, StoredEvent};
use ward_domain::record::{Key, List};
use ward_domain::tenancy::TenantScope;

/// Rows of the longest list: several chunks in any store that counts in chunks.
const MANY: u64 = 700;

/// Two commits of a calendar and one of an account: every kind of item, a document that went, a list of [`MANY`] rows.
fn life() -> [Draft; 3] {
    let due = || row(List::RemindersDue, Key::all(), 7);
    let mut first = draft(calendar(1), 0)
        .put(SLOT, 1, "one", &[slot_row(10), due()])
        .put(SLOT, 2, "gone", &[slot_row(20)])
        .take(claim(1), "mine", None)
        .take(claim(2), "mine for a while", Some(at(5_000)))
        .take_span(day(1), 0, 10)
        .take_span(day(1), 20, 30)
        .event(5);
    for number in 10..10 + MANY {
        first = first.put(APPOINTMENT, number, "more", &[slot_row(number * 2)]);
    }
    let second = draft(calendar(1), 1)
        .update(SLOT, 1, "uno", &[slot_row(11)], &[slot_row(10)])
        .remove(SLOT, 2, &[slot_row(20)])
        .release_span(day(1), 20)
        .event(6);
    [first, second, draft(account(3), 0).put(SLOT, 3, "three", &[row(SLOTS, Key::of(1), 1)])]
}

async fn fill(subject: &Subject, scope: &TenantScope) -> [Draft; 3] {
    let drafts = life();
    for draft in drafts.clone() {
        subject.stands(scope, draft).await;
    }
    drafts
}

/// All items of a part, in pages of `limit`.
async fn walk(snapshot: &dyn Snapshot, scope: &TenantScope, part: Part, limit: usize) -> Vec<Item> {
    let (mut items, mut after): (Vec<Item>, Option<Cursor>) = (Vec::new(), None);
    loop {
        let page = snapshot.export(scope, part, after.as_ref(), limit).await.expect("a page");
        assert!(page.items.len() <= limit);
        items.extend(page.items);
        after = page.next;
        if after.is_none() {
            return items;
        }
    }
}

/// Everything of a tenant, in an order of its own.
async fn everything(snapshot: &dyn Snapshot, scope: &TenantScope) -> Vec<Item> {
    let mut items = Vec::new();
    for part in Part::ALL {
        items.extend(walk(snapshot, scope, part, 100).await);
    }
    items.sort_by_cached_key(|item| format!("{item:?}"));
    items
}

async fn pour(store: &(impl Moving + ?Sized), scope: &TenantScope, items: &[Item]) {
    for items in items.chunks(64) {
        store.import(scope, items.to_vec()).await.expect("import");
    }
}

fn unusable<T: std::fmt::Debug>(answer: &Result<T, StoreError>) {
    assert!(matches!(answer, Err(StoreError::Unusable(_))), "{answer:?}");
}

/// Whatever the pages' size, every item comes once, with all that is known of it.
pub async fn a_walk_meets_every_item_once(subject: &Subject) {
    let scope = tenant(2);
    let [first, second, _] = fill(subject, &scope).await;
    fill(subject, &tenant(3)).await;
    let snapshot = subject.store.snapshot().await.expect("a snapshot");
    let mut walks = Vec::new();
    for limit in [1, 7, 2000] {
        let mut items = Vec::new();
        for part in Part::ALL {
            items.extend(walk(&*snapshot, &scope, part, limit).await);
        }
        walks.push(items);
    }
    assert_eq!(walks[0], walks[1]);
    assert_eq!(walks[0], walks[2]);

    let mut items = walks.remove(0);
    let commits = vec![first.0.id, second.0.id];
    let state = AggregateState { aggregate: calendar(1), version: 2, commits };
    assert!(items.contains(&Item::Aggregate(state)), "{items:?}");
    assert!(items.contains(&Item::Row { row: slot_row(11), id: id(1) }));
    let (owner, start, end) = (calendar(1), at(0), at(10));
    assert!(items.contains(&Item::Span(HeldSpan { key: day(1), owner, start, end })));
    let lapsing = |item: &Item| {
        matches!(item, Item::Claim(HeldClaim { key, owner, expires, .. })
            if (key, *owner, *expires) == (&claim(2), calendar(1), Some(at(5_000))))
    };
    assert_eq!(items.iter().filter(|item| lapsing(item)).count(), 1);
    let event =
        |item: &Item| matches!(item, Item::Event(StoredEvent { event, .. }) if event.id == id(6).into());
    assert_eq!(items.iter().filter(|item| event(item)).count(), 1);
    // Bodies as they lie.
    for body in subject.bodies(&scope).await {
        let place = body.place;
        assert!(items.contains(&Item::Document(body)), "{place:?}");
    }
    // Aggregates, documents, rows, claims, a span, events: nothing else, and nothing twice.
    let many = usize::try_from(MANY).expect("a small number");
    assert_eq!(items.len(), 2 + (2 + many) + (3 + many) + 2 + 1 + 2);
    items.sort_by_cached_key(|item| format!("{item:?}"));
    let all = items.len();
    items.dedup();
    assert_eq!(items.len(), all);
}

/// Out, and in again after everything was destroyed: no call tells the difference.
pub async fn what_moves_out_moves_in_again(subject: &Subject) {
    let scopes = [tenant(0), tenant(2), tenant(u64::MAX >> 11)];
    let (mut before, mut drafts) = (Vec::new(), Vec::new());
    for scope in &scopes {
        drafts.push(fill(subject, scope).await);
    }
    for scope in &scopes {
        before.push(subject.snapshot(scope, calendar(1), &[claim(1), claim(2)]).await);
    }
    let store = &subject.store;
    let eq = Key::all();
    let due = || store.platform_list(List::RemindersDue, &eq, Bounds::ALL, 10);
    let due_before = due().await.expect("due");
    let snapshot = store.snapshot().await.expect("a snapshot");
    let mut boxes = Vec::new();
    for scope in &scopes {
        boxes.push(everything(&*snapshot, scope).await);
    }
    drop(snapshot);
    for scope in &scopes {
        store.destroy(scope).await.expect("destroy");
    }

    store.begin_import(at(0)).await.expect("begin");
    for (scope, items) in scopes.iter().zip(&boxes) {
        pour(store, scope, items).await;
    }
    store.end_import().await.expect("end");
    assert_eq!(due().await.expect("due"), due_before);
    let snapshot = store.snapshot().await.expect("a snapshot");
    for ((scope, before), (drafts, items)) in scopes.iter().zip(before).zip(drafts.iter().zip(&boxes)) {
        assert_eq!(everything(&*snapshot, scope).await, *items);
        assert_eq!(subject.snapshot(scope, calendar(1), &[claim(1), claim(2)]).await, before);
        serves_on(subject, scope, drafts).await;
    }
}

/// What stood refuses what it refused before, and the next commit stands.
async fn serves_on(subject: &Subject, scope: &TenantScope, [first, second, third]: &[Draft; 3]) {
    for (draft, version) in [(first, 1), (second, 2), (third, 1)] {
        let outcome = subject.store.outcome(scope, draft.0.aggregate, draft.0.id).await.expect("outcome");
        assert_eq!(outcome, Outcome::Applied(version));
        subject.stands(scope, draft.clone()).await;
    }
    let stale = subject.commit(scope, draft(calendar(1), 1)).await.expect_err("stale");
    assert_eq!(stale, CommitError::Version { actual: 2 });
    for taken in [
        draft(account(3), 1).take(claim(1), "theirs", None),
        draft(account(3), 1).take(claim(2), "theirs", None).at(4_999),
        draft(account(3), 1).take_span(day(1), 5, 15),
        // Its own is in the way too.
        draft(calendar(1), 2).take_span(day(1), 5, 15),
    ] {
        let refusal = subject.commit(scope, taken).await.expect_err("taken");
        assert!(
            matches!(refusal, CommitError::ClaimTaken { owner, .. } if owner == calendar(1)),
            "{refusal:?}"
        );
    }
    let next = draft(account(3), 1)
        .take(claim(2), "theirs now", None)
        .at(5_000)
        .take_span(day(1), 10, 30)
        .update(SLOT, 3, "drei", &[slot_row(0)], &[row(SLOTS, Key::of(1), 1)]);
    subject.stands(scope, next).await;
    let rows = subject.rows(scope, SLOTS, Key::all()).await;
    assert_eq!((rows.len() as u64, rows[0], rows[1]), (MANY + 2, (0, 3), (11, 1)));
    subject.store.settle_events(scope, &[id(5).into()]).await.expect("settle");
    assert_eq!(subject.event_ids(scope).await, [id(6).into()]);
}

/// Another kind of store takes the same items and gives them back unchanged.
pub async fn another_store_takes_the_same(subject: &Subject) {
    let (scope, other) = (tenant(2), Model::new());
    let [_, second, _] = fill(subject, &scope).await;
    let items = everything(&*subject.store.snapshot().await.expect("a snapshot"), &scope).await;
    other.begin_import(at(0)).await.expect("begin");
    pour(&other, &scope, &items).await;
    other.end_import().await.expect("end");
    assert_eq!(everything(&*other.snapshot().await.expect("a snapshot"), &scope).await, items);
    assert_eq!(other.outcome(&scope, calendar(1), second.0.id).await.expect("outcome"), Outcome::Applied(2));
    assert_eq!(other.count(&scope, SLOTS, &Key::all(), Bounds::ALL).await.expect("count"), MANY + 1);
}

/// "Exactly one moment, between two commits, however long it is walked while others commit." Where it says that it is not:
/// what stands all the while is met.
pub async fn a_snapshot_is_of_one_moment(subject: &Subject) {
    let scope = tenant(1);
    fill(subject, &scope).await;
    let snapshot = subject.store.snapshot().await.expect("a snapshot");
    let begun = snapshot.export(&scope, Part::Rows, None, 5).await.expect("a page");
    let before = everything(&*subject.store.snapshot().await.expect("a snapshot"), &scope).await;
    let mut more = draft(calendar(1), 2).release(claim(1)).event(7);
    for number in 10..10 + MANY {
        more = more.remove(APPOINTMENT, number, &[slot_row(number * 2)]);
    }
    subject.stands(&scope, more).await;
    subject.stands(&tenant(9), draft(calendar(1), 0).put(SLOT, 1, "new", &[])).await;
    let found = everything(&*snapshot, &scope).await;
    // A store of one process has no reason not to be one.
    assert!(snapshot.is_one_moment() || subject.store.is_shared());
    if !snapshot.is_one_moment() {
        let after = everything(&*subject.store.snapshot().await.expect("a snapshot"), &scope).await;
        for item in before.iter().filter(|item| after.contains(item)) {
            assert!(found.contains(item), "{item:?}");
        }
        return;
    }
    assert_eq!(found, before);
    assert_eq!(everything(&*snapshot, &tenant(9)).await, []);
    let again = snapshot.export(&scope, Part::Rows, None, 5).await.expect("a page");
    assert_eq!(again, begun);
}

/// A store in use takes no import, and no item comes in without one.
pub async fn an_import_needs_an_empty_store(subject: &Subject) {
    let (scope, store) = (tenant(1), &subject.store);
    assert_eq!(store.import_state().await.expect("state"), ImportState::Empty);
    let items = vec![Item::Row { row: slot_row(1), id: id(1) }];
    unusable(&store.import(&scope, items.clone()).await);
    unusable(&store.end_import().await);
    store.lease_node(1, at(0), at(10)).await.expect("a lease is nothing that is kept");
    assert_eq!(store.import_state().await.expect("state"), ImportState::Empty);

    subject.stands(&scope, draft(calendar(1), 0)).await;
    assert_eq!(store.import_state().await.expect("state"), ImportState::InUse);
    unusable(&store.begin_import(at(0)).await);
    unusable(&store.import(&scope, items).await);
    assert_eq!(subject.rows(&scope, SLOTS, Key::all()).await, []);
    subject.stands(&scope, draft(calendar(1), 1)).await;
}

/// "Nothing but the import's own calls is served", and what it left goes when it starts over.
pub async fn an_unfinished_import_serves_nothing_and_starts_over(subject: &Subject) {
    let (scope, store) = (tenant(1), &subject.store);
    fill(subject, &scope).await;
    let items = everything(&*store.snapshot().await.expect("a snapshot"), &scope).await;
    store.destroy(&scope).await.expect("destroy");

    store.begin_import(at(0)).await.expect("begin");
    pour(store, &scope, &items).await;
    pour(store, &tenant(2), &items).await;
    assert_eq!(store.import_state().await.expect("state"), ImportState::Unfinished);
    let commit = subject.commit(&scope, draft(calendar(7), 0)).await;
    assert!(matches!(commit, Err(CommitError::Unavailable(_))), "{commit:?}");
    unusable(&store.ping().await);
    unusable(&store.lease_node(1, at(0), at(10)).await);
    unusable(&store.settle_events(&scope, &[id(5).into()]).await);
    unusable(&store.destroy(&scope).await);

    store.begin_import(at(0)).await.expect("starts over");
    let snapshot = store.snapshot().await.expect("a snapshot");
    for number in [1, 2] {
        assert_eq!(everything(&*snapshot, &tenant(number)).await, []);
        assert!(subject.events(&tenant(number)).await.is_empty());
    }
    // The same item twice is one.
    pour(store, &scope, &items).await;
    pour(store, &scope, &items).await;
    store.end_import().await.expect("end");
    assert_eq!(everything(&*store.snapshot().await.expect("a snapshot"), &scope).await, items);
    assert_eq!(subject.rows(&scope, SLOTS, Key::all()).await.len() as u64, MANY + 1);
    store.ping().await.expect("serves");
    subject.stands(&scope, draft(calendar(7), 0)).await;
}

/// Ids of the old store are not minted again.
pub async fn leases_begin_above_the_floor(subject: &Subject) {
    let store = &subject.store;
    store.lease_node(1, at(0), at(10_000)).await.expect("a lease");
    assert!(store.snapshot().await.expect("a snapshot").floor().await.expect("floor") >= at(10_000));
    store.begin_import(at(50_000)).await.expect("begin");
    store.end_import().await.expect("end");
    assert!(store.snapshot().await.expect("a snapshot").floor().await.expect("floor") >= at(50_000));
    for holder in 2..5 {
        let lease = store.lease_node(holder, at(60_000), at(70_000)).await.expect("a lease");
        assert!(lease.floor >= at(50_000), "{lease:?}");
    }
}
