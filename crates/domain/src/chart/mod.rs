//! A patient's chart: medical records, treatments and prescriptions, each with every version it ever had; who may look
//! into it, and what a prescription is warned of.
//!
//! [`MedicalRecord`], [`Treatment`] and [`Prescription`] are the documents, [`ChartCommand`] is what can be told to a
//! chart, and [`ChartView::decide`] is where every rule of change stands. [`access`] says what opens a chart to whom;
//! [`medicine`] compares a prescription with the patient's allergies and with what else is prescribed. A chart may hold
//! thousands of documents, so its owner loads only what a command needs into a [`ChartView`].

pub mod access;
mod attachment;
mod change;
mod command;
mod document;
mod glass;
mod limits;
pub mod medicine;
mod object;
mod prescription;
mod record;
mod retention;
#[cfg(test)]
mod tests;
mod treatment;
mod version;

pub use attachment::{Attachment, AttachmentCommand, MAX_ATTACHMENTS, MAX_DESCRIPTION};
pub use command::{
    Answer, ChartCommand, ChartEdit, ChartView, Editing, PrescriptionEdit, RecordEdit, Subject, TreatmentEdit,
};
pub use document::{ChartDocument, ChartPart, Edition, ListedDocument, Lists};
pub use glass::{BreakGlass, Ended, MAX_REASON, MIN_REASON, MINUTES};
pub use limits::{MAX_EDIT_REASON, longest};
pub use object::{MAX_OBJECT_BYTES, OpenObject};
pub use prescription::{Prescription, PrescriptionStatus};
pub use record::{Deletion, MedicalRecord};
pub use retention::years_after;
pub use treatment::Treatment;
pub use version::{ChartVersion, Content, FieldChange, changes};
