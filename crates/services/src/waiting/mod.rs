//! A doctor's waiting list.

mod accept;
mod change;
mod join;
mod list;
mod read;

pub use accept::accept;
pub use change::{decline, withdraw};
pub use join::{Joining, join};
pub use list::{WaitingQuery, list};
pub use read::read;
