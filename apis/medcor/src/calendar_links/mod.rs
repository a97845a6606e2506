//! Appointments in one's own calendar program.

pub(crate) mod create;
pub(crate) mod feed;
mod link;
pub(crate) mod list;
pub(crate) mod revoke;
