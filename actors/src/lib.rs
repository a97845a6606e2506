//! The actor tree: the only writer of state, the only crate that sees ractor.
//!
//! [`shell`] hosts any entity: it activates it on its first message, runs one message at a time, and lets it go when
//! it is idle. The entities themselves ([`calendar`], [`account`], …) are short: which documents they hold and which
//! pure rule of `ward_domain` decides. [`Actors`] is the tree as the rest of the house sees it.
//!
//! This crate must not know: who may do what (services ask the policy first), and which back end is in use.

pub mod account;
mod aside;
pub mod audit_trail;
pub mod calendar;
pub mod chart;
pub mod courier;
pub mod encounter;
pub mod env;
pub mod hearing;
pub mod hospital;
pub mod ids;
pub mod ledger;
mod merging;
pub mod pace;
pub mod phone_code;
pub mod phone_grant;
pub mod plan;
pub mod relay;
pub mod reminders;
pub mod shell;
pub mod specialties;
pub mod statistics;
pub mod storage;
mod tree;
pub mod updates;
pub mod usage;
pub mod webhooks;

pub use aside::step_back;
pub use env::{Env, Register};
pub use ids::IdSource;
pub use shell::{Failure, Limits};
pub use tree::Actors;
