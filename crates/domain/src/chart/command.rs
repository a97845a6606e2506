//! What can be told to a chart, what it must have in hand to decide, and what it answers.

use super::{
    Attachment, AttachmentCommand, BreakGlass, ChartVersion, Content, MedicalRecord, OpenObject,
    Prescription, PrescriptionStatus, Treatment,
};
use crate::decision::Decision;
use crate::id::{BreakGlassId, Id, MedicalRecordId, PrescriptionId, TreatmentId, UserId};
use crate::record::ClaimOp;
use crate::refusal::Refusal;
use crate::time::Time;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// A document of a chart, by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A medical record.
    Record(MedicalRecordId),
    /// A treatment.
    Treatment(TreatmentId),
    /// A prescription.
    Prescription(PrescriptionId),
}

/// What of a medical record is to change; `None` leaves as is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields of MedicalRecord")]
pub struct RecordEdit {
    pub record_type: Option<String>,
    pub title: Option<String>,
    pub description: Option<String>,
    pub diagnosis: Option<String>,
    pub symptoms: Option<String>,
    pub vital_signs: Option<OpenObject>,
}

/// What of a treatment is to change; `None` leaves as is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields of Treatment")]
pub struct TreatmentEdit {
    pub diagnosis: Option<String>,
    pub treatment_plan: Option<String>,
    pub notes: Option<String>,
    pub follow_up_required: Option<bool>,
    /// `Some(None)` takes the date away.
    pub follow_up_date: Option<Option<Date>>,
}

/// What of a prescription is to change; `None` leaves as is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields of Prescription")]
pub struct PrescriptionEdit {
    pub medication_name: Option<String>,
    pub dosage: Option<String>,
    pub frequency: Option<String>,
    pub duration: Option<String>,
    pub instructions: Option<String>,
    pub status: Option<PrescriptionStatus>,
}

/// What is to change, and of what.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "a document's id and its edit")]
pub enum ChartEdit {
    Record(MedicalRecordId, RecordEdit),
    Treatment(TreatmentId, TreatmentEdit),
    Prescription(PrescriptionId, PrescriptionEdit),
}

impl ChartEdit {
    /// Of what.
    pub const fn subject(&self) -> Subject {
        match self {
            Self::Record(id, _) => Subject::Record(*id),
            Self::Treatment(id, _) => Subject::Treatment(*id),
            Self::Prescription(id, _) => Subject::Prescription(*id),
        }
    }
}

/// Who edits, and how.
#[derive(Debug, Clone)]
pub struct Editing {
    /// Who.
    pub by: UserId,
    /// Why; may be empty.
    pub reason: String,
    /// The id of the version that this makes, minted by the use case.
    pub version: Id,
    /// The document's version in the store that the caller edits, if they said.
    pub if_version: Option<u64>,
}

/// What can be told to a chart.
#[derive(Debug, Clone)]
pub enum ChartCommand {
    /// Adds a document.
    Add {
        /// Which, in its first version.
        content: Box<Content>,
        /// The id of that version.
        version: Id,
        /// Further claims of the same commit: a request's key.
        claims: Vec<ClaimOp>,
    },
    /// Changes a document; what stood stays as a version.
    Edit {
        /// What.
        edit: ChartEdit,
        /// Who, why, and on what.
        editing: Editing,
    },
    /// Deletes a medical record: it is shown to nobody, and goes for good later.
    Delete {
        /// Which.
        record: MedicalRecordId,
        /// Who.
        by: UserId,
        /// Why; may be empty.
        reason: String,
        /// How long it is kept.
        retention_years: u32,
    },
    /// Takes a deleted record away for good, with its versions, once its time is over.
    Purge(
        /// Which.
        MedicalRecordId,
    ),
    /// Opens the chart to a doctor for a while.
    BreakGlass {
        /// How.
        opened: Box<BreakGlass>,
        /// Further claims of the same commit: a request's key.
        claims: Vec<ClaimOp>,
    },
    /// Closes it again.
    EndBreakGlass {
        /// Which.
        opened: BreakGlassId,
        /// Who says so.
        by: UserId,
    },
    /// Something happens to an attachment of a record.
    Attachment(AttachmentCommand),
    /// Makes a document another patient's, of whom this one turned out to be a duplicate.
    Reassign {
        /// Which.
        subject: Subject,
        /// Whose it was.
        from: UserId,
        /// Whose it is.
        to: UserId,
    },
}

impl ChartCommand {
    /// The document that must be in hand before it is decided.
    pub fn subject(&self) -> Option<Subject> {
        match self {
            Self::Add { content, .. } => match &**content {
                Content::Prescription(prescription) => Some(Subject::Treatment(prescription.treatment)),
                Content::Record(_) | Content::Treatment(_) => None,
            },
            Self::Edit { edit, .. } => Some(edit.subject()),
            Self::Delete { record, .. } | Self::Purge(record) => Some(Subject::Record(*record)),
            Self::Attachment(command) => Some(Subject::Record(command.record())),
            Self::Reassign { subject, .. } => Some(*subject),
            Self::BreakGlass { .. } | Self::EndBreakGlass { .. } => None,
        }
    }
}

/// What a chart answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The document that was added, changed or deleted, by its id.
    Done(Id),
    /// How the opening stands.
    Glass(Box<BreakGlass>),
    /// The record is gone, or on its way: this many documents went with this command.
    Purged(usize),
}

/// The part of a chart that a command needs. Each document comes with the version that wrote it.
#[derive(Debug, Clone, Default)]
pub struct ChartView {
    /// Whose chart.
    pub patient: UserId,
    /// Medical records in hand.
    pub records: BTreeMap<MedicalRecordId, (MedicalRecord, u64)>,
    /// Treatments in hand.
    pub treatments: BTreeMap<TreatmentId, (Treatment, u64)>,
    /// Prescriptions in hand.
    pub prescriptions: BTreeMap<PrescriptionId, (Prescription, u64)>,
    /// Openings in hand.
    pub glasses: BTreeMap<BreakGlassId, BreakGlass>,
    /// Versions of the record that is to be purged, as many as go at once.
    pub versions: Vec<ChartVersion>,
    /// Whether there are more versions than these, or more attachments.
    pub more_versions: bool,
    /// The attachment that is meant; those of the record that is to be purged, as many as go at once.
    pub attachments: Vec<Attachment>,
    /// How many the record shows to which one is added.
    pub attachments_shown: u64,
}

impl ChartView {
    /// Decides a command.
    pub fn decide(&self, now: Time, command: &ChartCommand) -> Result<(Decision, Answer), Refusal> {
        match command {
            ChartCommand::Add { content, version, claims } => self.add(content, *version, claims),
            ChartCommand::Edit { edit, editing } => self.edit(now, edit, editing),
            ChartCommand::Delete { record, by, reason, retention_years } => {
                self.delete(now, *record, *by, reason, *retention_years)
            }
            ChartCommand::Purge(record) => Ok(self.purge(now, *record)),
            ChartCommand::BreakGlass { opened, claims } => Ok(Self::break_glass(opened, claims)),
            ChartCommand::EndBreakGlass { opened, by } => self.end_break_glass(now, *opened, *by),
            ChartCommand::Attachment(command) => self.decide_attachment(now, command),
            ChartCommand::Reassign { subject, from, to } => self.reassign(*subject, *from, *to),
        }
    }
}
