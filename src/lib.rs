//! Ward: a hospital platform for many hospitals. Five APIs over one record, built of supervised actors.
//!
//! This package is the composition root: the command line ([`cli`]), settings ([`settings`]) and wiring ([`wiring`]),
//! the only place that names a back end. Everything else is in the rooms: see `docs/ARCHITECTURE.md`.

pub mod backup;
pub mod cli;
pub mod figures;
pub mod master_key;
pub mod objects;
pub mod ops;
pub mod pay;
pub mod serve;
pub mod settings;
pub mod watch;
pub mod wiring;
