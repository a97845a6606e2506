//! What happens to an appointment after it was booked.

use super::book::{free_day, hold_day};
use super::{
    Answer, Appointment, AppointmentChange, AppointmentStatus, CalendarView, Cancellation, Edit,
    ReminderState, Slot,
};
use crate::courier::{MessageRequest, Occasion};
use crate::decision::{Change, Decision, Happening};
use crate::hospital::check_version;
use crate::id::{AppointmentId, UserId};
use crate::refusal::Refusal;
use crate::time::Time;

type Decided = Result<(Decision, Answer), Refusal>;

impl CalendarView {
    fn appointment(&self, id: AppointmentId) -> Result<&Appointment, Refusal> {
        self.appointments
            .get(&id)
            .map(|(appointment, _)| appointment)
            .ok_or_else(|| Refusal::not_found("Appointment"))
    }

    pub(super) fn confirm(&self, now: Time, id: AppointmentId) -> Decided {
        let old = self.appointment(id)?;
        match old.status {
            AppointmentStatus::Confirmed => Ok(unchanged(old)),
            AppointmentStatus::Scheduled => Ok(became(old, AppointmentStatus::Confirmed, now)),
            status => Err(ended(status)),
        }
    }

    pub(super) fn complete(&self, now: Time, id: AppointmentId) -> Decided {
        let old = self.appointment(id)?;
        match old.status {
            AppointmentStatus::Completed => Ok(unchanged(old)),
            status if status.is_open() => Ok(became(old, AppointmentStatus::Completed, now)),
            status => Err(ended(status)),
        }
    }

    pub(super) fn no_show(&self, now: Time, id: AppointmentId) -> Decided {
        let old = self.appointment(id)?;
        match old.status {
            AppointmentStatus::NoShow => Ok(unchanged(old)),
            status if !status.is_open() => Err(ended(status)),
            _ if now < old.start => Err(Refusal::impossible(
                "not_begun",
                "An appointment that has not begun cannot have been missed.",
            )),
            _ => Ok(became(old, AppointmentStatus::NoShow, now)),
        }
    }

    pub(super) fn cancel(&self, now: Time, id: AppointmentId, by: UserId, reason: &str) -> Decided {
        let old = self.appointment(id)?;
        match old.status {
            AppointmentStatus::Cancelled => return Ok(unchanged(old)),
            status if !status.is_open() => return Err(ended(status)),
            _ => {}
        }
        let mut new = Appointment { status: AppointmentStatus::Cancelled, ..old.revised(now) };
        new.cancellation = Some(Cancellation { by, at: now, reason: reason.to_owned() });
        skip_pending(&mut new);
        let mut decision = changed(old, &new);
        decision.claims.extend(free_day(old.patient, old.start, old.end));
        self.given_up(now, old, &mut decision);
        Ok((decision, Answer::Appointment(Box::new(new))))
    }

    pub(super) fn change(
        &self,
        now: Time,
        id: AppointmentId,
        edit: &Edit,
        if_version: Option<u64>,
    ) -> Decided {
        let (old, version) = self.appointments.get(&id).ok_or_else(|| Refusal::not_found("Appointment"))?;
        check_version(if_version, *version)?;
        let mut new = old.clone();
        for (field, value) in [
            (&mut new.appointment_type, &edit.appointment_type),
            (&mut new.reason, &edit.reason),
            (&mut new.notes, &edit.notes),
        ] {
            if let Some(value) = value {
                field.clone_from(value);
            }
        }
        let mut moved = Decision::default();
        if let Some(slot) = edit.slot.filter(|slot| *slot != old.slot) {
            if !old.status.is_open() {
                return Err(ended(old.status));
            }
            let slot = self.bookable(now, slot, old.patient)?;
            new.slot = slot.id;
            new.start = slot.start;
            new.end = slot.end;
            new.status = AppointmentStatus::Scheduled;
            new.rescheduled = true;
            new.reminders = Appointment::reminders_for(slot.start, now);
            self.given_up(now, old, &mut moved);
            self.taken(now, slot, id, &mut moved);
            moved.claims.extend(free_day(old.patient, old.start, old.end));
            moved.claims.extend(hold_day(old.patient, slot.start, slot.end));
        }
        if new == *old {
            return Ok(unchanged(old));
        }
        let new = new.revised(now);
        let mut decision = changed(old, &new);
        decision.changes.append(&mut moved.changes);
        decision.claims.append(&mut moved.claims);
        decision.happenings.append(&mut moved.happenings);
        Ok((decision, Answer::Appointment(Box::new(new))))
    }

    /// Hands every reminder that is due to the courier, in the commit that says so: decided once, whatever dies.
    pub(super) fn remind(&self, now: Time, id: AppointmentId) -> Decided {
        let old = self.appointment(id)?;
        if !old.status.is_open() {
            return Ok(unchanged(old));
        }
        let mut new = old.clone();
        let mut happenings = Vec::new();
        for reminder in &mut new.reminders {
            if reminder.state != ReminderState::Pending || reminder.due > now {
                continue;
            }
            // After the start a reminder helps nobody: the server was down, or the clock jumped.
            if new.start <= now {
                reminder.state = ReminderState::Skipped;
                continue;
            }
            reminder.state = ReminderState::Sent;
            reminder.sent_at = Some(now);
            let occasion =
                Occasion::AppointmentReminder { appointment: id, minutes_before: reminder.minutes_before };
            happenings.push(Happening::MessageRequested {
                message: MessageRequest { recipient: Some(new.patient), occasion },
            });
        }
        // Of several that are due at once (the server was down), only the latest is still of use.
        if happenings.len() > 1 {
            happenings.drain(..happenings.len() - 1);
        }
        let decision = Decision { changes: vec![Change::update(old, &new)], claims: Vec::new(), happenings };
        Ok((if new == *old { Decision::default() } else { decision }, Answer::Appointment(Box::new(new))))
    }

    /// The slot that an appointment held is free again, for others.
    fn given_up(&self, now: Time, appointment: &Appointment, decision: &mut Decision) {
        let slot = self.slots.get(&appointment.slot);
        if let Some(slot) = slot.filter(|slot| slot.appointment == Some(appointment.id)) {
            let free = Slot { appointment: None, ..slot.clone() };
            self.freed(now, slot, free, &mut self.queue().without(appointment.patient), decision);
        }
    }
}

fn unchanged(appointment: &Appointment) -> (Decision, Answer) {
    (Decision::default(), Answer::Appointment(Box::new(appointment.clone())))
}

fn became(old: &Appointment, status: AppointmentStatus, now: Time) -> (Decision, Answer) {
    let mut new = Appointment { status, ..old.revised(now) };
    if !status.is_open() {
        skip_pending(&mut new);
    }
    (changed(old, &new), Answer::Appointment(Box::new(new)))
}

fn changed(old: &Appointment, new: &Appointment) -> Decision {
    Decision {
        changes: vec![Change::update(old, new)],
        claims: Vec::new(),
        happenings: vec![Happening::AppointmentChanged {
            appointment: new.id,
            status: new.status,
            then: Some(new.facts(AppointmentChange::between(old, new))),
        }],
    }
}

fn skip_pending(appointment: &mut Appointment) {
    for reminder in &mut appointment.reminders {
        if reminder.state == ReminderState::Pending {
            reminder.state = ReminderState::Skipped;
        }
    }
}

fn ended(status: AppointmentStatus) -> Refusal {
    Refusal::conflict(
        "appointment_ended",
        format!("This appointment is {} already.", status.word().replace('_', "-")),
    )
}
