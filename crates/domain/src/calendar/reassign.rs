//! An appointment becomes another patient's: two accounts of one person were merged.

use super::book::{free_day, hold_day};
use super::{Answer, Appointment, AppointmentChange, AppointmentStatus, CalendarView};
use crate::decision::{Change, Decision, Happening};
use crate::id::{AppointmentId, UserId};
use crate::refusal::Refusal;
use crate::time::Time;

impl CalendarView {
    /// Gives an appointment of `from` to `to`, with the time that it holds of the patient's day. The store refuses it
    /// where that time is taken. One that is `to`'s already stays as it is, so it may be told twice.
    pub(super) fn reassign(
        &self,
        now: Time,
        id: AppointmentId,
        from: UserId,
        to: UserId,
    ) -> Result<(Decision, Answer), Refusal> {
        let old = self.appointments.get(&id).map(|(appointment, _)| appointment);
        let old = old
            .filter(|old| old.patient == from || old.patient == to)
            .ok_or_else(|| Refusal::not_found("Appointment"))?;
        if old.patient == to {
            return Ok((Decision::default(), Answer::Appointment(Box::new(old.clone()))));
        }
        let new = Appointment { patient: to, updated_at: now, ..old.clone() };
        let mut claims = Vec::new();
        // One that was cancelled holds no time any more.
        if old.status != AppointmentStatus::Cancelled {
            claims.extend(free_day(from, old.start, old.end));
            claims.extend(hold_day(to, old.start, old.end));
        }
        let decision = Decision {
            changes: vec![Change::update(old, &new)],
            claims,
            happenings: vec![Happening::AppointmentChanged {
                appointment: id,
                status: new.status,
                then: Some(new.facts(AppointmentChange::Edited)),
            }],
        };
        Ok((decision, Answer::Appointment(Box::new(new))))
    }
}
