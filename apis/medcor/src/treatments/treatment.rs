//! A treatment as this API spells it.

use axum::Json;
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;
use ward_domain::chart;
use ward_domain::id::AppointmentId;
use ward_domain::time::Time;
use ward_http::extract::etag;
use ward_services::house::Versioned;

/// What a doctor does about something.
#[derive(Debug, Serialize, ToSchema)]
#[allow(clippy::struct_field_names)] // the document's names
pub(crate) struct Treatment {
    id: u64,
    appointment: Option<u64>,
    patient: u64,
    /// The doctor who treats, and alone may change it.
    doctor: u64,
    #[schema(example = "Mild hypertension")]
    diagnosis: String,
    treatment_plan: String,
    notes: String,
    follow_up_required: bool,
    #[schema(format = Date)]
    follow_up_date: Option<String>,
    /// From 1; each edit makes the next.
    version: u64,
    /// Why the newest version was made.
    edit_reason: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Time,
}

impl From<chart::Treatment> for Treatment {
    fn from(treatment: chart::Treatment) -> Self {
        Self {
            id: treatment.id.get(),
            appointment: treatment.appointment.map(AppointmentId::get),
            patient: treatment.patient.get(),
            doctor: treatment.author.get(),
            diagnosis: treatment.diagnosis,
            treatment_plan: treatment.treatment_plan,
            notes: treatment.notes,
            follow_up_required: treatment.follow_up_required,
            follow_up_date: treatment.follow_up_date.map(|date| date.to_string()),
            version: treatment.edition.number,
            edit_reason: treatment.edition.reason,
            created_at: treatment.created_at,
            updated_at: treatment.edition.at,
        }
    }
}

/// A treatment as an answer, with its version.
pub(super) fn one(found: Versioned<chart::Treatment>) -> impl IntoResponse {
    (etag(found.version), Json(Treatment::from(found.document)))
}
