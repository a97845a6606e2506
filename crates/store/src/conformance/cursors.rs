//! Slices of a list by key.

use super::Subject;
use super::fixture::{SLOT, calendar, draft, id, slot_row, tenant};
use super::lists::{fill, whole};
use super::subject::pairs;
use crate::{Bounds, ListQuery, Slice};

const ROWS: [(u64, u64); 7] = [(1, 4), (2, 2), (2, 5), (2, 9), (3, 1), (5, 3), (5, 8)];

fn after(sort: u64, number: u64) -> Slice {
    Slice::After { sort, id: id(number) }
}

/// The rows on the far side of the cursor, in the direction of the query.
fn beyond(cursor: (u64, u64), descending: bool) -> Vec<(u64, u64)> {
    let mut rows: Vec<_> =
        ROWS.into_iter().filter(|row| if descending { *row < cursor } else { *row > cursor }).collect();
    if descending {
        rows.reverse();
    }
    rows
}

/// "Go on after this row (in the direction of the query)", within ties too.
pub async fn a_cursor_goes_on_after_its_row(subject: &Subject) {
    let scope = tenant(1);
    fill(subject, &scope, &ROWS).await;
    for (sort, number) in ROWS {
        for descending in [false, true] {
            let query = ListQuery { slice: after(sort, number), descending, ..whole() };
            let page = subject.list(&scope, &query).await;
            assert_eq!(pairs(&page), beyond((sort, number), descending), "after {sort}, {number}");
            let page = subject.list(&scope, &ListQuery { limit: 2, ..query }).await;
            let expected: Vec<_> = beyond((sort, number), descending).into_iter().take(2).collect();
            assert_eq!(pairs(&page), expected);
        }
    }
}

/// "Which need not exist any more", or never did.
pub async fn a_cursor_need_not_exist_any_more(subject: &Subject) {
    let scope = tenant(1);
    fill(subject, &scope, &ROWS).await;
    subject.stands(&scope, draft(calendar(1), 1).put(SLOT, 6, "x", &[slot_row(2)])).await;
    subject.stands(&scope, draft(calendar(1), 2).remove(SLOT, 6, &[slot_row(2)])).await;
    for cursor in [(2, 6), (0, 0), (2, 0), (4, 4), (5, 100), (u64::MAX, 100)] {
        for descending in [false, true] {
            let query = ListQuery { slice: after(cursor.0, cursor.1), descending, ..whole() };
            let page = subject.list(&scope, &query).await;
            assert_eq!(pairs(&page), beyond(cursor, descending), "after {cursor:?}");
        }
    }
}

/// A cursor before the bounds begins at them; one beyond them is at the end.
pub async fn a_cursor_stays_within_bounds(subject: &Subject) {
    let scope = tenant(1);
    fill(subject, &scope, &ROWS).await;
    let bounds = Bounds { from: 2, until: 3 };
    for cursor in [(0, 0), (1, 4), (2, 2), (2, 9), (3, 1), (4, 0), (9, 9)] {
        for descending in [false, true] {
            let query = ListQuery { slice: after(cursor.0, cursor.1), bounds, descending, ..whole() };
            let page = subject.list(&scope, &query).await;
            let mut expected = beyond(cursor, descending);
            expected.retain(|(sort, _)| (2..=3).contains(sort));
            assert_eq!(pairs(&page), expected, "after {cursor:?}, descending {descending}");
            assert_eq!(page.total, 4);
        }
    }
}

/// "How many rows there are within the bounds, wherever the slice began."
pub async fn a_cursor_does_not_change_the_total(subject: &Subject) {
    let scope = tenant(1);
    fill(subject, &scope, &ROWS).await;
    for slice in [after(0, 0), after(2, 5), after(5, 8), after(u64::MAX, 0), Slice::Offset(3)] {
        let page = subject.list(&scope, &ListQuery { slice, limit: 1, ..whole() }).await;
        assert_eq!(page.total, ROWS.len() as u64, "{slice:?}");
    }
}

/// Walking by cursor, walking by offset, and the list in one piece are the same.
pub async fn pages_by_cursor_and_by_offset_agree(subject: &Subject) {
    let scope = tenant(1);
    // Many ties, and a list long enough to be kept in several pieces.
    let rows: Vec<_> = (0..700).map(|number| (number * 7 % 90, number)).collect();
    fill(subject, &scope, &rows).await;
    for descending in [false, true] {
        let one_piece = pairs(&subject.list(&scope, &ListQuery { descending, ..whole() }).await);
        assert_eq!(one_piece.len(), rows.len());
        for limit in [13, 256] {
            let (mut by_cursor, mut by_offset) = (Vec::new(), Vec::new());
            let mut slice = Slice::Offset(0);
            loop {
                let page = subject.list(&scope, &ListQuery { descending, slice, limit, ..whole() }).await;
                by_cursor.extend(pairs(&page));
                assert!(by_cursor.len() <= rows.len(), "the walk goes in a circle");
                let Some(last) = page.rows.last() else { break };
                slice = Slice::After { sort: last.sort, id: last.id };
            }
            while by_offset.len() < rows.len() {
                let slice = Slice::Offset(by_offset.len() as u64);
                let page = subject.list(&scope, &ListQuery { descending, slice, limit, ..whole() }).await;
                assert!(!page.rows.is_empty(), "the list ended at {}", by_offset.len());
                by_offset.extend(pairs(&page));
            }
            assert_eq!(by_cursor, one_piece, "by cursor, limit {limit}");
            assert_eq!(by_offset, one_piece, "by offset, limit {limit}");
        }
    }
}
