//! What doctors do about it.

pub(crate) mod create;
pub(crate) mod edit;
pub(crate) mod list;
pub(crate) mod read;
mod treatment;
pub(crate) mod versions;
