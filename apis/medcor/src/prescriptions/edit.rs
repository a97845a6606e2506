//! `PUT /api/treatments/prescriptions/{id}/`

use super::prescription::{Prescription, one};
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use axum::response::IntoResponse;
use serde::Deserialize;
use utoipa::ToSchema;
use ward_domain::chart::{MAX_EDIT_REASON, PrescriptionEdit, PrescriptionStatus, longest};
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_http::{Caller, Given, IfMatch, InPath, JsonBody, Outcome, PathId};
use ward_services::chart::{Why, edit_prescription};

/// What is to change; what is missing stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct EditPrescription {
    #[schema(value_type = Option<String>)]
    medication_name: Given<String>,
    #[schema(value_type = Option<String>)]
    dosage: Given<String>,
    #[schema(value_type = Option<String>)]
    frequency: Given<String>,
    #[schema(value_type = Option<String>)]
    duration: Given<String>,
    #[schema(value_type = Option<String>)]
    instructions: Given<String>,
    /// `active` or `stopped`.
    #[schema(value_type = Option<String>, example = "stopped")]
    status: Given<String>,
    /// Why: it stands with the version that this makes.
    #[schema(value_type = Option<String>)]
    edit_reason: Given<String>,
}

impl EditPrescription {
    fn read(self) -> Result<(PrescriptionEdit, String), Refusal> {
        let mut errors = FieldErrors::default();
        let name = self.medication_name.line(longest("medication_name")).not_blank();
        let medication_name = name.optional("medication_name", &mut errors);
        let mut line = |given: Given<String>, name: &'static str| {
            given.line(longest(name)).patch(name, &mut errors).map(Option::unwrap_or_default)
        };
        let dosage = line(self.dosage, "dosage");
        let frequency = line(self.frequency, "frequency");
        let duration = line(self.duration, "duration");
        let instructions = self.instructions.lines(longest("instructions"));
        let instructions = instructions.patch("instructions", &mut errors).map(Option::unwrap_or_default);
        let statuses = PrescriptionStatus::ALL.map(|status| (status.word(), status));
        let status = self.status.choice(&statuses).optional("status", &mut errors);
        let reason = self.edit_reason.lines(MAX_EDIT_REASON).optional("edit_reason", &mut errors);
        errors.finish()?;
        let edit = PrescriptionEdit { medication_name, dosage, frequency, duration, instructions, status };
        Ok((edit, reason.unwrap_or_default()))
    }
}

/// Updates a prescription
///
/// Only the doctor who wrote it may. The version before is kept: see `versions/`.
#[utoipa::path(
    put,
    path = "/api/treatments/prescriptions/{id}/",
    operation_id = "edit_prescription",
    tag = "Treatments",
    params(("id" = u64, Path), ("If-Match" = Option<String>, Header, description = "The ETag that is edited")),
    request_body = EditPrescription,
    responses((status = 200, body = Prescription), Writing)
)]
pub(crate) async fn edit(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    IfMatch(if_version): IfMatch,
    JsonBody(body): JsonBody<EditPrescription>,
) -> Outcome<impl IntoResponse> {
    let (edit, reason) = body.read()?;
    Ok(one(edit_prescription(&house, &ctx, id, edit, Why { reason, if_version }).await?))
}
