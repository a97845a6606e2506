//! `DELETE /api/medical-records/{id}/`

use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use ward_domain::chart::MAX_EDIT_REASON;
use ward_domain::refusal::FieldErrors;
use ward_http::{Caller, Given, InPath, JsonBody, Outcome, PathId};
use ward_services::chart::delete_record;

/// Why; the body may be missing.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct DeleteMedicalRecord {
    #[schema(value_type = Option<String>, example = "Written for the wrong patient")]
    reason: Given<String>,
}

/// Deletes a medical record
///
/// Only the doctor who wrote it may. It is shown to nobody any more, and goes for good when its time of retention is over.
#[utoipa::path(
    delete,
    path = "/api/medical-records/{id}/",
    operation_id = "delete_medical_record",
    tag = "Medical records",
    params(("id" = u64, Path)),
    request_body = Option<DeleteMedicalRecord>,
    responses((status = 204, description = "It is deleted."), Writing)
)]
pub(crate) async fn delete(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    JsonBody(body): JsonBody<DeleteMedicalRecord>,
) -> Outcome<StatusCode> {
    let mut errors = FieldErrors::default();
    let reason = body.reason.lines(MAX_EDIT_REASON).optional("reason", &mut errors).unwrap_or_default();
    errors.finish()?;
    delete_record(&house, &ctx, id, &reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
