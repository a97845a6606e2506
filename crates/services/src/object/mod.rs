//! Objects: audio, attachments and exported notes, by link.
//!
//! Who gives a link out asks the policy and leaves the entry in the trail before the link leaves: to
//! hold a link is to have been permitted.

mod link;
mod open;

pub use link::link;
pub use open::{Asked, Opened, Shown, open};
