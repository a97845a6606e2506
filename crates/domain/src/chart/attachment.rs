//! A file that was added to a medical record (FHIR R4 `DocumentReference`). Its bytes are an object of the same id.

use super::{Answer, ChartPart, ChartView, Deletion, MedicalRecord, years_after};
use crate::decision::{Change, Decision, Happening};
use crate::id::{Id, MedicalRecordId, UserId};
use crate::record::{ClaimOp, Document, IndexRow, Key, List, RecordKind};
use crate::refusal::Refusal;
use crate::time::Time;
use crate::upload::{FileName, Media};
use serde::{Deserialize, Serialize};

/// The longest description, in characters.
pub const MAX_DESCRIPTION: usize = 2_000;
/// The most attachments that one record shows.
pub const MAX_ATTACHMENTS: u64 = 200;

/// An attachment. It is never changed, only deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its id, and its object's.
    pub id: Id,
    /// The record that it belongs to.
    pub record: MedicalRecordId,
    /// Whose chart keeps it, and the record that it belongs to.
    pub patient: UserId,
    /// Who added it.
    pub author: UserId,
    /// What it is called.
    pub name: FileName,
    /// What it is, by its content.
    pub media: Media,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, in hex.
    pub sha256: String,
    /// As sent.
    pub description: String,
    /// True where a scanner found no malware in it; false where there was none.
    pub scanned: bool,
    /// When it was added.
    pub created_at: Time,
    /// Where it was deleted: it stays for the time of retention, and is shown to nobody.
    #[serde(default)]
    pub deleted: Option<Deletion>,
}

impl Attachment {
    /// What it is called in refusals.
    pub const WHAT: &'static str = "Attachment";
}

impl Document for Attachment {
    const KIND: RecordKind = RecordKind::Attachment;
    fn record_id(&self) -> Id {
        self.id
    }
    fn index(&self) -> Vec<IndexRow> {
        let of_record = Key::of(self.record.get());
        match &self.deleted {
            None => {
                let sort = self.created_at.sort_key();
                vec![IndexRow { list: List::AttachmentsByRecord, eq: of_record, sort }]
            }
            Some(deletion) => {
                let sort = deletion.until.sort_key();
                vec![
                    IndexRow { list: List::DeletedAttachments, eq: of_record, sort },
                    IndexRow { list: List::AttachmentRetentionDue, eq: Key::all(), sort },
                ]
            }
        }
    }
}

/// What can happen to attachments.
#[derive(Debug, Clone)]
pub enum AttachmentCommand {
    /// One is added.
    Add {
        /// The attachment.
        attachment: Box<Attachment>,
        /// Further claims of the same commit: its object, a request's key.
        claims: Vec<ClaimOp>,
    },
    /// One is deleted: it is shown to nobody, and goes for good later.
    Delete {
        /// Which.
        id: Id,
        /// Of which record.
        record: MedicalRecordId,
        /// Who.
        by: UserId,
        /// Why; may be empty.
        reason: String,
        /// How long it is kept.
        retention_years: u32,
    },
    /// A deleted one goes for good, once its time is over.
    Purge {
        /// Which.
        id: Id,
        /// Of which record.
        record: MedicalRecordId,
    },
}

impl AttachmentCommand {
    /// The record that must be in hand.
    pub fn record(&self) -> MedicalRecordId {
        match self {
            Self::Add { attachment, .. } => attachment.record,
            Self::Delete { record, .. } | Self::Purge { record, .. } => *record,
        }
    }

    /// The attachment that must be in hand.
    pub const fn attachment(&self) -> Option<Id> {
        match self {
            Self::Add { .. } => None,
            Self::Delete { id, .. } | Self::Purge { id, .. } => Some(*id),
        }
    }
}

impl ChartView {
    pub(super) fn decide_attachment(
        &self,
        now: Time,
        command: &AttachmentCommand,
    ) -> Result<(Decision, Answer), Refusal> {
        match command {
            AttachmentCommand::Add { attachment, claims } => self.attach(attachment, claims),
            AttachmentCommand::Delete { id, record, by, reason, retention_years } => {
                self.standing(*record)?;
                let held = self.attachments.iter().find(|held| held.id == *id && held.deleted.is_none());
                let old = held.ok_or_else(|| Refusal::not_found(Attachment::WHAT))?;
                let until = years_after(now, *retention_years);
                let deleted = Some(Deletion { by: *by, at: now, reason: reason.clone(), until });
                let new = Attachment { deleted, ..old.clone() };
                let decision = Decision { changes: vec![Change::update(old, &new)], ..self.changed(*record) };
                Ok((decision, Answer::Done(*id)))
            }
            AttachmentCommand::Purge { id, record } => {
                let due =
                    |held: &&Attachment| held.deleted.as_ref().is_some_and(|deleted| deleted.until <= now);
                let Some(old) = self.attachments.iter().filter(due).find(|held| held.id == *id) else {
                    return Ok((Decision::default(), Answer::Purged(0)));
                };
                let (change, released) = gone(old);
                let mut decision = Decision { changes: vec![change], ..self.changed(*record) };
                decision.happenings.push(released);
                Ok((decision, Answer::Purged(1)))
            }
        }
    }

    fn attach(&self, attachment: &Attachment, claims: &[ClaimOp]) -> Result<(Decision, Answer), Refusal> {
        self.standing(attachment.record)?;
        if self.attachments_shown >= MAX_ATTACHMENTS {
            return Err(Refusal::conflict(
                "too_many_attachments",
                format!("A record shows at most {MAX_ATTACHMENTS} attachments."),
            ));
        }
        let decision = Decision {
            changes: vec![Change::create(attachment)],
            claims: claims.to_vec(),
            ..self.changed(attachment.record)
        };
        Ok((decision, Answer::Done(attachment.id)))
    }

    /// Refuses where the record is not there, or shown to nobody any more.
    fn standing(&self, record: MedicalRecordId) -> Result<(), Refusal> {
        let stands = self.records.get(&record).is_some_and(|(record, _)| record.deleted.is_none());
        if stands { Ok(()) } else { Err(Refusal::not_found("Medical record")) }
    }

    fn changed(&self, record: MedicalRecordId) -> Decision {
        let (patient, part, id) = (self.patient, ChartPart::MedicalRecord, record.id());
        let happenings = vec![Happening::ChartChanged { patient, part, id }];
        Decision { happenings, ..Decision::default() }
    }

    /// What of a record's attachments goes with it: their documents, and word that their objects are free.
    pub(super) fn attachments_gone(&self, record: &MedicalRecord) -> (Vec<Change>, Vec<Happening>) {
        self.attachments.iter().filter(|held| held.record == record.id).map(gone).unzip()
    }
}

fn gone(attachment: &Attachment) -> (Change, Happening) {
    (Change::remove(attachment), Happening::ObjectReleased { object: attachment.id })
}

#[cfg(test)]
mod tests;
