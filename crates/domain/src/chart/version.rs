//! The versions of a document: each as a whole, so that what stood is still there whatever was edited since.

use super::{ChartDocument, Edition, MedicalRecord, Prescription, Treatment};
use crate::id::{Id, UserId};
use crate::record::{Document, IndexRow, Key, List, RecordKind};
use serde::{Deserialize, Serialize};

/// A document of a chart, whichever it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "it is stored, not passed about")]
pub enum Content {
    /// A medical record.
    Record(MedicalRecord),
    /// A treatment.
    Treatment(Treatment),
    /// A prescription.
    Prescription(Prescription),
}

impl Content {
    /// What can be edited, by the names on the wire, as text.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Record(record) => record.fields(),
            Self::Treatment(treatment) => treatment.fields(),
            Self::Prescription(prescription) => prescription.fields(),
        }
    }
}

/// One version of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartVersion {
    /// Its own id.
    pub id: Id,
    /// Of which document.
    pub of: Id,
    /// Whose chart.
    pub patient: UserId,
    /// Its number, and who made it, when and why.
    pub edition: Edition,
    /// The document as it stood.
    pub content: Content,
}

impl ChartVersion {
    /// The newest version of a document, to be kept under an id of its own.
    pub(super) fn newest<D: ChartDocument>(id: Id, document: &D) -> Self {
        Self {
            id,
            of: document.record_id(),
            patient: document.patient(),
            edition: document.edition().clone(),
            content: document.content(),
        }
    }
}

impl Document for ChartVersion {
    const KIND: RecordKind = RecordKind::ChartVersion;
    fn record_id(&self) -> Id {
        self.id
    }
    fn index(&self) -> Vec<IndexRow> {
        vec![IndexRow { list: List::ChartVersions, eq: Key::of(self.of.get()), sort: self.edition.number }]
    }
}

/// A field that is otherwise than in the version before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// Its name on the wire.
    pub field: &'static str,
    /// What stood there, as text.
    pub before: String,
    /// What stands there.
    pub after: String,
}

/// What an edit changed.
pub fn changes(before: &Content, after: &Content) -> Vec<FieldChange> {
    let pairs = before.fields().into_iter().zip(after.fields());
    pairs
        .filter(|(old, new)| old != new)
        .map(|((field, before), (_, after))| FieldChange { field, before, after })
        .collect()
}
