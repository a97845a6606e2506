//! A prescription as this API spells it.

use axum::Json;
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;
use ward_domain::chart::medicine;
use ward_domain::time::Time;
use ward_http::extract::etag;
use ward_services::chart::Warned;

/// A medicine that a treatment asks for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Prescription {
    id: u64,
    treatment: u64,
    patient: u64,
    /// The doctor who wrote it, and alone may change it.
    doctor: u64,
    #[schema(example = "Lisinopril")]
    medication_name: String,
    dosage: String,
    frequency: String,
    duration: String,
    instructions: String,
    /// `active` or `stopped`.
    status: &'static str,
    /// Advice: what the medicine does not go with.
    warnings: Vec<Warning>,
    /// From 1; each edit makes the next.
    version: u64,
    /// Why the newest version was made.
    edit_reason: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Time,
}

/// Advice for the doctor; it holds nothing back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Warning {
    /// `allergy` or `duplicate`.
    kind: &'static str,
    #[schema(example = "The patient's allergies name penicillins, which this belongs to.")]
    message: String,
    /// What the allergies name, or what is prescribed already.
    #[schema(example = "penicillins")]
    with: String,
}

impl From<medicine::Warning> for Warning {
    fn from(warning: medicine::Warning) -> Self {
        Self { kind: warning.kind.word(), message: warning.message, with: warning.with }
    }
}

impl From<Warned> for Prescription {
    fn from(warned: Warned) -> Self {
        let prescription = warned.prescription.document;
        Self {
            id: prescription.id.get(),
            treatment: prescription.treatment.get(),
            patient: prescription.patient.get(),
            doctor: prescription.author.get(),
            medication_name: prescription.medication_name,
            dosage: prescription.dosage,
            frequency: prescription.frequency,
            duration: prescription.duration,
            instructions: prescription.instructions,
            status: prescription.status.word(),
            warnings: warned.warnings.into_iter().map(Into::into).collect(),
            version: prescription.edition.number,
            edit_reason: prescription.edition.reason,
            created_at: prescription.created_at,
            updated_at: prescription.edition.at,
        }
    }
}

/// A prescription as an answer, with its version.
pub(super) fn one(found: Warned) -> impl IntoResponse {
    (etag(found.prescription.version), Json(Prescription::from(found)))
}
