//! End to end: the real server, over HTTP, on loopback.

mod bad_input;
mod contract;
mod directions;
mod documents;
mod first_day;
mod kit;
mod mounting;
mod reminders;
