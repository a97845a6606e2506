//! The store on the local disk: [`EmbeddedStore`], on the engine fjall. Nothing to install.
//!
//! # How it holds its promises
//!
//! One thread writes (`writer`). It takes everything that waits, decides each commit in order against the database and
//! what the group holds so far (`group`), and writes all of it as one batch of the engine: journal, `fdatasync`, visible
//! to readers, answers, in this order. A crash leaves a group whole or leaves nothing of it. A refused commit leaves no
//! trace in its group. A write or sync that fails ends all writing until the store is opened anew, since nobody can say any
//! more what the disk holds; reads go on. [`room`] says whether opening it anew is worth trying.
//!
//! Lists count their rows in chunks (`lists`), written in the same batch as the rows, so that a page at any offset costs
//! the same whatever the list's length, and a store opens without scanning anything.
//!
//! # What blocks
//!
//! Reads run on the caller's thread. They take no lock that a write holds over its sync; from memory they take
//! microseconds. Longer take: a file block that is not cached (one read of the disk, 4 KiB); the first slice of a long
//! list after a start or after its directory went from memory (one small entry per 256 rows: milliseconds for a million
//! rows); the first events after a start, if many were settled shortly before; `bodies` with a large limit. Commits wait
//! for the group before theirs and their own group's sync. Writes slow down when compaction falls behind.
//!
//! # Where to read on
//!
//! `keys` says what lies where, `group` how a commit is decided, `lists` how pages are found. This crate must not know
//! what a document means: bodies are opaque bytes.

mod engine;
mod folder;
mod group;
mod job;
mod keys;
mod lists;
#[cfg(feature = "load")]
pub mod load;
mod moving;
mod options;
mod outbox;
mod reads;
mod removal;
mod room;
mod store;
mod value;
mod writer;

pub use folder::FORMAT;
pub use options::{BREAK_POINTS, BreakPoint, Options};
pub use room::room;
pub use store::EmbeddedStore;
