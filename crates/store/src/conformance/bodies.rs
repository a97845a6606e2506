//! Bodies as they lie, and their exchange.

use super::Subject;
use super::fixture::{APPOINTMENT, SLOT, SLOTS, account, calendar, draft, id, slot_row, tenant};
use crate::{Place, Swap};
use ward_domain::record::{Key, RecordKind};

fn place(kind: RecordKind, number: u64) -> Place {
    Place { kind, id: id(number) }
}

/// "In the order of their places": by kind, then id; each with its aggregate and version.
pub async fn bodies_come_in_the_order_of_their_places(subject: &Subject) {
    let scope = tenant(1);
    subject
        .stands(&scope, draft(calendar(1), 0).put(APPOINTMENT, 1, "a", &[]).put(SLOT, 300, "b", &[]))
        .await;
    subject
        .stands(&scope, draft(calendar(1), 1).put(SLOT, 2, "c", &[]).put(RecordKind::AuditEntry, 1, "d", &[]))
        .await;
    subject.stands(&scope, draft(account(9), 0).put(RecordKind::Account, 9, "e", &[])).await;
    let found: Vec<_> =
        subject.bodies(&scope).await.iter().map(|body| (body.place, body.aggregate, body.version)).collect();
    let expected = [
        (place(RecordKind::Account, 9), account(9), 1),
        (place(SLOT, 2), calendar(1), 2),
        (place(SLOT, 300), calendar(1), 1),
        (place(APPOINTMENT, 1), calendar(1), 1),
        (place(RecordKind::AuditEntry, 1), calendar(1), 2),
    ];
    assert_eq!(found, expected);
}

/// "After `after`, at most `limit`": a walk meets each body once, though its starting point is gone.
pub async fn bodies_go_on_after_a_place(subject: &Subject) {
    let scope = tenant(1);
    let mut commit = draft(calendar(1), 0);
    for number in 1..=25 {
        commit = commit.put(SLOT, number, "x", &[]).put(APPOINTMENT, number, "y", &[]);
    }
    subject.stands(&scope, commit).await;
    let (mut walked, mut after) = (Vec::new(), None);
    loop {
        let bodies = subject.store.bodies(&scope, after, 7).await.expect("bodies");
        assert!(bodies.len() <= 7);
        let Some(last) = bodies.last() else { break };
        after = Some(last.place);
        walked.extend(bodies.iter().map(|body| body.place));
    }
    let slots = (1..=25).map(|number| place(SLOT, number));
    let expected: Vec<_> = slots.chain((1..=25).map(|number| place(APPOINTMENT, number))).collect();
    assert_eq!(walked, expected);

    subject.stands(&scope, draft(calendar(1), 1).remove(SLOT, 25, &[])).await;
    let next = subject.store.bodies(&scope, Some(place(SLOT, 25)), 1).await.expect("bodies");
    assert_eq!(next[0].place, place(APPOINTMENT, 1));
}

/// Without [`crate::Sealed`] a body lies as it was committed; behind it, nothing of it can be read there.
pub async fn bodies_are_sealed_or_plain(subject: &Subject) {
    let text = "a text that is long enough not to come about by chance";
    subject.stands(&tenant(1), draft(calendar(1), 0).put(SLOT, 1, text, &[])).await;
    let raw = subject.bodies(&tenant(1)).await.remove(0).body;
    if subject.sealed {
        assert_eq!(raw.len(), text.len() + crate::SEAL_OVERHEAD);
        assert!(!raw.windows(8).any(|window| text.as_bytes().windows(8).any(|plain| plain == window)));
    } else {
        assert_eq!(raw, text.as_bytes());
    }
}

/// "Replaces the bytes at each place that still holds exactly `old`; says how many it replaced."
pub async fn a_swap_replaces_exactly_what_it_expects(subject: &Subject) {
    let scope = tenant(1);
    // Bytes that are valid at their places, sealed or not, come from earlier versions of the same documents.
    subject.stands(&scope, draft(calendar(1), 0).put(SLOT, 1, "one", &[]).put(SLOT, 2, "two", &[])).await;
    let first = subject.bodies(&scope).await;
    subject.stands(&scope, draft(calendar(1), 1).put(SLOT, 1, "uno", &[]).put(SLOT, 2, "dos", &[])).await;
    let second = subject.bodies(&scope).await;
    let swap = |at: usize, old: &[u8]| Swap {
        place: first[at].place,
        old: old.to_vec(),
        new: first[at].body.clone(),
    };

    let mut altered = second[0].body.clone();
    altered.push(0);
    for wrong in [b"".as_slice(), &altered, &second[0].body[1..], &second[1].body] {
        let swapped = subject.store.swap_bodies(&scope, vec![swap(0, wrong)]).await.expect("swap");
        assert_eq!(swapped, 0);
    }
    assert_eq!(subject.bodies(&scope).await, second);

    let both = vec![swap(0, b"wrong"), swap(1, &second[1].body)];
    assert_eq!(subject.store.swap_bodies(&scope, both).await.expect("swap"), 1);
    assert_eq!(subject.text(&scope, SLOT, id(1)).await.as_deref(), Some("uno"));
    assert_eq!(subject.text(&scope, SLOT, id(2)).await.as_deref(), Some("two"));
    let rest = vec![swap(0, &second[0].body), swap(1, &second[1].body)];
    assert_eq!(subject.store.swap_bodies(&scope, rest).await.expect("swap"), 1);
    assert_eq!(subject.text(&scope, SLOT, id(1)).await.as_deref(), Some("one"));
    assert_eq!(subject.store.swap_bodies(&scope, Vec::new()).await.expect("swap"), 0);
}

/// "Version and rows stay: only the seal is new."
pub async fn a_swap_leaves_version_and_rows(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(calendar(1), 0).put(SLOT, 1, "one", &[slot_row(5)])).await;
    let first = subject.bodies(&scope).await.remove(0);
    subject.stands(&scope, draft(calendar(1), 1).put(SLOT, 1, "uno", &[])).await;
    let second = subject.bodies(&scope).await.remove(0);
    let swap = Swap { place: first.place, old: second.body, new: first.body.clone() };
    assert_eq!(subject.store.swap_bodies(&scope, vec![swap]).await.expect("swap"), 1);

    let raw = subject.bodies(&scope).await.remove(0);
    assert_eq!((raw.version, raw.aggregate, &raw.body), (2, calendar(1), &first.body));
    assert_eq!(subject.get(&scope, SLOT, id(1)).await.expect("the document").version, 2);
    assert_eq!(subject.version(&scope, calendar(1)).await, 2);
    assert_eq!(subject.rows(&scope, SLOTS, Key::all()).await, [(5, 1)]);
    subject.stands(&scope, draft(calendar(1), 2).put(SLOT, 1, "eins", &[])).await;
}

/// A document that went is not brought back.
pub async fn a_swap_of_what_is_gone(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(calendar(1), 0).put(SLOT, 1, "one", &[])).await;
    let gone = subject.bodies(&scope).await.remove(0);
    subject.stands(&scope, draft(calendar(1), 1).remove(SLOT, 1, &[])).await;
    let swap = Swap { place: gone.place, old: gone.body.clone(), new: gone.body };
    assert_eq!(subject.store.swap_bodies(&scope, vec![swap]).await.expect("swap"), 0);
    assert_eq!(subject.get(&scope, SLOT, id(1)).await, None);
    assert!(subject.bodies(&scope).await.is_empty());
}
