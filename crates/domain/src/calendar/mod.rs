//! A doctor's calendar: slots, appointments, and the reason no slot is booked twice.
//!
//! [`Slot`] and [`Appointment`] are the documents, [`CalendarCommand`] is what can be told to a calendar, and
//! [`CalendarView::decide`] is where every rule stands. A calendar may hold years of appointments, so its owner loads
//! only what a command needs ([`CalendarCommand::needs`]) into a [`CalendarView`].

mod appointment;
mod book;
mod change;
mod command;
mod facts;
mod slot;
#[cfg(test)]
mod tests;

pub use appointment::{
    Appointment, AppointmentStatus, Cancellation, REMINDERS_MINUTES, Reminder, ReminderState,
};
pub use command::{Answer, CalendarCommand, CalendarView, Edit, Needs, NewAppointment};
pub use facts::{AppointmentChange, AppointmentFacts};
pub use slot::{MAX_SLOT_HOURS, MAX_SLOTS_AT_ONCE, Slot, split};
