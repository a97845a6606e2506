//! What can be told to a calendar, what it must have in hand to decide, and what it answers.

use super::{Appointment, NewHold, OFFER_MINUTES, Slot, WaitingEntry};
use crate::decision::Decision;
use crate::id::{AppointmentId, SlotId, UserId, WaitingEntryId};
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
    /// Holds a slot for a patient for some minutes, or renews their hold.
    Hold {
        /// How.
        new: NewHold,
        /// Further claims of the same commit: a request's key.
        claims: Vec<ClaimOp>,
    },
    /// Gives a held slot back.
    Release(
        /// Which.
        SlotId,
    ),
    /// Notices that a hold is over.
    LapseHold(
        /// Of which slot.
        SlotId,
    ),
    /// Puts someone on the waiting list.
    Wait {
        /// The entry.
        entry: Box<WaitingEntry>,
        /// Further claims of the same commit: a request's key.
        claims: Vec<ClaimOp>,
    },
    /// Lets an offer go by.
    DeclineOffer(
        /// Whose.
        WaitingEntryId,
    ),
    /// Takes someone off the waiting list.
    Withdraw(
        /// Whose place.
        WaitingEntryId,
    ),
    /// Notices that a wait is over.
    EndWaiting(
        /// Whose.
        WaitingEntryId,
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
    /// Slots by id, each with the waiting entry that it is offered to.
    pub slots: Vec<SlotId>,
    /// Appointments by id, with the slot that each holds.
    pub appointments: Vec<AppointmentId>,
    /// Every slot that begins within these times.
    pub slots_between: Option<(Time, Time)>,
    /// Waiting entries by id, with the slot that is offered to each.
    pub entries: Vec<WaitingEntryId>,
    /// Everyone who waits for an offer: a slot may become free.
    pub waiting: bool,
    /// Which holds this patient has left.
    pub holds_of: Option<UserId>,
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
                needs.waiting = true;
            }
            Self::Book { new, .. } => needs.slots.push(new.slot),
            Self::Change { appointment, edit, .. } => {
                needs.appointments.push(*appointment);
                needs.slots.extend(edit.slot);
                needs.waiting = edit.slot.is_some();
            }
            Self::Cancel { appointment, .. } => {
                needs.appointments.push(*appointment);
                needs.waiting = true;
            }
            Self::Hold { new, .. } => {
                needs.slots.push(new.slot);
                needs.holds_of = Some(new.patient);
            }
            Self::Release(slot) | Self::LapseHold(slot) => {
                needs.slots.push(*slot);
                needs.waiting = true;
            }
            Self::Wait { .. } => needs.waiting = true,
            Self::DeclineOffer(entry) | Self::Withdraw(entry) => {
                needs.entries.push(*entry);
                needs.waiting = true;
            }
            Self::EndWaiting(entry) => needs.entries.push(*entry),
            Self::Confirm(appointment)
            | Self::Complete(appointment)
            | Self::NoShow(appointment)
            | Self::Remind(appointment)
            | Self::Reassign { appointment, .. } => needs.appointments.push(*appointment),
        }
        needs
    }

    /// Whether it may share a commit with others of its like: it needs slots alone, each with the entry that it is offered
    /// to, and nothing that it rests on is another's to change. So two whose changes do not meet come to the same in
    /// either order.
    pub const fn may_share_a_commit(&self) -> bool {
        matches!(self, Self::Book { .. })
    }
}

/// What a calendar answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The slots that were opened.
    Slots(Vec<Slot>),
    /// The appointment as it is now.
    Appointment(Box<Appointment>),
    /// The slot as it is now.
    Slot(Box<Slot>),
    /// The waiting entry as it is now.
    Waiting(Box<WaitingEntry>),
}

/// The part of a calendar that a command needs. Each document comes with the version that wrote it.
#[derive(Debug, Clone)]
pub struct CalendarView {
    /// Whose calendar.
    pub doctor: UserId,
    /// Slots in hand.
    pub slots: BTreeMap<SlotId, Slot>,
    /// Appointments in hand, with the version of each.
    pub appointments: BTreeMap<AppointmentId, (Appointment, u64)>,
    /// Waiting entries in hand.
    pub entries: BTreeMap<WaitingEntryId, WaitingEntry>,
    /// Everyone who waits for an offer, the first in front.
    pub waiting: Vec<WaitingEntry>,
    /// The holds that the patient of the command has left: see [`super::HeldBy::Patient`].
    pub seats: Vec<u8>,
    /// How long an offer stands, in minutes.
    pub offer_minutes: i64,
}

impl Default for CalendarView {
    fn default() -> Self {
        Self {
            doctor: UserId::default(),
            slots: BTreeMap::new(),
            appointments: BTreeMap::new(),
            entries: BTreeMap::new(),
            waiting: Vec::new(),
            seats: Vec::new(),
            offer_minutes: OFFER_MINUTES,
        }
    }
}

impl CalendarView {
    /// Puts everything out of hand.
    pub fn clear(&mut self) {
        *self = Self { doctor: self.doctor, offer_minutes: self.offer_minutes, ..Self::default() };
    }

    /// Decides a command.
    pub fn decide(&self, now: Time, command: &CalendarCommand) -> Result<(Decision, Answer), Refusal> {
        match command {
            CalendarCommand::OpenSlots { slots, claims } => self.open_slots(now, slots, claims),
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
            CalendarCommand::Hold { new, claims } => self.hold(now, new, claims),
            CalendarCommand::Release(slot) => self.release(now, *slot),
            CalendarCommand::LapseHold(slot) => self.lapse(now, *slot),
            CalendarCommand::Wait { entry, claims } => self.wait(now, entry, claims),
            CalendarCommand::DeclineOffer(entry) => self.decline(now, *entry),
            CalendarCommand::Withdraw(entry) => self.withdraw(now, *entry),
            CalendarCommand::EndWaiting(entry) => self.end_waiting(now, *entry),
            CalendarCommand::Reassign { appointment, from, to } => {
                self.reassign(now, *appointment, *from, *to)
            }
        }
    }
}
