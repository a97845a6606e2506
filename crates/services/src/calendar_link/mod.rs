//! Links to calendars: made, listed, revoked, and followed by calendar programs.

mod create;
mod feed;
mod list;
mod revoke;

pub use create::{Made, NewLink, create};
pub use feed::{Served, feed};
pub use list::list;
pub use revoke::revoke;
