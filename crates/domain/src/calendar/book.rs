//! Opening and booking: where a slot gets its one appointment.

use super::{Answer, Appointment, AppointmentChange, AppointmentStatus, CalendarView, NewAppointment, Slot};
use crate::decision::{Change, Decision, Happening};
use crate::id::{SlotId, UserId};
use crate::record::{ClaimKey, ClaimOp};
use crate::refusal::Refusal;
use crate::time::{DAY, Time};

impl CalendarView {
    pub(super) fn open_slots(
        &self,
        now: Time,
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
        let mut decision = Decision { claims: claims.to_vec(), ..Decision::default() };
        let mut queue = self.queue();
        let mut opened = Vec::with_capacity(slots.len());
        for slot in slots {
            let offered = queue.offer(now, self.offer_minutes, slot, &mut decision);
            let slot = offered.unwrap_or_else(|| slot.clone());
            decision.changes.push(Change::create(&slot));
            opened.push(slot);
        }
        Ok((decision, Answer::Slots(opened)))
    }

    pub(super) fn book(
        &self,
        now: Time,
        new: &NewAppointment,
        claims: &[ClaimOp],
    ) -> Result<(Decision, Answer), Refusal> {
        let slot = self.bookable(now, new.slot, new.patient)?;
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
            sequence: 0,
        };
        let mut decision = Decision { claims: claims.to_vec(), ..Decision::default() };
        self.taken(now, slot, new.id, &mut decision);
        decision.changes.push(Change::create(&appointment));
        decision.claims.extend(hold_day(new.patient, slot.start, slot.end));
        decision.happenings.push(Happening::AppointmentBooked {
            appointment: new.id,
            then: Some(appointment.facts(AppointmentChange::Booked)),
        });
        Ok((decision, Answer::Appointment(Box::new(appointment))))
    }

    /// The slot, if it can be booked for this patient now.
    pub(super) fn bookable(&self, now: Time, id: SlotId, patient: UserId) -> Result<&Slot, Refusal> {
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
        if slot.live_hold(now).is_some_and(|hold| hold.patient != patient) {
            return Err(Refusal::conflict("slot_held", "This slot is held for someone else at the moment."));
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
