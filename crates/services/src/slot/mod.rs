//! Slots of a doctor's time.

mod list;
mod open;
mod read;

pub use list::{SlotQuery, list};
pub use open::{OpenSlots, open};
pub use read::read;
