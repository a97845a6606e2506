//! A whole hospital in a test: the real actors on a store of the test's choice, with a clock, an outbox and a register
//! that the test holds in its hand.
//!
//! [`Kit`] is the way in. It wires what the program wires, but for five parts:
//! - [`HeldClock`] moves when the test says so;
//! - [`HeldOutbox`] keeps letters in memory and fails on plan;
//! - [`HeldHooks`] keeps what goes to webhooks, and answers on plan;
//! - [`KeptDocuments`] takes what the relays feed to search, and can be down;
//! - [`HeldRegister`] is the real register, whose answers a test can hold back to keep an actor busy.
//!
//! This crate must not be a dependency of anything but tests.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "for tests only: to panic is how it reports"
)]

mod calendar;
mod clock;
mod encounters;
mod hooks;
mod index;
mod kit;
mod objects;
mod outbox;
mod panics;
mod people;
mod register;
mod texts;
mod wait;
mod waiting;

pub use clock::HeldClock;
pub use hooks::HeldHooks;
pub use index::KeptDocuments;
pub use kit::{DEADLINE, Kit, Setup, start_of_time};
pub use outbox::HeldOutbox;
pub use panics::silence_planned_panics;
pub use register::HeldRegister;
pub use texts::HeldTexts;
pub use wait::{eventually, reason};
