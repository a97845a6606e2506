//! A prescription (FHIR R4 MedicationRequest): a medicine that a treatment asks for.

use super::{ChartDocument, ChartPart, Content, Edition, Subject};
use crate::id::{Id, PrescriptionId, TreatmentId, UserId};
use crate::policy::Resource;
use crate::record::{Document, IndexRow, Key, List, RecordKind};
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// Where a prescription stands (FHIR R4 `medicationrequest-status`, the two of it that have a meaning here).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrescriptionStatus {
    /// To be taken.
    Active,
    /// Not to be taken any more.
    Stopped,
}

impl PrescriptionStatus {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Active, Self::Stopped];

    /// Its word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Stopped => "stopped",
        }
    }
}

/// A prescription. All of it is text as sent: no unit is guessed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prescription {
    /// Its id.
    pub id: PrescriptionId,
    /// The treatment that asks for it.
    pub treatment: TreatmentId,
    /// Whose chart.
    pub patient: UserId,
    /// The chart that keeps it, where that is of someone who was merged into the patient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_by: Option<UserId>,
    /// The doctor who wrote it.
    pub author: UserId,
    /// As sent.
    pub medication_name: String,
    /// As sent.
    pub dosage: String,
    /// As sent.
    pub frequency: String,
    /// As sent.
    pub duration: String,
    /// As sent.
    pub instructions: String,
    /// Where it stands.
    pub status: PrescriptionStatus,
    /// Its newest version.
    pub edition: Edition,
    /// When it was made.
    pub created_at: Time,
}

impl Document for Prescription {
    const KIND: RecordKind = RecordKind::Prescription;
    fn record_id(&self) -> Id {
        self.id.id()
    }
    fn index(&self) -> Vec<IndexRow> {
        let sort = self.created_at.sort_key();
        let of_treatment = Key::of(self.treatment.get());
        let mut rows = vec![IndexRow { list: List::PrescriptionsByTreatment, eq: of_treatment, sort }];
        if self.status == PrescriptionStatus::Active {
            rows.push(IndexRow { list: List::ActivePrescriptions, eq: Key::of(self.patient.get()), sort });
        }
        rows
    }
}

impl ChartDocument for Prescription {
    const RESOURCE: Resource = Resource::MedicationRequest;
    const WHAT: &'static str = "Prescription";
    const PART: ChartPart = ChartPart::Prescription;

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
        Subject::Prescription(self.id)
    }
    fn content(&self) -> Content {
        Content::Prescription(self.clone())
    }
    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("medication_name", self.medication_name.clone()),
            ("dosage", self.dosage.clone()),
            ("frequency", self.frequency.clone()),
            ("duration", self.duration.clone()),
            ("instructions", self.instructions.clone()),
            ("status", self.status.word().to_owned()),
        ]
    }
}
