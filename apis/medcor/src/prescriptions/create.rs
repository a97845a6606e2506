//! `POST /api/treatments/{id}/prescriptions/`

use super::prescription::{Prescription, one};
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use ward_domain::chart::longest;
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_http::{Caller, Given, InPath, JsonBody, Outcome, PathId};
use ward_services::chart::{NewPrescription, prescribe};

/// A medicine that a treatment asks for. All of it is kept as it is sent.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CreatePrescription {
    #[schema(value_type = String, example = "Lisinopril")]
    medication_name: Given<String>,
    #[schema(value_type = Option<String>, example = "10mg")]
    dosage: Given<String>,
    #[schema(value_type = Option<String>, example = "Once daily")]
    frequency: Given<String>,
    #[schema(value_type = Option<String>, example = "30 days")]
    duration: Given<String>,
    #[schema(value_type = Option<String>, example = "Take with food in the morning")]
    instructions: Given<String>,
}

impl CreatePrescription {
    fn read(self) -> Result<NewPrescription, Refusal> {
        let mut errors = FieldErrors::default();
        let name = self.medication_name.line(longest("medication_name")).not_blank();
        let name = name.required("medication_name", &mut errors);
        let mut line = |given: Given<String>, name: &'static str| {
            given.line(longest(name)).optional(name, &mut errors).unwrap_or_default()
        };
        let dosage = line(self.dosage, "dosage");
        let frequency = line(self.frequency, "frequency");
        let duration = line(self.duration, "duration");
        let instructions = self.instructions.lines(longest("instructions"));
        let instructions = instructions.optional("instructions", &mut errors).unwrap_or_default();
        errors.finish()?;
        let medication_name = name.unwrap_or_default();
        Ok(NewPrescription { medication_name, dosage, frequency, duration, instructions })
    }
}

/// Adds a prescription
///
/// To a treatment that the calling doctor may read. `warnings` say what the patient's allergies name and what is
/// prescribed already; they hold nothing back.
#[utoipa::path(
    post,
    path = "/api/treatments/{id}/prescriptions/",
    operation_id = "create_prescription",
    tag = "Treatments",
    params(
        ("id" = u64, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once"),
    ),
    request_body = CreatePrescription,
    responses((status = 201, body = Prescription), Writing)
)]
pub(crate) async fn create(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(treatment)): InPath<PathId>,
    JsonBody(body): JsonBody<CreatePrescription>,
) -> Outcome<impl IntoResponse> {
    let created = prescribe(&house, &ctx, treatment, body.read()?).await?;
    Ok((StatusCode::CREATED, one(created)))
}
