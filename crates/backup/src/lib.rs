//! Moving house: everything that a store keeps, in one encrypted file, and back into an empty store of any kind.
//!
//! [`backup`] walks a snapshot of a store into a file, [`verify`] reads a file whole without any store, [`restore`]
//! fills an empty store from it and reads back what it wrote before it lets the store serve. All three hold one chunk
//! of the file in memory and a line for each tenant. The format is on `docs/backup.md`: `header` and `secrets` are its
//! beginning, `chunks` its framing, `record` what is in it, `tally` what is counted.
//!
//! This crate must not know: which store is in use, and what a document means. Bodies are sealed with each tenant's
//! key when they come and stay so; the file's own encryption hides the rest (ids, times, keyed hashes) and finds every
//! alteration.

mod chunks;
mod error;
mod header;
mod open;
mod record;
mod restore;
mod secrets;
mod tally;
#[cfg(test)]
mod tests;
mod write;

pub use error::BackupError;
pub use header::FORMAT;
pub use open::{Backup, verify};
pub use restore::restore;
pub use secrets::{MIN_PASSPHRASE, Secrets};
pub use tally::{Counts, Summary};
pub use write::backup;

use ward_domain::tenancy::{TenantId, TenantScope};

/// Gives the scope of a tenant that a house's register names: the `tenants` crate's.
pub type ScopeOf<'a> = &'a (dyn Fn(TenantId) -> TenantScope + Sync);

/// How far a backup, a check or a restore has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done, as in "reading back".
    pub what: &'static str,
    /// Tenants finished, the platform included.
    pub tenants: u64,
    /// Items so far.
    pub items: u64,
}

/// Hears of progress, every [`PROGRESS_ITEMS`] items and after each tenant.
pub type Listener<'a> = &'a mut (dyn FnMut(Progress) + Send);

/// Items between two words of progress.
pub const PROGRESS_ITEMS: u64 = 250;
