//! The tree under stress: what a failure, a race, a crowd or a clock that moves may do to it, and what not.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests: to panic is how they report"
)]

mod admission;
mod audit;
mod booking;
mod chart;
mod panics;
mod passivation;
mod relay;
mod reminders;
mod statistics;
mod supervision;
mod texts;
mod together;
mod unreliable_store;
mod waiting;
mod webhooks;
