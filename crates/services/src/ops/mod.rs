//! The running server, for the platform admin.

mod actors;
mod rotate;

pub use actors::actors;
pub use rotate::{Resealer, Rotated, rotate_keys};
