//! The running server, for the platform admin.

mod actors;
mod backup;
mod rotate;

pub use actors::actors;
pub use backup::{back_up, backups};
pub use rotate::{Resealer, Rotated, rotate_keys};
