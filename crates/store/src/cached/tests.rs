//! What is kept is never older than what anybody may have seen; and a store behind a cache is a store.

use super::shelf::Shelf;
use super::*;
use crate::conformance::fixture::{SLOT, calendar, draft, id, tenant};
use crate::conformance::{Keys, Model, Subject, random, within_deadline};
use crate::{DynStore, Faulty, Plan, Sealed};
use std::sync::Arc;

const ROOM: u64 = 1 << 20;
const SECRET: [RecordKind; 4] =
    [RecordKind::DataKey, RecordKind::PlatformState, RecordKind::AuditEntry, RecordKind::AuditHead];

#[allow(clippy::unused_async, reason = "a factory is async")]
async fn cached() -> (Cached<Model>, ()) {
    (Cached::new(Model::new(), ROOM), ())
}

crate::conformance!(cached, cached);

/// As the program has it: kept open, over a store that holds ciphertext; and that store fails, delays and loses answers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_walk_over_a_sealed_store_that_fails() {
    for seed in random::SEEDS {
        let inner: DynStore = Arc::new(Model::new());
        let faulty = Arc::new(Faulty::new(inner, Plan::rough(seed)));
        let store = Cached::new(Sealed::new(faulty.clone(), Arc::new(Keys::new())), ROOM);
        let subject = Subject { store: Arc::new(store), sealed: true, faults: Some(faulty) };
        within_deadline(random::walk(&subject, seed, random::STEPS)).await;
    }
}

fn place(number: u64) -> At {
    at(tenant(1), SLOT, id(number))
}

fn stored(number: u64, body: &str) -> Stored {
    let (kind, id) = (SLOT, id(number));
    Stored { kind, id, aggregate: calendar(1), version: 1, body: body.as_bytes().to_vec().into() }
}

fn text(shelf: &Shelf, number: u64) -> Option<String> {
    shelf.get(&place(number)).map(|kept| String::from_utf8(kept.body.to_vec()).unwrap())
}

#[test]
fn what_was_read_is_kept() {
    let shelf = Shelf::new(ROOM);
    shelf.keep(place(1), shelf.moment(&place(1)), &stored(1, "old"));
    assert_eq!(text(&shelf, 1).as_deref(), Some("old"));
    assert_eq!(text(&shelf, 2), None);
}

#[test]
fn a_write_ends_what_was_kept_at_once() {
    let shelf = Shelf::new(ROOM);
    shelf.keep(place(1), shelf.moment(&place(1)), &stored(1, "old"));
    let writing = shelf.writing([place(1)].into_iter());
    assert_eq!(text(&shelf, 1), None, "its event may be seen before its answer");
    writing.done();
    assert_eq!(text(&shelf, 1), None);
}

#[test]
fn a_reader_who_began_before_a_write_ended_keeps_nothing() {
    let shelf = Shelf::new(ROOM);
    let before = shelf.moment(&place(1));
    let writing = shelf.writing([place(1)].into_iter());
    let during = shelf.moment(&place(1));
    shelf.keep(place(1), before, &stored(1, "old"));
    shelf.keep(place(1), during, &stored(1, "old"));
    assert_eq!(text(&shelf, 1), None, "while it is written");
    writing.done();
    shelf.keep(place(1), before, &stored(1, "old"));
    shelf.keep(place(1), during, &stored(1, "old"));
    assert_eq!(text(&shelf, 1), None, "afterwards");
    shelf.keep(place(1), shelf.moment(&place(1)), &stored(1, "new"));
    assert_eq!(text(&shelf, 1).as_deref(), Some("new"));
}

#[test]
fn a_write_that_nobody_waited_for_may_come_to_stand_at_any_time() {
    let shelf = Shelf::new(ROOM);
    drop(shelf.writing([place(1)].into_iter()));
    shelf.keep(place(1), shelf.moment(&place(1)), &stored(1, "old"));
    assert_eq!(text(&shelf, 1), None);
}

#[test]
fn a_tenant_that_goes_takes_its_documents_and_no_others() {
    let shelf = Shelf::new(ROOM);
    let other = at(tenant(2), SLOT, id(1));
    shelf.keep(place(1), shelf.moment(&place(1)), &stored(1, "of one"));
    shelf.keep(other, shelf.moment(&other), &stored(1, "of another"));
    let before = shelf.moment(&place(1));
    shelf.clear(tenant(1).tenant());
    shelf.keep(place(1), before, &stored(1, "of one"));
    assert_eq!(text(&shelf, 1), None);
    assert!(shelf.get(&other).is_some());
}

#[test]
fn no_more_is_kept_than_there_is_room_for() {
    let shelf = Shelf::new(10 << 10);
    for number in 0..100 {
        shelf.keep(place(number), shelf.moment(&place(number)), &stored(number, &"x".repeat(512)));
    }
    shelf.settle();
    let kept = (0..100).filter(|number| text(&shelf, *number).is_some()).count();
    assert!((1..=6).contains(&kept), "{kept}");
}

#[tokio::test]
async fn neither_secrets_nor_the_audit_trail_are_kept() {
    let store = Cached::new(Model::new(), ROOM);
    let scope = tenant(0);
    for kind in SECRET {
        let version = store.version(&scope, calendar(1)).await.unwrap();
        store.commit(&scope, draft(calendar(1), version).put(kind, 1, "secret", &[]).0).await.unwrap();
        assert!(store.get(&scope, kind, id(1)).await.unwrap().is_some());
        assert_eq!(store.get_many(&scope, kind, &[id(1)]).await.unwrap().len(), 1);
        assert!(store.shelf.get(&at(scope, kind, id(1))).is_none());
    }
}

#[tokio::test]
async fn several_come_in_the_order_asked_wherever_they_lie() {
    let store = Cached::new(Model::new(), ROOM);
    let scope = tenant(1);
    let bodies = (1..=5)
        .fold(draft(calendar(1), 0), |draft, number| draft.put(SLOT, number, &format!("slot {number}"), &[]));
    store.commit(&scope, bodies.0).await.unwrap();
    for kept in [2, 4] {
        store.get(&scope, SLOT, id(kept)).await.unwrap();
    }
    let asked = [5, 4, 9, 3, 2, 8, 1].map(id);
    for _ in 0..2 {
        let found = store.get_many(&scope, SLOT, &asked).await.unwrap();
        let ids: Vec<u64> = found.iter().map(|stored| stored.id.get()).collect();
        assert_eq!(ids, [5, 4, 3, 2, 1]);
    }
}
