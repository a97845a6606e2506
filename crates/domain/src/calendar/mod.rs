//! A doctor's calendar: slots, appointments, and the reason no slot is booked twice.
//!
//! [`Slot`], [`Appointment`] and [`WaitingEntry`] are the documents, [`CalendarCommand`] is what can be told to a calendar, and
//! [`CalendarView::decide`] is where every rule stands. A calendar may hold years of appointments, so its owner loads
//! only what a command needs ([`CalendarCommand::needs`]) into a [`CalendarView`].

mod appointment;
mod book;
mod change;
mod command;
mod facts;
pub mod feed;
mod hold;
mod reassign;
mod slot;
#[cfg(test)]
mod tests;
mod waiting;

pub use appointment::{
    Appointment, AppointmentStatus, Cancellation, REMINDERS_MINUTES, Reminder, ReminderState,
};
pub use command::{Answer, CalendarCommand, CalendarView, Edit, Needs, NewAppointment};
pub use facts::{AppointmentChange, AppointmentFacts};
pub use hold::{HOLD_MINUTES, HeldBy, Hold, MAX_HOLD_MINUTES, MAX_HOLDS, NewHold};
pub use slot::{MAX_SLOT_HOURS, MAX_SLOTS_AT_ONCE, Slot, split};
pub use waiting::{
    MAX_PASSED, MAX_WAITING, MAX_WAITING_DAYS, MAX_WAITING_OF_PATIENT, OFFER_MINUTES, Offer, WaitingEntry,
    WaitingStatus, no_offer,
};
