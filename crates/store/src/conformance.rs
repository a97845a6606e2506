//! The suite that every back end passes. To enrol one: [`crate::conformance!`].
//!
//! Each case pins a sentence of the port's documentation and is one function here, so a failure names the broken
//! promise. `random` walks a store and the reference ([`Model`]) side by side with the same random calls.
//!
//! Where the port's documentation leaves a choice, the suite takes this reading:
//! - The operations on claims in one commit are carried out in their order: a span may be released and taken anew.
//! - A claim lapses *at* the millisecond it expires: it stands one millisecond before, and not then.
//! - A span overlaps another of the same owner too: the owner is a calendar, and the patient still one person.
//! - Oldest events first means: by event id. Cases give events ids and times in one order.
//! - A row that is put again, or dropped where it is not, changes nothing, totals neither.
//! - A limit over [`crate::query::MAX_PAGE`] is cut to it, and bounds that end before they begin hold nothing.
//!
//! It leaves open: which of several reasons a commit is refused for (a stale version or a taken claim), and which of
//! several holders a refusal names; the order of platform-wide rows with the same sort key; node numbers, but for the
//! promise that no two holders can mint the same id.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test suite: to panic is how it reports"
)]

pub mod enrol;
pub mod fixture;
mod keys;
mod model;
mod patient;
pub mod random;
pub mod subject;

pub mod bodies;
pub mod claims;
pub mod commits;
pub mod cursors;
pub mod destroy;
pub mod documents;
pub mod events;
pub mod leases;
pub mod life;
pub mod limits;
pub mod lists;
pub mod moving;
pub mod platform;
pub mod races;
pub mod retries;
pub mod rows;
pub mod spans;
pub mod tenancy;

#[cfg(test)]
mod tests;

pub use enrol::within_deadline;
pub use keys::Keys;
pub use model::Model;
pub use patient::Patient;
pub use subject::Subject;
