//! A version of a document of a chart, as this API spells it.

use serde::Serialize;
use utoipa::ToSchema;
use ward_domain::chart::FieldChange;
use ward_domain::time::Time;
use ward_services::chart::VersionOf;

/// One version: who made it, when and why, and what it changed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChartVersion {
    /// From 1.
    version: u64,
    /// The user who made it.
    author: u64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// The `edit_reason` that was given.
    reason: String,
    /// What is otherwise than in the version before; nothing in the first.
    changes: Vec<Changed>,
}

/// A field that changed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Changed {
    #[schema(example = "diagnosis")]
    field: &'static str,
    /// As text; vital signs as JSON text.
    before: String,
    /// As text.
    after: String,
}

impl From<FieldChange> for Changed {
    fn from(change: FieldChange) -> Self {
        Self { field: change.field, before: change.before, after: change.after }
    }
}

impl From<VersionOf> for ChartVersion {
    fn from(version: VersionOf) -> Self {
        Self {
            version: version.edition.number,
            author: version.edition.author.get(),
            created_at: version.edition.at,
            reason: version.edition.reason,
            changes: version.changes.into_iter().map(Into::into).collect(),
        }
    }
}
