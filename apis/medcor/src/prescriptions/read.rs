//! `GET /api/treatments/prescriptions/{id}/`

use super::prescription::{Prescription, one};
use crate::Desk;
use crate::description::Reading;
use axum::extract::State;
use axum::response::IntoResponse;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::chart::read_prescription;

/// Gets a prescription's details
///
/// With the warnings that hold now.
#[utoipa::path(
    get,
    path = "/api/treatments/prescriptions/{id}/",
    operation_id = "read_prescription",
    tag = "Treatments",
    params(("id" = u64, Path)),
    responses((status = 200, body = Prescription), Reading)
)]
pub(crate) async fn read(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<impl IntoResponse> {
    Ok(one(read_prescription(&house, &ctx, id).await?))
}
