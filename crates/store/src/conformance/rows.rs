//! Index rows come and go with documents, and totals with them.

use super::Subject;
use super::fixture::{SLOT, SLOTS, calendar, draft, row, slot_row, tenant};
use crate::Bounds;
use ward_domain::record::{Key, List};

async fn count(subject: &Subject) -> u64 {
    subject.store.count(&tenant(1), SLOTS, &Key::all(), Bounds::ALL).await.expect("count")
}

/// A row that goes and one that comes in one change.
pub async fn an_update_moves_a_row(subject: &Subject) {
    let scope = tenant(1);
    let open = |sort| row(List::OpenSlots, Key::all(), sort);
    subject.stands(&scope, draft(calendar(1), 0).put(SLOT, 1, "a", &[slot_row(5), open(5)])).await;
    subject.stands(&scope, draft(calendar(1), 1).put(SLOT, 2, "b", &[slot_row(6)])).await;
    let moved = draft(calendar(1), 2).update(SLOT, 1, "c", &[slot_row(9)], &[slot_row(5), open(5)]);
    subject.stands(&scope, moved).await;
    assert_eq!(subject.rows(&scope, SLOTS, Key::all()).await, [(6, 2), (9, 1)]);
    assert_eq!(subject.rows(&scope, List::OpenSlots, Key::all()).await, []);
}

/// "Only rows that differ come and go": an update that names none leaves all.
pub async fn rows_that_stay_are_not_touched(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(calendar(1), 0).put(SLOT, 1, "a", &[slot_row(5), slot_row(6)])).await;
    subject.stands(&scope, draft(calendar(1), 1).put(SLOT, 1, "b", &[])).await;
    assert_eq!(subject.rows(&scope, SLOTS, Key::all()).await, [(5, 1), (6, 1)]);
    subject.stands(&scope, draft(calendar(1), 2).update(SLOT, 1, "c", &[slot_row(7)], &[slot_row(5)])).await;
    assert_eq!(subject.rows(&scope, SLOTS, Key::all()).await, [(6, 1), (7, 1)]);
}

/// A row is there or not: to put it again adds nothing to the total.
pub async fn a_row_put_twice_counts_once(subject: &Subject) {
    let scope = tenant(1);
    for version in 0..3 {
        subject.stands(&scope, draft(calendar(1), version).put(SLOT, 1, "a", &[slot_row(5)])).await;
        assert_eq!(subject.rows(&scope, SLOTS, Key::all()).await, [(5, 1)]);
        assert_eq!(count(subject).await, 1);
    }
    subject.stands(&scope, draft(calendar(1), 3).remove(SLOT, 1, &[slot_row(5)])).await;
    assert_eq!(count(subject).await, 0);
}

/// Neither a row that is not there nor one of another document goes.
pub async fn dropping_what_is_not_there_changes_nothing(subject: &Subject) {
    let scope = tenant(1);
    subject.stands(&scope, draft(calendar(1), 0).put(SLOT, 1, "a", &[slot_row(5)])).await;
    let vain = draft(calendar(1), 1).update(SLOT, 2, "b", &[], &[slot_row(5), slot_row(6)]);
    subject.stands(&scope, vain).await;
    assert_eq!(subject.rows(&scope, SLOTS, Key::all()).await, [(5, 1)]);
    assert_eq!(count(subject).await, 1);
}

/// A removal drops the rows that it names.
pub async fn a_document_that_goes_takes_its_rows(subject: &Subject) {
    let scope = tenant(1);
    let by_doctor = row(List::SlotsByDoctor, Key::of(1), 5);
    let two = draft(calendar(1), 0).put(SLOT, 1, "a", &[slot_row(5), by_doctor.clone()]).put(
        SLOT,
        2,
        "b",
        &[slot_row(5), by_doctor.clone()],
    );
    subject.stands(&scope, two).await;
    subject.stands(&scope, draft(calendar(1), 1).remove(SLOT, 1, &[slot_row(5), by_doctor])).await;
    assert_eq!(subject.rows(&scope, SLOTS, Key::all()).await, [(5, 2)]);
    assert_eq!(subject.rows(&scope, List::SlotsByDoctor, Key::of(1)).await, [(5, 2)]);
}

/// [`crate::Page::total`] is exact, while a list grows over pages and shrinks to nothing.
pub async fn totals_follow_every_change(subject: &Subject) {
    const STEP: u64 = 173;
    let scope = tenant(1);
    let mut version = 0;
    for step in 0..6 {
        let mut grow = draft(calendar(1), version);
        for number in step * STEP..(step + 1) * STEP {
            grow = grow.put(SLOT, number, "x", &[slot_row(number % 50)]);
        }
        subject.stands(&scope, grow).await;
        version += 1;
        assert_eq!(count(subject).await, (step + 1) * STEP);
    }
    for step in 0..6 {
        let bounds = Bounds { from: 0, until: 9 };
        let before = subject.store.count(&scope, SLOTS, &Key::all(), bounds).await.expect("count");
        let (mut shrink, mut within) = (draft(calendar(1), version), 0);
        // Every sixth, so that what goes is spread over the whole list.
        for number in (0..6 * STEP).filter(|number| number % 6 == step) {
            shrink = shrink.remove(SLOT, number, &[slot_row(number % 50)]);
            within += u64::from(number % 50 <= 9);
        }
        subject.stands(&scope, shrink).await;
        version += 1;
        assert_eq!(count(subject).await, (5 - step) * STEP);
        let after = subject.store.count(&scope, SLOTS, &Key::all(), bounds).await.expect("count");
        assert_eq!(after, before - within);
    }
    assert_eq!(subject.rows(&scope, SLOTS, Key::all()).await, []);
}
