//! Lists: their order, their slices by position, their bounds.

use super::Subject;
use super::fixture::{SLOT, SLOTS, calendar, draft, row, slot_row, tenant};
use super::subject::pairs;
use crate::{Bounds, ListQuery, Slice};
use ward_domain::record::{Key, List};
use ward_domain::tenancy::TenantScope;

/// Documents in [`SLOTS`] by (sort key, id), committed in the order given.
pub(super) async fn fill(subject: &Subject, scope: &TenantScope, rows: &[(u64, u64)]) {
    let version = subject.version(scope, calendar(1)).await;
    let mut commit = draft(calendar(1), version);
    for (sort, number) in rows {
        commit = commit.put(SLOT, *number, "x", &[slot_row(*sort)]);
    }
    subject.stands(scope, commit).await;
}

pub(super) fn whole() -> ListQuery {
    ListQuery::all(SLOTS, Key::all())
}

/// "Order is by sort key, then id": not by the order of commits.
pub async fn rows_are_ordered_by_sort_key(subject: &Subject) {
    let scope = tenant(1);
    fill(subject, &scope, &[(300, 1), (2, 2), (256, 3)]).await;
    fill(subject, &scope, &[(1, 4), (255, 5)]).await;
    assert_eq!(subject.rows(&scope, SLOTS, Key::all()).await, [(1, 4), (2, 2), (255, 5), (256, 3), (300, 1)]);
}

/// "Ties are ordered by record id", as numbers.
pub async fn ties_are_ordered_by_id(subject: &Subject) {
    let scope = tenant(1);
    fill(subject, &scope, &[(7, 300), (7, 2), (7, 255), (6, 999), (8, 1)]).await;
    assert_eq!(subject.rows(&scope, SLOTS, Key::all()).await, [(6, 999), (7, 2), (7, 255), (7, 300), (8, 1)]);
}

/// "Or the reverse": ties too.
pub async fn descending_is_the_exact_reverse(subject: &Subject) {
    let scope = tenant(1);
    fill(subject, &scope, &[(1, 4), (2, 2), (2, 9), (2, 5), (3, 1)]).await;
    let mut forward = subject.rows(&scope, SLOTS, Key::all()).await;
    let page = subject.list(&scope, &ListQuery { descending: true, ..whole() }).await;
    forward.reverse();
    assert_eq!(pairs(&page), forward);
    assert_eq!(pairs(&page), [(3, 1), (2, 9), (2, 5), (2, 2), (1, 4)]);
}

/// "By position: skip so many rows", in the direction of the query.
pub async fn an_offset_skips_rows(subject: &Subject) {
    let scope = tenant(1);
    let rows: Vec<_> = (0..50).map(|number| (number / 3, number)).collect();
    fill(subject, &scope, &rows).await;
    for (descending, limit) in [(false, 7), (true, 7), (false, 1), (true, 50)] {
        let mut expected = rows.clone();
        if descending {
            expected.reverse();
        }
        for offset in 0..=50 {
            let query = ListQuery { descending, limit, slice: Slice::Offset(offset as u64), ..whole() };
            let page = subject.list(&scope, &query).await;
            let until = (offset + limit).min(50);
            assert_eq!(pairs(&page), expected[offset..until], "offset {offset}, limit {limit}");
            assert_eq!(page.total, 50);
        }
    }
}

/// No rows, and the total all the same.
pub async fn a_page_past_the_end_is_empty(subject: &Subject) {
    let scope = tenant(1);
    fill(subject, &scope, &[(1, 1), (2, 2)]).await;
    for offset in [2, 3, 1_000_000, u64::MAX] {
        for descending in [false, true] {
            let page = subject
                .list(&scope, &ListQuery { slice: Slice::Offset(offset), descending, ..whole() })
                .await;
            assert_eq!((page.rows.len(), page.total), (0, 2), "offset {offset}");
        }
    }
}

/// "Sort keys from `from` (inclusive) to `until` (inclusive)", offsets counted from there.
pub async fn bounds_are_inclusive(subject: &Subject) {
    let scope = tenant(1);
    fill(subject, &scope, &[(1, 1), (2, 2), (2, 3), (3, 4), (5, 5)]).await;
    for (from, until, expected) in [
        (2, 3, vec![(2, 2), (2, 3), (3, 4)]),
        (2, 2, vec![(2, 2), (2, 3)]),
        (3, 4, vec![(3, 4)]),
        (0, 1, vec![(1, 1)]),
        (5, u64::MAX, vec![(5, 5)]),
    ] {
        let bounds = Bounds { from, until };
        let page = subject.list(&scope, &ListQuery { bounds, ..whole() }).await;
        assert_eq!(pairs(&page), expected, "{bounds:?}");
        assert_eq!(page.total, expected.len() as u64, "{bounds:?}");
        let count = subject.store.count(&scope, SLOTS, &Key::all(), bounds).await.expect("count");
        assert_eq!(count, page.total, "{bounds:?}");
        let query = ListQuery { bounds, descending: true, slice: Slice::Offset(1), limit: 1, ..whole() };
        let second = subject.list(&scope, &query).await;
        assert_eq!(pairs(&second), expected.iter().rev().skip(1).take(1).copied().collect::<Vec<_>>());
        assert_eq!(second.total, page.total);
    }
}

/// Bounds between rows, beyond them, and bounds that end before they begin.
pub async fn bounds_that_hold_nothing(subject: &Subject) {
    let scope = tenant(1);
    fill(subject, &scope, &[(1, 1), (5, 5)]).await;
    for (from, until) in [(2, 4), (6, u64::MAX), (0, 0), (5, 1), (u64::MAX, 0)] {
        let bounds = Bounds { from, until };
        for descending in [false, true] {
            let page = subject.list(&scope, &ListQuery { bounds, descending, ..whole() }).await;
            assert_eq!((page.rows.len(), page.total), (0, 0), "{bounds:?}");
        }
        assert_eq!(subject.store.count(&scope, SLOTS, &Key::all(), bounds).await.expect("count"), 0);
    }
}

/// The smallest and the largest sort key are keys like any other.
pub async fn the_extreme_sort_keys(subject: &Subject) {
    let scope = tenant(1);
    let rows = [(0, 0), (0, 1), (1 << 63, 2), (u64::MAX, 3), (u64::MAX, 4)];
    fill(subject, &scope, &rows).await;
    assert_eq!(subject.rows(&scope, SLOTS, Key::all()).await, rows);
    let last = Bounds { from: u64::MAX, until: u64::MAX };
    let page = subject.list(&scope, &ListQuery { bounds: last, descending: true, ..whole() }).await;
    assert_eq!(pairs(&page), [(u64::MAX, 4), (u64::MAX, 3)]);
    let first = Bounds { from: 0, until: 0 };
    assert_eq!(pairs(&subject.list(&scope, &ListQuery { bounds: first, ..whole() }).await), [(0, 0), (0, 1)]);
}

/// A row is found under its list and its equal fields, and nowhere else.
pub async fn lists_and_equal_fields_are_apart(subject: &Subject) {
    let scope = tenant(1);
    let by_doctor = |doctor, sort| row(List::SlotsByDoctor, Key::of(doctor), sort);
    let by_status =
        |doctor, status| row(List::DoctorAppointmentsByStatusStart, Key::of(doctor).and(status), 1);
    let commit = draft(calendar(1), 0)
        .put(SLOT, 1, "x", &[slot_row(1), by_doctor(1, 10), by_status(1, 1)])
        .put(SLOT, 2, "x", &[slot_row(2), by_doctor(2, 20), by_status(1, 2)])
        .put(SLOT, 3, "x", &[slot_row(3), by_doctor(256, 30), by_status(2, 1)]);
    subject.stands(&scope, commit).await;
    assert_eq!(subject.rows(&scope, SLOTS, Key::all()).await, [(1, 1), (2, 2), (3, 3)]);
    for (doctor, expected) in [(1, vec![(10, 1)]), (2, vec![(20, 2)]), (256, vec![(30, 3)]), (3, vec![])] {
        assert_eq!(subject.rows(&scope, List::SlotsByDoctor, Key::of(doctor)).await, expected);
    }
    for (doctor, status, expected) in
        [(1, 1, vec![(1, 1)]), (1, 2, vec![(1, 2)]), (2, 1, vec![(1, 3)]), (2, 2, vec![])]
    {
        let eq = Key::of(doctor).and(status);
        assert_eq!(subject.rows(&scope, List::DoctorAppointmentsByStatusStart, eq).await, expected);
    }
    assert_eq!(subject.rows(&scope, List::OpenSlots, Key::all()).await, []);
}

/// A list that no one wrote to.
pub async fn an_empty_list(subject: &Subject) {
    let scope = tenant(1);
    for slice in [Slice::Offset(0), Slice::Offset(5), Slice::After { sort: 5, id: super::fixture::id(5) }] {
        for descending in [false, true] {
            let page = subject.list(&scope, &ListQuery { descending, slice, ..whole() }).await;
            assert_eq!((page.rows.len(), page.total), (0, 0));
        }
    }
    assert_eq!(subject.store.count(&scope, SLOTS, &Key::all(), Bounds::ALL).await.expect("count"), 0);
}
