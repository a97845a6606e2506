//! What each writer commits: a function of writer and step, so that the version that is found says what must be there.
//!
//! Step `i` creates record `i`, with rows, a claim and a span; every fourth moves the record before to another place in
//! its lists; every third removes what step `i - 2` made. Every fifth, all writers want one claim.

use ward_domain::decision::Change;
use ward_domain::id::{EventId, Id, UserId};
use ward_domain::record::{AggregateKind, ClaimKey, ClaimOp, IndexRow, Key, List, RecordKind};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;
use ward_store::{AggregateRef, Commit, OutboxEvent};

pub const WRITERS: u64 = 24;
const TENANTS: u64 = 3;

pub fn id(number: u64) -> Id {
    Id::new(number).unwrap()
}

pub fn tenants() -> impl Iterator<Item = TenantScope> {
    (0..TENANTS).map(|number| TenantScope::mint(TenantId::from_number(number + 1)))
}

pub fn scope(writer: u64) -> TenantScope {
    TenantScope::mint(TenantId::from_number(writer % TENANTS + 1))
}

pub fn aggregate(writer: u64) -> AggregateRef {
    AggregateRef { kind: AggregateKind::Calendar, id: id(writer + 1) }
}

/// The id of what a writer makes at a step: record and event.
pub fn made(writer: u64, step: u64) -> Id {
    id((writer + 1) * 1_000_000 + step)
}

pub fn event(writer: u64, step: u64) -> EventId {
    made(writer, step).into()
}

/// Whether a record has gone, and whether it has moved, once the writer has come to a version.
pub fn fate(step: u64, version: u64) -> (bool, bool) {
    ((step % 3 == 1) && step + 2 <= version, (step % 4 == 3) && step < version)
}

pub fn body(writer: u64, step: u64, moved: bool) -> Vec<u8> {
    format!("{writer} {step} {moved} ").repeat(60).into_bytes()
}

pub fn sort(step: u64, moved: bool) -> u64 {
    step % 50 * 1000 + step + if moved { 1_000_000 } else { 0 }
}

pub fn by_doctor(writer: u64) -> Key {
    Key::of(writer)
}

fn rows(writer: u64, step: u64, moved: bool) -> Vec<IndexRow> {
    let sort = sort(step, moved);
    vec![
        IndexRow { list: List::Slots, eq: Key::all(), sort },
        IndexRow { list: List::SlotsByDoctor, eq: by_doctor(writer), sort },
        IndexRow { list: List::MessagesDue, eq: Key::all(), sort },
    ]
}

pub fn claim(writer: u64, step: u64) -> ClaimKey {
    let mut hash = [7; 32];
    hash[..8].copy_from_slice(&writer.to_be_bytes());
    hash[8..16].copy_from_slice(&step.to_be_bytes());
    ClaimKey::request(&hash)
}

/// What all writers of a tenant want at a step.
pub fn wanted(step: u64) -> ClaimKey {
    claim(u64::MAX, step)
}

pub fn wants(step: u64) -> bool {
    step.is_multiple_of(5)
}

/// All spans of a tenant's writers lie on the day of one patient.
pub fn day() -> ClaimKey {
    ClaimKey::patient_day(UserId::from(id(5)), 0)
}

fn at(ms: u64) -> Time {
    Time::from_millis(i64::try_from(ms).unwrap())
}

pub fn span(writer: u64, step: u64) -> (Time, Time) {
    let start = (writer * 1_000_000 + step) * 10;
    (at(start), at(start + 10))
}

/// The commit that brings a writer to version `step`.
pub fn commit(writer: u64, step: u64, wanting: bool) -> Commit {
    let change = |step, body, put, drop| Change {
        kind: RecordKind::Slot,
        id: made(writer, step),
        body,
        put_rows: put,
        drop_rows: drop,
    };
    let (start, end) = span(writer, step);
    let mut changes =
        vec![change(step, Some(body(writer, step, false)), rows(writer, step, false), Vec::new())];
    let mut claims = vec![
        ClaimOp::Take { key: claim(writer, step), body: body(writer, step, false), expires: None },
        ClaimOp::TakeSpan { key: day(), start, end },
    ];
    if step.is_multiple_of(4) {
        let moved = step - 1;
        let (put, drop) = (rows(writer, moved, true), rows(writer, moved, false));
        changes.push(change(moved, Some(body(writer, moved, true)), put, drop));
    }
    if step.is_multiple_of(3) {
        let gone = step - 2;
        let moved = fate(gone, step - 1).1;
        changes.push(change(gone, None, Vec::new(), rows(writer, gone, moved)));
        claims.push(ClaimOp::Release { key: claim(writer, gone) });
        claims.push(ClaimOp::ReleaseSpan { key: day(), start: span(writer, gone).0 });
    }
    if wanting {
        claims.push(ClaimOp::Take { key: wanted(step), body: Vec::new(), expires: None });
    }
    Commit {
        id: id((writer + 1) * 1_000_000 + step + if wanting { 500_000 } else { 0 }).into(),
        at: Time::from_millis(0),
        aggregate: aggregate(writer),
        expected: step - 1,
        changes,
        claims,
        events: vec![OutboxEvent { id: event(writer, step), at: at(step), body: body(writer, step, false) }],
    }
}
