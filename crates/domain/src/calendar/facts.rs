//! What an appointment's events say of it: how it was when they happened. Ids, times and states, for they leave the house.

use super::{Appointment, AppointmentStatus};
use crate::id::UserId;
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// What happened to an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppointmentChange {
    /// It was made.
    Booked,
    /// Its words changed.
    Edited,
    /// It is said to take place.
    Confirmed,
    /// It was moved.
    Rescheduled,
    /// It will not take place.
    Cancelled,
    /// It took place.
    Completed,
    /// The patient did not come.
    Missed,
}

impl AppointmentChange {
    /// What brought an appointment from one form to another.
    pub fn between(old: &Appointment, new: &Appointment) -> Self {
        match new.status {
            _ if old.slot != new.slot => Self::Rescheduled,
            status if status == old.status => Self::Edited,
            AppointmentStatus::Confirmed => Self::Confirmed,
            AppointmentStatus::Completed => Self::Completed,
            AppointmentStatus::Cancelled => Self::Cancelled,
            AppointmentStatus::NoShow => Self::Missed,
            AppointmentStatus::Scheduled => Self::Edited,
        }
    }
}

/// An appointment at a moment, and what had happened to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppointmentFacts {
    /// What had happened.
    pub change: AppointmentChange,
    /// With whom.
    pub doctor: UserId,
    /// For whom.
    pub patient: UserId,
    /// First moment.
    pub start: Time,
    /// The moment after the last.
    pub end: Time,
    /// Where it stood.
    pub status: AppointmentStatus,
}

impl Appointment {
    /// What its events say of it after a change.
    pub const fn facts(&self, change: AppointmentChange) -> AppointmentFacts {
        AppointmentFacts {
            change,
            doctor: self.doctor,
            patient: self.patient,
            start: self.start,
            end: self.end,
            status: self.status,
        }
    }
}
