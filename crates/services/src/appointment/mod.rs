//! Appointments.

mod book;
mod change;
mod list;
mod read;
mod update;
mod verbs;

pub(crate) use book::check_words;
pub use book::{Booking, book};
pub use change::change;
pub use list::{AppointmentOrder, AppointmentQuery, Recorded, list, list_recorded};
pub use read::read;
pub use update::update;
pub use verbs::{Verb, perform};
