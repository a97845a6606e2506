//! The medicines that a treatment asks for.

pub(crate) mod create;
pub(crate) mod edit;
pub(crate) mod list;
mod prescription;
pub(crate) mod read;
pub(crate) mod versions;
