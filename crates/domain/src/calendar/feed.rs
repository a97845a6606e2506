//! A calendar feed: appointments for calendar programs (RFC 5545, RFC 7986).
//!
//! A feed changes only when something in it does, or with the day: so a program that asks again learns that nothing is
//! new. It says when and with whom, never why. The spelling is in [`text`](write).

mod text;

pub use text::write;

use super::{Appointment, AppointmentStatus};
use crate::time::{DAY, ParseTimeError, Time};
use crate::zone::Zone;

/// How far back a feed reaches, in days.
pub const BACK_DAYS: i64 = 90;
/// How far ahead, in days.
pub const AHEAD_DAYS: i64 = 400;
/// How long a cancelled appointment stays in a feed, in days.
pub const CANCELLED_DAYS: i64 = 30;
/// The most appointments in a feed: those nearest to today.
pub const MAX_EVENTS: usize = 2_000;
/// How often a calendar program is asked to look, in hours.
pub const REFRESH_HOURS: u32 = 1;

/// What a feed reaches over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first moment of the present day.
    pub today: Time,
    /// Appointments that begin from here on.
    pub from: Time,
    /// Appointments that begin until here.
    pub until: Time,
}

impl Window {
    /// The window of a day in a zone: it moves at midnight there.
    pub fn of(zone: &Zone, now: Time) -> Result<Self, ParseTimeError> {
        let (today, _) = zone.day(zone.date(now))?;
        Ok(Self { today, from: today.plus(-BACK_DAYS * DAY), until: today.plus(AHEAD_DAYS * DAY) })
    }

    /// Whether an appointment that begins within the window is shown.
    pub fn shows(&self, appointment: &Appointment) -> bool {
        let gone = self.today.plus(-CANCELLED_DAYS * DAY);
        appointment.status != AppointmentStatus::Cancelled
            || appointment.cancellation.as_ref().is_none_or(|cancelled| cancelled.at >= gone)
    }

    /// Of starts before today (latest first) and from today on (soonest first) how many of each are the nearest.
    pub fn nearest(&self, before: &[Time], after: &[Time]) -> (usize, usize) {
        let (mut past, mut coming) = (0, 0);
        while past + coming < MAX_EVENTS {
            let away = |time: &Time| (time.millis() - self.today.millis()).abs();
            match (before.get(past).map(away), after.get(coming).map(away)) {
                (Some(back), Some(ahead)) if back < ahead => past += 1,
                (_, Some(_)) => coming += 1,
                (Some(_), None) => past += 1,
                (None, None) => break,
            }
        }
        (past, coming)
    }
}

/// A feed with all its words.
#[derive(Debug)]
pub struct Feed<'a> {
    /// What the calendar is called.
    pub name: String,
    /// The hospital's name: where it takes place.
    pub place: &'a str,
    /// What UIDs end in: the same for as long as the hospital is.
    pub host: &'a str,
    /// The hospital's zone.
    pub zone: &'a Zone,
    /// The appointments, with what each is called.
    pub events: Vec<(Appointment, String)>,
}

/// What an appointment is called in the doctor's calendar: by its kind; by the patient only where that was asked for.
pub fn doctors_summary(appointment: &Appointment, patient: Option<&str>) -> String {
    let who = patient.unwrap_or("Appointment");
    match appointment.appointment_type.as_str() {
        "" => who.to_owned(),
        kind => format!("{who} ({kind})"),
    }
}

/// What an appointment is called in the patient's calendar, which lies on a screen that others see: with whom, not why.
pub fn patients_summary(doctor: &str) -> String {
    format!("Appointment with {doctor}")
}

#[cfg(test)]
mod tests;
