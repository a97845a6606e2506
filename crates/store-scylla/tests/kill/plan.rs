//! What each writer commits: a function of writer and step, so that the version that is found says what must be there.
//!
//! Step `i` creates record `i`, with rows, a claim, a span and an event, and removes what step `i - 2` made. Every
//! fourth step all writers want one claim.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use ward_domain::decision::Change;
use ward_domain::id::{EventId, Id, UserId};
use ward_domain::record::{AggregateKind, ClaimKey, ClaimOp, IndexRow, Key, List, RecordKind};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;
use ward_store::{AggregateRef, Commit, OutboxEvent};

pub const WRITERS: u64 = 6;

pub fn id(number: u64) -> Id {
    Id::new(number).unwrap()
}

pub fn scope() -> TenantScope {
    TenantScope::mint(TenantId::from_number(3))
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

pub fn body(writer: u64, step: u64) -> Vec<u8> {
    format!("{writer} {step} ").repeat(40).into_bytes()
}

pub fn by_doctor(writer: u64) -> Key {
    Key::of(writer)
}

fn rows(writer: u64, step: u64) -> Vec<IndexRow> {
    vec![
        IndexRow { list: List::Slots, eq: Key::all(), sort: step },
        IndexRow { list: List::SlotsByDoctor, eq: by_doctor(writer), sort: step },
        IndexRow { list: List::MessagesDue, eq: Key::all(), sort: step },
    ]
}

pub fn claim(writer: u64, step: u64) -> ClaimKey {
    let mut hash = [7; 32];
    hash[..8].copy_from_slice(&writer.to_be_bytes());
    hash[8..16].copy_from_slice(&step.to_be_bytes());
    ClaimKey::request(&hash)
}

/// What all writers want at a step.
pub fn wanted(step: u64) -> ClaimKey {
    claim(u64::MAX, step)
}

pub fn wants(step: u64) -> bool {
    step.is_multiple_of(4)
}

/// All spans lie on the day of one patient.
pub fn day() -> ClaimKey {
    ClaimKey::patient_day(UserId::from(id(5)), 0)
}

pub fn span(writer: u64, step: u64) -> (Time, Time) {
    let start = i64::try_from((writer * 1_000_000 + step) * 10).unwrap();
    (Time::from_millis(start), Time::from_millis(start + 10))
}

/// The commit that brings a writer to version `step`.
pub fn commit(writer: u64, step: u64, wanting: bool) -> Commit {
    let change = |step, body, put_rows, drop_rows| Change {
        kind: RecordKind::Slot,
        id: made(writer, step),
        body,
        put_rows,
        drop_rows,
    };
    let take = |key| ClaimOp::Take { key, body: body(writer, step), expires: None };
    let (start, end) = span(writer, step);
    let mut changes = vec![change(step, Some(body(writer, step)), rows(writer, step), vec![])];
    let mut claims = vec![take(claim(writer, step)), ClaimOp::TakeSpan { key: day(), start, end }];
    if let Some(old) = step.checked_sub(2).filter(|old| *old > 0) {
        changes.push(change(old, None, vec![], rows(writer, old)));
        claims.push(ClaimOp::Release { key: claim(writer, old) });
        claims.push(ClaimOp::ReleaseSpan { key: day(), start: span(writer, old).0 });
    }
    if wanting {
        claims.push(take(wanted(step)));
    }
    let events = vec![OutboxEvent { id: event(writer, step), at: start, body: body(writer, step) }];
    let id = id((writer + 1) * 10_000_000 + step * 2 + u64::from(wanting)).into();
    Commit {
        id,
        at: Time::default(),
        aggregate: aggregate(writer),
        expected: step - 1,
        changes,
        claims,
        events,
    }
}

/// The child's log: one line before each call and one after its answer, each written with one call to the system.
pub struct Log(File);

impl Log {
    pub fn open(path: &Path) -> Self {
        Self(OpenOptions::new().create(true).append(true).open(path).unwrap())
    }

    pub fn line(&self, what: &str, writer: u64, step: u64) {
        (&self.0).write_all(format!("{what} {writer} {step}\n").as_bytes()).unwrap();
    }
}

pub fn lines(path: &Path) -> usize {
    std::fs::read_to_string(path).map_or(0, |text| text.lines().count())
}
