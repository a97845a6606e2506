//! Opening and booking: where a slot gets its one appointment.

use super::{Answer, Appointment, AppointmentChange, AppointmentStatus, CalendarView, NewAppointment, Slot};
use crate::decision::{Change, Decision, Happening};
use crate::id::UserId;
use crate::record::{ClaimKey, ClaimOp};
use crate::refusal::Refusal;
use crate::time::{DAY, Time};

impl CalendarView {
    pub(super) fn open_slots(
        &self,
        slots: &[Slot],
        claims: &[ClaimOp],
    ) -> Result<(Decision, Answer), Refusal> {
        let clash = slots
            .iter()
            .find(|new| self.slots.values().any(|old| old.start < new.end && new.start < old.end));
        if let Some(slot) = clash {
            return Err(Refusal::conflict(
                "slot_overlaps",
                format!("The doctor has a slot already that overlaps the one at {}.", slot.start),
            ));
        }
        let decision = Decision {
            changes: slots.iter().map(Change::create).collect(),
            claims: claims.to_vec(),
            happenings: Vec::new(),
        };
        Ok((decision, Answer::Slots(slots.to_vec())))
    }

    pub(super) fn book(
        &self,
        now: Time,
        new: &NewAppointment,
        claims: &[ClaimOp],
    ) -> Result<(Decision, Answer), Refusal> {
        let slot = self.bookable(now, new.slot)?;
        let appointment = Appointment {
            id: new.id,
            doctor: slot.doctor,
            patient: new.patient,
            slot: slot.id,
            start: slot.start,
            end: slot.end,
            status: AppointmentStatus::Scheduled,
            rescheduled: false,
            appointment_type: new.appointment_type.clone(),
            reason: new.reason.clone(),
            notes: new.notes.clone(),
            booked_by: new.by,
            cancellation: None,
            reminders: Appointment::reminders_for(slot.start, now),
            created_at: now,
            updated_at: now,
        };
        let taken = Slot { appointment: Some(new.id), ..slot.clone() };
        let mut all = claims.to_vec();
        all.extend(hold_day(new.patient, slot.start, slot.end));
        let decision = Decision {
            changes: vec![Change::update(slot, &taken), Change::create(&appointment)],
            claims: all,
            happenings: vec![Happening::AppointmentBooked {
                appointment: new.id,
                then: Some(appointment.facts(AppointmentChange::Booked)),
            }],
        };
        Ok((decision, Answer::Appointment(Box::new(appointment))))
    }

    /// The slot, if it can be booked now.
    pub(super) fn bookable(&self, now: Time, id: crate::id::SlotId) -> Result<&Slot, Refusal> {
        let slot =
            self.slots.get(&id).ok_or_else(|| Refusal::field("slot", "This doctor has no such slot."))?;
        if slot.appointment.is_some() {
            return Err(Refusal::conflict("slot_taken", "This slot is taken."));
        }
        if !slot.bookable {
            return Err(Refusal::conflict("slot_unavailable", "This slot is not open for booking."));
        }
        if slot.start <= now {
            return Err(Refusal::impossible("slot_past", "This slot has begun already."));
        }
        Ok(slot)
    }
}

/// Takes a span of a patient's time on every UTC day that it touches: the store refuses an overlap, whichever doctor
/// the other appointment is with.
pub(super) fn hold_day(patient: UserId, start: Time, end: Time) -> impl Iterator<Item = ClaimOp> {
    days(start, end).map(move |day| ClaimOp::TakeSpan {
        key: ClaimKey::patient_day(patient, day),
        start,
        end,
    })
}

/// Gives it back.
pub(super) fn free_day(patient: UserId, start: Time, end: Time) -> impl Iterator<Item = ClaimOp> {
    days(start, end).map(move |day| ClaimOp::ReleaseSpan { key: ClaimKey::patient_day(patient, day), start })
}

fn days(start: Time, end: Time) -> std::ops::RangeInclusive<i64> {
    start.millis().div_euclid(DAY)..=end.plus(-1).millis().div_euclid(DAY)
}
