//! The store on CQL.

mod claims;
mod commit;
mod connection;
mod fault;
mod fence;
mod follow;
mod house;
mod intents;
mod journal;
mod leases;
mod lists;
pub mod migrations;
mod open;
mod options;
mod outbox;
mod reconciler;
mod records;
mod removal;
mod space;
mod statements;
mod store;
mod value;
mod wide;

pub use options::{BREAK_POINTS, BreakPoint, Options, Tls};
pub use reconciler::Tended;
pub use store::ScyllaStore;
