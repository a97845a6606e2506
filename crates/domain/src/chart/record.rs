//! A medical record: what a doctor notes of a patient.

use super::{ChartDocument, ChartPart, Content, Edition, ListedDocument, Lists, OpenObject, Subject};
use crate::id::{Id, MedicalRecordId, UserId};
use crate::policy::Resource;
use crate::record::{Document, IndexRow, Key, List, RecordKind};
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// Who deleted something, when and why, and until when it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Time,
    /// Why; may be empty.
    pub reason: String,
    /// When it goes for good.
    pub until: Time,
}

/// A medical record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MedicalRecord {
    /// Its id.
    pub id: MedicalRecordId,
    /// Whose chart.
    pub patient: UserId,
    /// The chart that keeps it, where that is of someone who was merged into the patient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_by: Option<UserId>,
    /// The doctor who wrote it.
    pub author: UserId,
    /// `general`, as sent.
    pub record_type: String,
    /// As sent.
    pub title: String,
    /// As sent.
    pub description: String,
    /// As sent.
    pub diagnosis: String,
    /// As sent.
    pub symptoms: String,
    /// As sent, to the letter.
    pub vital_signs: OpenObject,
    /// Its newest version.
    pub edition: Edition,
    /// When it was made.
    pub created_at: Time,
    /// Where it was deleted: it stays for the time of retention, and is shown to nobody.
    #[serde(default)]
    pub deleted: Option<Deletion>,
}

impl ListedDocument for MedicalRecord {
    const LISTS: Lists = Lists {
        all: List::MedicalRecords,
        by_patient: List::MedicalRecordsByPatient,
        by_author: List::MedicalRecordsByAuthor,
        by_author_patient: List::MedicalRecordsByAuthorPatient,
    };
    fn record_type(&self) -> Option<&str> {
        Some(&self.record_type)
    }
}

impl Document for MedicalRecord {
    const KIND: RecordKind = RecordKind::MedicalRecord;
    fn record_id(&self) -> Id {
        self.id.id()
    }
    fn index(&self) -> Vec<IndexRow> {
        match &self.deleted {
            None => Self::LISTS.rows(self.author, self.patient, self.created_at),
            Some(deletion) => {
                let (list, eq, sort) = (List::ChartRetentionDue, Key::all(), deletion.until.sort_key());
                vec![IndexRow { list, eq, sort }]
            }
        }
    }
}

impl ChartDocument for MedicalRecord {
    const RESOURCE: Resource = Resource::MedicalRecord;
    const WHAT: &'static str = "Medical record";
    const PART: ChartPart = ChartPart::MedicalRecord;

    fn patient(&self) -> UserId {
        self.patient
    }
    fn kept_by(&self) -> Option<UserId> {
        self.kept_by
    }
    fn set_patient(&mut self, patient: UserId, kept_by: UserId) {
        (self.patient, self.kept_by) = (patient, Some(kept_by));
    }
    fn author(&self) -> UserId {
        self.author
    }
    fn edition(&self) -> &Edition {
        &self.edition
    }
    fn edition_mut(&mut self) -> &mut Edition {
        &mut self.edition
    }
    fn subject(&self) -> Subject {
        Subject::Record(self.id)
    }
    fn content(&self) -> Content {
        Content::Record(self.clone())
    }
    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("record_type", self.record_type.clone()),
            ("title", self.title.clone()),
            ("description", self.description.clone()),
            ("diagnosis", self.diagnosis.clone()),
            ("symptoms", self.symptoms.clone()),
            ("vital_signs", self.vital_signs.text().to_owned()),
        ]
    }
    fn is_gone(&self) -> bool {
        self.deleted.is_some()
    }
}

impl Lists {
    /// The rows of one document.
    pub(super) fn rows(self, author: UserId, patient: UserId, created: Time) -> Vec<IndexRow> {
        let (author, patient, sort) = (author.get(), patient.get(), created.sort_key());
        vec![
            IndexRow { list: self.all, eq: Key::all(), sort },
            IndexRow { list: self.by_patient, eq: Key::of(patient), sort },
            IndexRow { list: self.by_author, eq: Key::of(author), sort },
            IndexRow { list: self.by_author_patient, eq: Key::of(author).and(patient), sort },
        ]
    }
}
