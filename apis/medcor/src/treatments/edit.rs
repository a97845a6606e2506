//! `PUT /api/treatments/{id}/`

use super::treatment::{Treatment, one};
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use axum::response::IntoResponse;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;
use ward_domain::chart::{self, ChartEdit, MAX_EDIT_REASON, TreatmentEdit, longest};
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_http::{Caller, Given, IfMatch, InPath, JsonBody, Outcome, PathId};
use ward_services::chart::Why;

/// What is to change; what is missing stays as it is. Patient, doctor and appointment stay.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct EditTreatment {
    #[schema(value_type = Option<String>)]
    diagnosis: Given<String>,
    #[schema(value_type = Option<String>)]
    treatment_plan: Given<String>,
    #[schema(value_type = Option<String>)]
    notes: Given<String>,
    #[schema(value_type = Option<bool>)]
    follow_up_required: Given<bool>,
    /// Not before the treatment itself (422); null takes it away.
    #[schema(value_type = Option<String>, format = Date)]
    follow_up_date: Given<Date>,
    /// Why: it stands with the version that this makes.
    #[schema(value_type = Option<String>)]
    edit_reason: Given<String>,
}

impl EditTreatment {
    fn read(self) -> Result<(TreatmentEdit, String), Refusal> {
        let mut errors = FieldErrors::default();
        let mut lines = |given: Given<String>, name: &'static str| {
            given.lines(longest(name)).patch(name, &mut errors).map(Option::unwrap_or_default)
        };
        let diagnosis = lines(self.diagnosis, "diagnosis");
        let treatment_plan = lines(self.treatment_plan, "treatment_plan");
        let notes = lines(self.notes, "notes");
        let follow_up_required = self.follow_up_required.optional("follow_up_required", &mut errors);
        let follow_up_date = self.follow_up_date.patch("follow_up_date", &mut errors);
        let reason = self.edit_reason.lines(MAX_EDIT_REASON).optional("edit_reason", &mut errors);
        errors.finish()?;
        let edit = TreatmentEdit { diagnosis, treatment_plan, notes, follow_up_required, follow_up_date };
        Ok((edit, reason.unwrap_or_default()))
    }
}

/// Updates a treatment
///
/// Only the doctor who wrote it may. The version before is kept: see `versions/`.
#[utoipa::path(
    put,
    path = "/api/treatments/{id}/",
    operation_id = "edit_treatment",
    tag = "Treatments",
    params(("id" = u64, Path), ("If-Match" = Option<String>, Header, description = "The ETag that is edited")),
    request_body = EditTreatment,
    responses((status = 200, body = Treatment), Writing)
)]
pub(crate) async fn edit(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    IfMatch(if_version): IfMatch,
    JsonBody(body): JsonBody<EditTreatment>,
) -> Outcome<impl IntoResponse> {
    let (edit, reason) = body.read()?;
    let (edit, why) = (ChartEdit::Treatment(id.into(), edit), Why { reason, if_version });
    Ok(one(ward_services::chart::edit::<chart::Treatment>(&house, &ctx, edit, why).await?))
}
