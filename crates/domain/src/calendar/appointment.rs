//! An appointment (FHIR R4 Appointment): a patient's time with a doctor, and its reminders.

use crate::id::{AppointmentId, Id, SlotId, UserId};
use crate::record::{Document, IndexRow, Key, List, RecordKind};
use crate::time::{MINUTE, Time};
use serde::{Deserialize, Serialize};

/// Where an appointment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum AppointmentStatus {
    /// Booked.
    Scheduled = 1,
    /// Booked, and said to take place.
    Confirmed = 2,
    /// It took place.
    Completed = 3,
    /// It will not take place.
    Cancelled = 4,
    /// The patient did not come.
    NoShow = 5,
}

impl AppointmentStatus {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Scheduled, Self::Confirmed, Self::Completed, Self::Cancelled, Self::NoShow];

    /// Its word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Confirmed => "confirmed",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::NoShow => "no_show",
        }
    }

    /// Reads [`AppointmentStatus::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }

    /// The number in index rows.
    pub const fn code(self) -> u64 {
        self as u64
    }

    /// True while it still holds its slot and may be moved.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Scheduled | Self::Confirmed)
    }
}

/// Who cancelled, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancellation {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Time,
    /// Why; may be empty.
    pub reason: String,
}

/// When patients are reminded, in minutes before the start.
pub const REMINDERS_MINUTES: [i64; 2] = [24 * 60, 30];

/// Where a reminder stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReminderState {
    /// It will be sent when it is due.
    Pending,
    /// It was handed to the courier.
    Sent,
    /// It was due before the appointment was made, or the appointment is off.
    Skipped,
}

/// A reminder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// How long before the start.
    pub minutes_before: i64,
    /// When.
    pub due: Time,
    /// Where it stands.
    pub state: ReminderState,
    /// When it was handed over.
    pub sent_at: Option<Time>,
}

/// An appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// Its id.
    pub id: AppointmentId,
    /// With whom.
    pub doctor: UserId,
    /// For whom.
    pub patient: UserId,
    /// Which slot it holds, or held last.
    pub slot: SlotId,
    /// First moment.
    pub start: Time,
    /// The moment after the last.
    pub end: Time,
    /// Where it stands.
    pub status: AppointmentStatus,
    /// True once it was moved.
    #[serde(default)]
    pub rescheduled: bool,
    /// `consultation`, as sent.
    pub appointment_type: String,
    /// Why the patient comes.
    pub reason: String,
    /// What else was said.
    pub notes: String,
    /// Who booked.
    pub booked_by: UserId,
    /// Who cancelled.
    pub cancellation: Option<Cancellation>,
    /// Reminders, soonest last.
    pub reminders: Vec<Reminder>,
    /// When it was booked.
    pub created_at: Time,
    /// When it last changed (reminders do not count).
    pub updated_at: Time,
    /// How often it has changed: the order of its revisions in calendars (RFC 5545, 3.8.7.4).
    #[serde(default)]
    pub sequence: u32,
}

impl Appointment {
    /// The same as of a change that people see.
    #[must_use]
    pub(super) fn revised(&self, now: Time) -> Self {
        Self { updated_at: now, sequence: self.sequence.saturating_add(1), ..self.clone() }
    }

    /// When the next reminder is due.
    pub fn next_reminder(&self) -> Option<Time> {
        self.reminders
            .iter()
            .filter(|reminder| reminder.state == ReminderState::Pending)
            .map(|reminder| reminder.due)
            .min()
    }

    /// Reminders for a start; those already due are skipped.
    pub fn reminders_for(start: Time, now: Time) -> Vec<Reminder> {
        REMINDERS_MINUTES
            .iter()
            .map(|&minutes_before| {
                let due = start.plus(-minutes_before * MINUTE);
                let state = if due > now { ReminderState::Pending } else { ReminderState::Skipped };
                Reminder { minutes_before, due, state, sent_at: None }
            })
            .collect()
    }
}

impl Document for Appointment {
    const KIND: RecordKind = RecordKind::Appointment;
    fn record_id(&self) -> Id {
        self.id.id()
    }
    fn index(&self) -> Vec<IndexRow> {
        let (created, start) = (self.created_at.sort_key(), self.start.sort_key());
        let (doctor, patient, status) = (self.doctor.get(), self.patient.get(), self.status.code());
        let of_patient = || Key::of(patient);
        let of_doctor = || Key::of(doctor);
        let mut rows = vec![
            (List::AppointmentsByCreated, Key::all(), created),
            (List::AppointmentsByStart, Key::all(), start),
            (List::AppointmentsByStatusCreated, Key::of(status), created),
            (List::AppointmentsByStatusStart, Key::of(status), start),
            (List::DoctorAppointmentsByCreated, of_doctor(), created),
            (List::DoctorAppointmentsByStart, of_doctor(), start),
            (List::DoctorAppointmentsByStatusCreated, of_doctor().and(status), created),
            (List::DoctorAppointmentsByStatusStart, of_doctor().and(status), start),
            (List::PatientAppointmentsByCreated, of_patient(), created),
            (List::PatientAppointmentsByStart, of_patient(), start),
            (List::DoctorPatientAppointments, of_doctor().and(patient), start),
        ];
        if let (true, Some(due)) = (self.status.is_open(), self.next_reminder()) {
            rows.push((List::RemindersDue, Key::all(), due.sort_key()));
        }
        rows.into_iter().map(|(list, eq, sort)| IndexRow { list, eq, sort }).collect()
    }
}
