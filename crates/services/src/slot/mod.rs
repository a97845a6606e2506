//! Slots of a doctor's time.

mod hold;
mod list;
mod open;
mod read;

pub use hold::{Holding, hold, release};
pub use list::{SlotQuery, list};
pub use open::{OpenSlots, open};
pub use read::read;
