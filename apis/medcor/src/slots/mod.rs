//! Bookable units of a doctor's time.

pub(crate) mod hold;
pub(crate) mod list;
pub(crate) mod open;
pub(crate) mod read;
mod slot;
