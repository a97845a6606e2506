//! What a complete consultation covers, and whether one did.

use serde::{Deserialize, Serialize};

/// One thing that a consultation should cover.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChecklistItem {
    /// A stable word: `allergies`.
    pub key: String,
    /// The same for people, in the transcript's language.
    pub label: String,
    /// True where it was covered.
    pub met: bool,
    /// The segments that cover it, some of them; empty where it is missing.
    pub evidence: Vec<u32>,
}
