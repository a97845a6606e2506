//! Bookings as a calendar's actor commits them.

use super::{BODY, DOCTORS, id, scope};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::oneshot;
use ward_domain::decision::Change;
use ward_domain::id::UserId;
use ward_domain::record::{AggregateKind, ClaimKey, ClaimOp, IndexRow, Key, List, RecordKind};
use ward_domain::time::{DAY, Time};
use ward_store::{AggregateRef, Commit, CommitError, OutboxEvent, Store};

/// A booking as the calendar commits it: slot and appointment with their rows, the patient's day, an event.
fn booking(doctor: u64, version: u64, number: u64) -> Commit {
    // Half hours of the next sixty days, so that no patient is at two places at a time.
    let start = Time::from_millis(1_800_000_000_000 + i64::try_from(number * 7 % 2880).unwrap() * 1_800_000);
    let (sort, patient) = (start.sort_key(), number % 10_000);
    let row = |list, eq| IndexRow { list, eq, sort };
    let mut rows = Vec::new();
    for (list, eq) in [
        (List::AppointmentsByCreated, Key::all()),
        (List::AppointmentsByStart, Key::all()),
        (List::AppointmentsByStatusCreated, Key::of(1)),
        (List::AppointmentsByStatusStart, Key::of(1)),
        (List::DoctorAppointmentsByCreated, Key::of(doctor)),
        (List::DoctorAppointmentsByStart, Key::of(doctor)),
        (List::DoctorAppointmentsByStatusCreated, Key::of(doctor).and(1)),
        (List::DoctorAppointmentsByStatusStart, Key::of(doctor).and(1)),
        (List::PatientAppointmentsByCreated, Key::of(patient)),
        (List::PatientAppointmentsByStart, Key::of(patient)),
        (List::DoctorPatientAppointments, Key::of(doctor).and(patient)),
        (List::RemindersDue, Key::all()),
    ] {
        rows.push(row(list, eq));
    }
    let change = |kind, put_rows, drop_rows| Change {
        kind,
        id: id(1_000_000 + number),
        body: Some(vec![b'x'; BODY]),
        put_rows,
        drop_rows,
    };
    let open = vec![row(List::OpenSlots, Key::all()), row(List::OpenSlotsByDoctor, Key::of(doctor))];
    Commit {
        id: id(1_000_000 + number).into(),
        at: start,
        aggregate: AggregateRef { kind: AggregateKind::Calendar, id: id(doctor) },
        expected: version,
        changes: vec![change(RecordKind::Slot, vec![], open), change(RecordKind::Appointment, rows, vec![])],
        claims: vec![ClaimOp::TakeSpan {
            key: ClaimKey::patient_day(UserId::from(id(1 + patient)), start.millis() / DAY),
            start,
            end: start.plus(1_800_000),
        }],
        events: vec![OutboxEvent { id: id(1_000_000 + number).into(), at: start, body: vec![b'e'; 120] }],
    }
}

/// A doctor's calendar in one process: its version, and who waits for it. Each is told whether the booking stands.
#[derive(Default)]
pub struct Doctor {
    version: tokio::sync::Mutex<u64>,
    waiting: std::sync::Mutex<Vec<(u64, oneshot::Sender<bool>)>>,
    pub commits: AtomicU64,
    /// Commits that came second to another process's.
    pub lost: AtomicU64,
    /// Commits that had no answer.
    pub away: AtomicU64,
}

impl Doctor {
    pub fn all() -> Arc<Vec<Self>> {
        Arc::new((0..DOCTORS).map(|_| Self::default()).collect())
    }

    /// As its actor does: what waits goes in one commit; where something is in the way, each by itself.
    pub async fn book<S: Store>(&self, store: &S, doctor: u64, number: u64) -> bool {
        let (tell, mut told) = oneshot::channel();
        self.waiting.lock().unwrap().push((number, tell));
        let mut version = self.version.lock().await;
        if let Ok(done) = told.try_recv() {
            return done;
        }
        let all = std::mem::take(&mut *self.waiting.lock().unwrap());
        let numbers: Vec<u64> = all.iter().map(|(number, _)| *number).collect();
        let together = self.commit(store, doctor, &mut version, &numbers).await;
        for (number, tell) in all {
            let _ = tell.send(together || self.commit(store, doctor, &mut version, &[number]).await);
        }
        told.try_recv().unwrap()
    }

    async fn commit<S: Store>(&self, store: &S, doctor: u64, version: &mut u64, numbers: &[u64]) -> bool {
        loop {
            let mut all = booking(doctor, *version, numbers[0]);
            for number in &numbers[1..] {
                let Commit { changes, claims, events, .. } = booking(doctor, *version, *number);
                all.changes.extend(changes);
                all.claims.extend(claims);
                all.events.extend(events);
            }
            match store.commit(&scope(), all).await {
                Ok(done) => {
                    self.commits.fetch_add(1, Ordering::Relaxed);
                    *version = done.version;
                    return true;
                }
                Err(CommitError::ClaimTaken { .. }) => return false,
                Err(CommitError::Version { actual }) => {
                    self.lost.fetch_add(1, Ordering::Relaxed);
                    *version = actual;
                }
                Err(CommitError::Unavailable(_) | CommitError::Unknown(_)) => {
                    self.away.fetch_add(1, Ordering::Relaxed);
                }
                Err(error) => panic!("{error}"),
            }
        }
    }
}
