//! End to end: the real server, over HTTP, on loopback.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::similar_names,
    reason = "a test that cannot go on says so"
)]

mod access;
mod accounts;
mod analytics;
mod attachments;
mod attachments_large;
mod backup;
mod bad_days;
mod bad_input;
#[path = "../../crates/objects/tests/objects/bucket.rs"]
#[allow(dead_code, reason = "the suite of objects asks it for more")]
mod bucket;
mod calendar;
mod chart;
mod contract;
mod cql;
mod deployment;
mod directions;
mod documents;
mod domains;
mod export;
mod filters;
mod first_day;
mod health;
mod kit;
mod meilisearch;
mod money;
mod mounting;
mod notes;
mod objects;
mod otp;
mod plans;
mod postman;
mod process;
mod programs;
mod questions;
mod quotas;
mod receiver;
mod recordings;
mod reminders;
mod repeats;
#[path = "../../crates/store-scylla/tests/server/mod.rs"]
mod server;
mod specialties;
mod statistics;
mod trail;
mod two;
mod webhooks;
mod webhooks_killed;
