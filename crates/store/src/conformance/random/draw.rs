//! The dice of a walk, and the small world in which it happens: so small that steps meet.

use crate::conformance::fixture::{APPOINTMENT, SLOT, SLOTS, at, claim, day, id, row, slot_row};
use crate::query::MAX_PAGE;
use crate::{Bounds, ListQuery, Place, Slice};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use std::collections::BTreeSet;
use ward_domain::record::{ClaimKey, ClaimOp, IndexRow, Key, List};

/// Tenants 1 to 3.
pub(super) const TENANTS: u64 = 3;
/// Aggregates 1 to 4 of each.
pub(super) const AGGREGATES: u64 = 4;
/// Records of each aggregate and kind.
const RECORDS: u64 = 6;
/// Claims 0 to 3.
pub(super) const CLAIMS: u8 = 4;
/// Days 1 and 2.
pub(super) const DAYS: u64 = 2;
/// Spans begin and end on multiples of this.
pub(super) const GRAIN: i64 = 5;
/// How many such places a day has.
pub(super) const GRAINS: i64 = 24;

pub(super) struct Draw(StdRng);

impl Draw {
    pub(super) fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// A number below `sides`.
    pub(super) fn below(&mut self, sides: u64) -> u64 {
        self.0.random_range(0..sides)
    }

    /// True once in `times`.
    pub(super) fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        if items.is_empty() { None } else { items.get(self.0.random_range(0..items.len())) }
    }

    /// A record of an aggregate. No two aggregates share one, and no two kinds an id: a list's rows are of one kind.
    pub(super) fn place_of(&mut self, aggregate: u64) -> Place {
        let (kind, first) = if self.once_in(2) { (SLOT, 0) } else { (APPOINTMENT, RECORDS) };
        Place { kind, id: id(aggregate + AGGREGATES * (first + self.below(RECORDS))) }
    }

    /// The rows that a document shall have.
    pub(super) fn rows(&mut self) -> BTreeSet<IndexRow> {
        let mut rows = BTreeSet::new();
        for _ in 0..self.below(4) {
            rows.insert(match self.below(4) {
                0 | 1 => slot_row(self.below(20)),
                2 => row(List::SlotsByDoctor, Key::of(self.below(3)), self.below(20)),
                _ => row(List::RemindersDue, Key::all(), self.below(40)),
            });
        }
        rows
    }

    /// A body, now and then a large one.
    pub(super) fn body(&mut self, step: u64) -> Vec<u8> {
        let longest = if self.once_in(20) { 20_000 } else { 60 };
        let length = usize::try_from(self.below(longest)).expect("small");
        let mut body = format!("{step} ").into_bytes();
        body.resize(length.max(body.len()), b'.');
        body
    }

    pub(super) fn claim_key(&mut self) -> ClaimKey {
        claim(u8::try_from(self.below(u64::from(CLAIMS))).expect("small"))
    }

    fn grain(&mut self, grains: i64) -> i64 {
        self.0.random_range(0..grains) * GRAIN
    }

    pub(super) fn claim_op(&mut self, step: u64, now_ms: i64) -> ClaimOp {
        let key = day(1 + self.below(DAYS));
        match self.below(5) {
            0 | 1 => {
                let expires = self.once_in(2).then(|| at(now_ms + self.grain(10)));
                ClaimOp::Take { key: self.claim_key(), body: self.body(step), expires }
            }
            2 => ClaimOp::Release { key: self.claim_key() },
            3 => {
                let start = self.grain(GRAINS - 3);
                let end = start + GRAIN + self.grain(3);
                ClaimOp::TakeSpan { key, start: at(start), end: at(end) }
            }
            _ => ClaimOp::ReleaseSpan { key, start: at(self.grain(GRAINS)) },
        }
    }

    pub(super) fn bounds(&mut self, largest: u64) -> Bounds {
        match self.below(3) {
            0 => Bounds::ALL,
            // At times these end before they begin.
            1 => Bounds { from: self.below(largest), until: self.below(largest) },
            _ => {
                let from = self.below(largest);
                Bounds { from, until: from + self.below(largest) }
            }
        }
    }

    pub(super) fn list_query(&mut self) -> ListQuery {
        let (list, eq) =
            if self.once_in(3) { (List::SlotsByDoctor, Key::of(self.below(3))) } else { (SLOTS, Key::all()) };
        let slice = if self.once_in(2) {
            Slice::Offset(self.below(30))
        } else {
            Slice::After { sort: self.below(20), id: id(self.below(2 * AGGREGATES * RECORDS)) }
        };
        let limit = if self.once_in(3) { MAX_PAGE } else { usize::try_from(self.below(12)).expect("small") };
        ListQuery { list, eq, bounds: self.bounds(20), descending: self.once_in(2), slice, limit }
    }
}
