//! What an object is called.

use ward_domain::id::Id;
use ward_domain::upload::ObjectKind;

/// Names an object within its tenant: what it is for, and an id that was minted for it. It can hold nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectKey {
    /// What it is for.
    pub kind: ObjectKind,
    /// Which.
    pub id: Id,
}
