//! The running server, for the platform admin.

mod actors;
mod backup;
mod rotate;
mod search;
mod statistics;

pub use actors::actors;
pub use backup::{back_up, backups};
pub use rotate::{Resealer, Rotated, rotate_keys};
pub use search::{rebuild_search, search_status};
pub use statistics::recount_statistics;
