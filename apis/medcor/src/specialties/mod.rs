//! `/api/specialty/…`

pub mod assign;
pub mod assignment;
pub mod create;
pub mod edit;
pub mod list;
pub mod list_assigned;
pub mod popular;
pub mod read;
pub mod read_assigned;
pub mod remove;
pub mod revise;
pub mod specialty;
pub mod statistics;
