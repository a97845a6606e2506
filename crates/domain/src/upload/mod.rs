//! Files that people send in: what they may be called, what they are, and how much of them a hospital keeps.
//!
//! [`FileName`] keeps of a name what can be shown. [`Recogniser`] says what a file is by its bytes, whatever its sender
//! calls it: [`Media`] is the closed list. [`storage`] counts that, and knows at any time which objects
//! are on their way in or out, so that none is left behind.

mod media;
mod name;
mod recognise;
pub mod storage;

pub use media::{ATTACHMENTS, Media, ObjectKind, RECORDINGS};
pub use name::{FileName, MAX_NAME_BYTES};
pub use recognise::{HEAD, Recogniser, Sent};
