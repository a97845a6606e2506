//! `DELETE /api/specialty/doctor-specialties/{id}/`

use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use http::StatusCode;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::specialty;

/// Removes a specialty from a doctor
///
/// For the hospital's administrator. Where it was the primary one, the one that the doctor was given first, of those
/// that are left, becomes it.
#[utoipa::path(
    delete,
    path = "/api/specialty/doctor-specialties/{id}/",
    operation_id = "delete_doctor_specialty",
    tag = "Specialties",
    params(("id" = u64, Path)),
    responses((status = 204, description = "The doctor no longer has it."), Writing)
)]
pub(crate) async fn remove(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<StatusCode> {
    specialty::remove(&house, &ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
