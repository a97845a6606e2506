//! A treatment: what a doctor does about something, and when the patient comes again.

use super::{ChartDocument, ChartPart, Content, Edition, ListedDocument, Lists, Subject};
use crate::id::{AppointmentId, Id, TreatmentId, UserId};
use crate::policy::Resource;
use crate::record::{Document, IndexRow, List, RecordKind};
use crate::refusal::Refusal;
use crate::time::Time;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A treatment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Treatment {
    /// Its id.
    pub id: TreatmentId,
    /// Whose chart.
    pub patient: UserId,
    /// The chart that keeps it, where that is of someone who was merged into the patient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_by: Option<UserId>,
    /// The doctor who treats, and wrote it.
    pub author: UserId,
    /// The appointment that it belongs to: this patient's with this doctor.
    pub appointment: Option<AppointmentId>,
    /// The day of its making, where the hospital is.
    pub day: Date,
    /// As sent.
    pub diagnosis: String,
    /// As sent.
    pub treatment_plan: String,
    /// As sent.
    pub notes: String,
    /// Whether the patient is to come again; a date for it may be missing.
    pub follow_up_required: bool,
    /// When.
    pub follow_up_date: Option<Date>,
    /// Its newest version.
    pub edition: Edition,
    /// When it was made.
    pub created_at: Time,
}

impl ListedDocument for Treatment {
    const LISTS: Lists = Lists {
        all: List::Treatments,
        by_patient: List::TreatmentsByPatient,
        by_author: List::TreatmentsByAuthor,
        by_author_patient: List::TreatmentsByAuthorPatient,
    };
}

impl Treatment {
    /// Refuses a follow-up before the treatment itself.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        match self.follow_up_date {
            Some(date) if date < self.day => Err(Refusal::impossible(
                "follow_up_before_treatment",
                "A follow-up cannot be before the treatment itself.",
            )
            .and_field("follow_up_date", format!("Must not be before {}.", self.day))),
            _ => Ok(()),
        }
    }
}

impl Document for Treatment {
    const KIND: RecordKind = RecordKind::Treatment;
    fn record_id(&self) -> Id {
        self.id.id()
    }
    fn index(&self) -> Vec<IndexRow> {
        Self::LISTS.rows(self.author, self.patient, self.created_at)
    }
}

impl ChartDocument for Treatment {
    const RESOURCE: Resource = Resource::Treatment;
    const WHAT: &'static str = "Treatment";
    const PART: ChartPart = ChartPart::Treatment;

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
        Subject::Treatment(self.id)
    }
    fn content(&self) -> Content {
        Content::Treatment(self.clone())
    }
    fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("diagnosis", self.diagnosis.clone()),
            ("treatment_plan", self.treatment_plan.clone()),
            ("notes", self.notes.clone()),
            ("follow_up_required", self.follow_up_required.to_string()),
            ("follow_up_date", self.follow_up_date.map(|date| date.to_string()).unwrap_or_default()),
        ]
    }
}
