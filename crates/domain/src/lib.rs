//! The rules of the house.
//!
//! Everything here is a pure function of its arguments: state and a command in, a [`decision::Decision`] or a
//! [`refusal::Refusal`] out. No I/O, no async, no clock and no randomness of its own: time and ids come in as
//! parameters, so that every rule can be tested as a table.
//!
//! Start reading at [`calendar`] (the reason no slot is booked twice), then [`decision`] (what a rule gives back)
//! and [`policy`] (who may do what to what).

pub mod account;
pub mod audit;
pub mod calendar;
pub mod chart;
pub mod contact;
pub mod courier;
pub mod decision;
pub mod encounter;
pub mod face;
pub mod hospital;
pub mod id;
pub mod ledger;
pub mod phone;
pub mod policy;
pub mod record;
pub mod refusal;
pub mod reminder;
pub mod secret;
pub mod specialty;
pub mod statistics;
pub mod subscription;
pub mod tenancy;
pub mod time;
pub mod upload;
pub mod vector;
pub mod webhook;
pub mod zone;
