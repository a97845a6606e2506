//! Looking into a chart in an emergency.

pub(crate) mod end;
mod glass;
pub(crate) mod list;
pub(crate) mod open;
