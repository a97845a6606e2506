//! The audit trail: leaving entries, and reading them.

mod accounts;
mod heads;
mod list;
mod statistics;
mod trace;
mod verify;

pub use heads::{HeadSigner, sign_heads};
pub use list::{AuditQuery, list};
pub use statistics::{AuditStatistics, statistics};
pub(crate) use trace::Attempt;
pub use verify::{AuditReport, verify};
