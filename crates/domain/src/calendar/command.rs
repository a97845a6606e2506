//! What can be told to a calendar, what it must have in hand to decide, and what it answers.

use super::{Appointment, Slot};
use crate::decision::Decision;
use crate::id::{AppointmentId, SlotId, UserId};
use crate::record::ClaimOp;
use crate::refusal::Refusal;
use crate::time::Time;
use std::collections::BTreeMap;

/// A new appointment as the caller wants it.
#[derive(Debug, Clone)]
pub struct NewAppointment {
    /// Its id, minted by the use case.
    pub id: AppointmentId,
    /// For whom.
    pub patient: UserId,
    /// Which slot.
    pub slot: SlotId,
    /// As sent.
    pub appointment_type: String,
    /// As sent.
    pub reason: String,
    /// As sent.
    pub notes: String,
    /// Who books.
    pub by: UserId,
}

/// What can be edited without moving an appointment; `None` leaves as is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edit {
    /// As sent.
    pub appointment_type: Option<String>,
    /// As sent.
    pub reason: Option<String>,
    /// As sent.
    pub notes: Option<String>,
    /// Another slot of the same doctor.
    pub slot: Option<SlotId>,
}

/// What can be told to a calendar.
#[derive(Debug, Clone)]
pub enum CalendarCommand {
    /// Opens slots, all or none.
    OpenSlots {
        /// The slots, soonest first, not overlapping each other.
        slots: Vec<Slot>,
        /// Further claims of the same commit: a request's key.
        claims: Vec<ClaimOp>,
    },
    /// Books a slot.
    Book {
        /// How.
        new: NewAppointment,
        /// Further claims of the same commit: a request's key.
        claims: Vec<ClaimOp>,
    },
    /// Says that it takes place.
    Confirm(
        /// Which.
        AppointmentId,
    ),
    /// Says that it does not, and frees the slot.
    Cancel {
        /// Which.
        appointment: AppointmentId,
        /// Who says so.
        by: UserId,
        /// Why.
        reason: String,
    },
    /// Says that it took place.
    Complete(
        /// Which.
        AppointmentId,
    ),
    /// Says that the patient did not come.
    NoShow(
        /// Which.
        AppointmentId,
    ),
    /// Changes words, or moves it to another slot.
    Change {
        /// Which.
        appointment: AppointmentId,
        /// What.
        edit: Edit,
        /// The document's version that the caller edits, if they said.
        if_version: Option<u64>,
    },
    /// Hands reminders that are due to the courier.
    Remind(
        /// Of which.
        AppointmentId,
    ),
    /// Gives an appointment to another account of the same patient.
    Reassign {
        /// Which.
        appointment: AppointmentId,
        /// Whose it is.
        from: UserId,
        /// Whose it becomes.
        to: UserId,
    },
}

/// What must be loaded before a command is decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// Slots by id.
    pub slots: Vec<SlotId>,
    /// Appointments by id, with the slot that each holds.
    pub appointments: Vec<AppointmentId>,
    /// Every slot that begins within these times.
    pub slots_between: Option<(Time, Time)>,
}

impl CalendarCommand {
    /// What must be loaded before it is decided.
    pub fn needs(&self) -> Needs {
        let mut needs = Needs::default();
        match self {
            Self::OpenSlots { slots, .. } => {
                if let (Some(first), Some(last)) = (slots.first(), slots.last()) {
                    let longest = super::MAX_SLOT_HOURS * crate::time::HOUR;
                    needs.slots_between = Some((first.start.plus(-longest), last.end));
                }
            }
            Self::Book { new, .. } => needs.slots.push(new.slot),
            Self::Change { appointment, edit, .. } => {
                needs.appointments.push(*appointment);
                needs.slots.extend(edit.slot);
            }
            Self::Confirm(appointment)
            | Self::Cancel { appointment, .. }
            | Self::Complete(appointment)
            | Self::NoShow(appointment)
            | Self::Remind(appointment)
            | Self::Reassign { appointment, .. } => needs.appointments.push(*appointment),
        }
        needs
    }
}

/// What a calendar answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The slots that were opened.
    Slots(Vec<Slot>),
    /// The appointment as it is now.
    Appointment(Box<Appointment>),
}

/// The part of a calendar that a command needs. Each document comes with the version that wrote it.
#[derive(Debug, Clone, Default)]
pub struct CalendarView {
    /// Whose calendar.
    pub doctor: UserId,
    /// Slots in hand.
    pub slots: BTreeMap<SlotId, Slot>,
    /// Appointments in hand, with the version of each.
    pub appointments: BTreeMap<AppointmentId, (Appointment, u64)>,
}

impl CalendarView {
    /// Decides a command.
    pub fn decide(&self, now: Time, command: &CalendarCommand) -> Result<(Decision, Answer), Refusal> {
        match command {
            CalendarCommand::OpenSlots { slots, claims } => self.open_slots(slots, claims),
            CalendarCommand::Book { new, claims } => self.book(now, new, claims),
            CalendarCommand::Confirm(id) => self.confirm(now, *id),
            CalendarCommand::Cancel { appointment, by, reason } => {
                self.cancel(now, *appointment, *by, reason)
            }
            CalendarCommand::Complete(id) => self.complete(now, *id),
            CalendarCommand::NoShow(id) => self.no_show(now, *id),
            CalendarCommand::Change { appointment, edit, if_version } => {
                self.change(now, *appointment, edit, *if_version)
            }
            CalendarCommand::Remind(id) => self.remind(now, *id),
            CalendarCommand::Reassign { appointment, from, to } => {
                self.reassign(now, *appointment, *from, *to)
            }
        }
    }
}
