//! `GET /api/specialty/doctor-specialties/{id}/`

use super::assignment::{DoctorSpecialty, one};
use crate::Desk;
use crate::description::Reading;
use axum::extract::State;
use axum::response::IntoResponse;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::specialty;

/// Gets the details of a doctor's specialty
#[utoipa::path(
    get,
    path = "/api/specialty/doctor-specialties/{id}/",
    operation_id = "read_doctor_specialty",
    tag = "Specialties",
    params(("id" = u64, Path)),
    responses((status = 200, body = DoctorSpecialty), Reading)
)]
pub(crate) async fn read_assigned(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<impl IntoResponse> {
    Ok(one(specialty::assigned(&house, &ctx, id).await?))
}
