//! Marks of where a list changes, so that readers know what to count.
//!
//! A mark says "from here to there this list may change until then". It is left once for all the changes that it covers:
//! while it holds, whoever changes a row within it leaves none. So a busy list costs a few marks every few seconds, not
//! one for each row; a mark may be sent along with the rows, since it covers what has not come yet.

use super::name::{Position, Range};
use std::sync::{Mutex, PoisonError};

/// How far apart the ends of marks lie, in microseconds.
const SLOT: i64 = 2_000_000;
/// Marks that one list remembers.
const KEPT: usize = 64;

/// A range of a list that may change until a time, by the clock of the process that left the mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) until: i64,
    pub(crate) range: Range,
}

impl Mark {
    /// One that begins now. It holds for one to three seconds.
    pub(super) fn new(now: i64, range: Range) -> Self {
        Self { until: (now.saturating_add(SLOT / 2).div_euclid(SLOT) + 1).saturating_mul(SLOT), range }
    }
}

/// Marks that a process has left on one list and that may still hold.
#[derive(Default)]
pub(super) struct Marks(Mutex<Vec<Mark>>);

impl Marks {
    /// The mark that covers a change there at a time, if one was left.
    pub(super) fn covering(&self, at: Position, now: i64) -> Option<Mark> {
        let marks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        marks.iter().copied().find(|mark| mark.until >= now && mark.range.contains(at))
    }

    /// Remembers that a mark was left.
    pub(super) fn left(&self, mark: Mark, now: i64) {
        let mut marks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        marks.retain(|held| held.until >= now && *held != mark);
        if marks.len() >= KEPT {
            marks.remove(0);
        }
        marks.push(mark);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_covers_its_range_until_its_end() {
        let at = |sort| Position { sort, id: 0 };
        let marks = Marks::default();
        let mark = Mark::new(10_000_000, Range { from: at(5), until: at(9) });
        assert!((10_900_000..=13_000_000).contains(&mark.until), "{}", mark.until);
        assert_eq!(marks.covering(at(7), 10_000_000), None);
        marks.left(mark, 10_000_000);
        assert_eq!(marks.covering(at(7), mark.until), Some(mark));
        assert_eq!(marks.covering(at(7), mark.until + 1), None);
        assert_eq!(marks.covering(at(10), 10_000_000), None);
        for number in 0..1000 {
            marks.left(Mark::new(number, Range { from: at(number), until: at(number) }), 0);
        }
        assert_eq!(marks.0.lock().unwrap().len(), KEPT);
    }
}
