//! Files that were added to a medical record.

pub(crate) mod add;
pub(crate) mod attachment;
pub(crate) mod delete;
pub(crate) mod list;
pub(crate) mod read;
