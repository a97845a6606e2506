//! What cases are made of: tenants, aggregates, rows, and commits drafted in a line.

use crate::{AggregateRef, Commit, OutboxEvent, Version};
use std::sync::atomic::{AtomicU64, Ordering};
use ward_domain::decision::Change;
use ward_domain::id::{Id, UserId};
use ward_domain::record::{AggregateKind, ClaimKey, ClaimOp, IndexRow, Key, List, RecordKind};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;

/// The kind that most documents of the suite have.
pub const SLOT: RecordKind = RecordKind::Slot;
/// Another.
pub const APPOINTMENT: RecordKind = RecordKind::Appointment;
/// The list that most rows of the suite are in.
pub const SLOTS: List = List::Slots;

/// The right to a tenant's data.
#[allow(clippy::disallowed_methods, reason = "a test of stores has no tenants crate to ask")]
pub fn tenant(number: u64) -> TenantScope {
    TenantScope::mint(TenantId::from_number(number))
}

/// An id from a small number.
pub fn id(number: u64) -> Id {
    Id::new(number).expect("a small number")
}

/// A doctor's calendar.
pub fn calendar(number: u64) -> AggregateRef {
    AggregateRef { kind: AggregateKind::Calendar, id: id(number) }
}

/// A user's account.
pub fn account(number: u64) -> AggregateRef {
    AggregateRef { kind: AggregateKind::Account, id: id(number) }
}

/// So many milliseconds after a day in 2025.
pub fn at(ms: i64) -> Time {
    Time::from_millis(1_750_000_000_000 + ms)
}

/// A row of [`SLOTS`].
pub fn slot_row(sort: u64) -> IndexRow {
    row(SLOTS, Key::all(), sort)
}

/// A row.
pub fn row(list: List, eq: Key, sort: u64) -> IndexRow {
    IndexRow { list, eq, sort }
}

/// A claim that has one owner.
pub fn claim(number: u8) -> ClaimKey {
    ClaimKey::request(&[number; 32])
}

/// A claim that holds spans.
pub fn day(number: u64) -> ClaimKey {
    ClaimKey::patient_day(UserId::from(id(number)), 20_000)
}

/// A commit in the making.
#[derive(Debug, Clone)]
pub struct Draft(pub Commit);

/// A commit to `aggregate` at version `expected`, with an id that no other draft of this process has.
pub fn draft(aggregate: AggregateRef, expected: Version) -> Draft {
    static LAST: AtomicU64 = AtomicU64::new(1_000_000);
    let number = LAST.fetch_add(1, Ordering::Relaxed);
    Draft(Commit {
        id: id(number).into(),
        at: at(0),
        aggregate,
        expected,
        changes: Vec::new(),
        claims: Vec::new(),
        events: Vec::new(),
    })
}

impl Draft {
    /// Decided at another time than `at(0)`.
    #[must_use]
    pub fn at(mut self, ms: i64) -> Self {
        self.0.at = at(ms);
        self
    }

    /// A change as it is.
    #[must_use]
    pub fn change(mut self, change: Change) -> Self {
        self.0.changes.push(change);
        self
    }

    /// A document with rows that come.
    #[must_use]
    pub fn put(self, kind: RecordKind, number: u64, body: &str, rows: &[IndexRow]) -> Self {
        self.update(kind, number, body, rows, &[])
    }

    /// A document with rows that come and rows that go.
    #[must_use]
    pub fn update(
        self,
        kind: RecordKind,
        number: u64,
        body: &str,
        put: &[IndexRow],
        dropped: &[IndexRow],
    ) -> Self {
        self.change(Change {
            kind,
            id: id(number),
            body: Some(body.into()),
            put_rows: put.to_vec(),
            drop_rows: dropped.to_vec(),
        })
    }

    /// A document that goes, with its rows.
    #[must_use]
    pub fn remove(self, kind: RecordKind, number: u64, rows: &[IndexRow]) -> Self {
        self.change(Change {
            kind,
            id: id(number),
            body: None,
            put_rows: Vec::new(),
            drop_rows: rows.to_vec(),
        })
    }

    /// A claim operation as it is.
    #[must_use]
    pub fn op(mut self, op: ClaimOp) -> Self {
        self.0.claims.push(op);
        self
    }

    /// Takes a claim.
    #[must_use]
    pub fn take(self, key: ClaimKey, body: &str, expires: Option<Time>) -> Self {
        self.op(ClaimOp::Take { key, body: body.into(), expires })
    }

    /// Gives a claim back.
    #[must_use]
    pub fn release(self, key: ClaimKey) -> Self {
        self.op(ClaimOp::Release { key })
    }

    /// Takes the span from `at(start)` to `at(end)`.
    #[must_use]
    pub fn take_span(self, key: ClaimKey, start: i64, end: i64) -> Self {
        self.op(ClaimOp::TakeSpan { key, start: at(start), end: at(end) })
    }

    /// Gives the span that begins at `at(start)` back.
    #[must_use]
    pub fn release_span(self, key: ClaimKey, start: i64) -> Self {
        self.op(ClaimOp::ReleaseSpan { key, start: at(start) })
    }

    /// An event whose id and time both grow with its number.
    #[must_use]
    pub fn event(mut self, number: u64) -> Self {
        let ms = i64::try_from(number).expect("a small number");
        let body = format!("event {number}").into_bytes();
        self.0.events.push(OutboxEvent { id: id(number).into(), at: at(ms), body });
        self
    }
}
