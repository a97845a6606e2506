//! Data for benches: appointments as they come in a hospital's day, each with a record and the rows of ten lists.
//!
//! Everything follows from the appointment's number, so that two runs load the same.

use std::sync::Arc;
use ward_domain::decision::Change;
use ward_domain::id::{Id, UserId};
use ward_domain::record::{AggregateKind, ClaimKey, ClaimOp, IndexRow, Key, List, RecordKind};
use ward_domain::tenancy::TenantScope;
use ward_domain::time::{DAY, MINUTE, Time};
use ward_store::{AggregateRef, Commit, CommitError, OutboxEvent, Store, Version};

/// How big a hospital is, and how big what it keeps.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Doctors; appointments go round them.
    pub doctors: u64,
    /// Patients; appointments go round them.
    pub patients: u64,
    /// Bytes of a record's body.
    pub body_bytes: usize,
}

impl Default for Shape {
    fn default() -> Self {
        Self { doctors: 100, patients: 20_000, body_bytes: 500 }
    }
}

/// 2025-01-01, where the loaded hospital's days begin.
const BEGIN_MS: i64 = 1_735_689_600_000;

impl Shape {
    /// The doctor's calendar to which an appointment belongs.
    pub fn calendar(&self, number: u64) -> AggregateRef {
        AggregateRef { kind: AggregateKind::Calendar, id: id(1_000_000 + number % self.doctors) }
    }

    /// The appointment's document, with its ten rows.
    pub fn appointment(&self, number: u64) -> Change {
        let (doctor, patient) = (1_000_000 + number % self.doctors, 2_000_000 + number % self.patients);
        let status = number / 7 % 4;
        let created = Time::from_millis(BEGIN_MS).plus(i64::try_from(number).unwrap_or(0) * 1000).sort_key();
        let start = start(number).sort_key();
        let rows = [
            (List::AppointmentsByCreated, Key::all(), created),
            (List::AppointmentsByStart, Key::all(), start),
            (List::AppointmentsByStatusCreated, Key::of(status), created),
            (List::AppointmentsByStatusStart, Key::of(status), start),
            (List::DoctorAppointmentsByCreated, Key::of(doctor), created),
            (List::DoctorAppointmentsByStart, Key::of(doctor), start),
            (List::DoctorAppointmentsByStatusCreated, Key::of(doctor).and(status), created),
            (List::DoctorAppointmentsByStatusStart, Key::of(doctor).and(status), start),
            (List::PatientAppointmentsByCreated, Key::of(patient), created),
            (List::PatientAppointmentsByStart, Key::of(patient), start),
        ];
        Change {
            kind: RecordKind::Appointment,
            id: id(number),
            body: Some(self.body(number)),
            put_rows: rows.into_iter().map(|(list, eq, sort)| IndexRow { list, eq, sort }).collect(),
            drop_rows: Vec::new(),
        }
    }

    /// The booking of one appointment: its document, the patient's span, the request's claim, an event.
    pub fn booking(&self, number: u64, expected: Version) -> Commit {
        let patient = UserId::from(id(2_000_000 + number));
        let start = start(number);
        let mut request = [0; 32];
        request[..8].copy_from_slice(&number.to_le_bytes());
        Commit {
            id: id(number).into(),
            at: Time::from_millis(BEGIN_MS),
            aggregate: self.calendar(number),
            expected,
            changes: vec![self.appointment(number)],
            claims: vec![
                ClaimOp::TakeSpan {
                    key: ClaimKey::patient_day(patient, start.millis() / DAY),
                    start,
                    end: start.plus(30 * MINUTE),
                },
                ClaimOp::Take {
                    key: ClaimKey::request(&request),
                    body: vec![0; 40],
                    expires: Some(Time::from_millis(BEGIN_MS).plus(DAY)),
                },
            ],
            events: vec![OutboxEvent { id: id(number).into(), at: start, body: vec![0; 80] }],
        }
    }

    /// Noise, since sealed bodies do not compress either.
    fn body(&self, number: u64) -> Vec<u8> {
        let mut state = number | 1;
        let noise = std::iter::repeat_with(move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[0]
        });
        noise.take(self.body_bytes).collect()
    }
}

/// Starts are spread over a year, so that rows by start come in the middle of lists.
fn start(number: u64) -> Time {
    let slot = number.wrapping_mul(2_654_435_761) % (365 * 48);
    Time::from_millis(BEGIN_MS).plus(i64::try_from(slot).unwrap_or(0) * 30 * MINUTE)
}

fn id(number: u64) -> Id {
    Id::new(number % ward_domain::id::MAX).unwrap_or_default()
}

/// Appointments in one commit of a bulk load.
const BATCH: u64 = 40;
/// Commits under way at once in a bulk load.
const AT_ONCE: u64 = 16;

/// Loads appointments `from..until` into a tenant: some in each commit, several commits at once. Commits go to
/// aggregates of the loader's own, so the calendars' versions stay 0.
pub async fn fill(
    store: &Arc<dyn Store>,
    scope: TenantScope,
    shape: Shape,
    from: u64,
    until: u64,
) -> Result<(), CommitError> {
    let mut tasks = tokio::task::JoinSet::new();
    let mut next = from;
    while next < until || !tasks.is_empty() {
        while next < until && (tasks.len() as u64) < AT_ONCE {
            let numbers = next..until.min(next + BATCH);
            let (store, batch) = (store.clone(), bulk(shape, numbers.clone()));
            next = numbers.end;
            tasks.spawn(async move { store.commit(&scope, batch).await });
        }
        if let Some(done) = tasks.join_next().await {
            done.map_err(|error| CommitError::Unknown(error.to_string()))??;
        }
    }
    Ok(())
}

fn bulk(shape: Shape, numbers: std::ops::Range<u64>) -> Commit {
    Commit {
        id: id(numbers.start).into(),
        at: Time::from_millis(BEGIN_MS),
        aggregate: AggregateRef { kind: AggregateKind::Courier, id: id(numbers.start) },
        expected: 0,
        changes: numbers.map(|number| shape.appointment(number)).collect(),
        claims: Vec::new(),
        events: Vec::new(),
    }
}
