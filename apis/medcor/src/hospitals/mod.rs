//! The hospitals of the platform.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod edit;
mod hospital;
pub(crate) mod list;
pub(crate) mod read;
pub(crate) mod statistics;
