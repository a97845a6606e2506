//! `GET /api/treatments/{id}/`

use super::treatment::{Treatment, one};
use crate::Desk;
use crate::description::Reading;
use axum::extract::State;
use axum::response::IntoResponse;
use ward_http::{Caller, InPath, Outcome, PathId};

/// Gets a treatment's details
///
/// For the doctor who wrote it, the patient, the hospital's administrator, and doctors to whom the chart is open.
#[utoipa::path(
    get,
    path = "/api/treatments/{id}/",
    operation_id = "read_treatment",
    tag = "Treatments",
    params(("id" = u64, Path)),
    responses((status = 200, body = Treatment), Reading)
)]
pub(crate) async fn read(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<impl IntoResponse> {
    Ok(one(ward_services::chart::read(&house, &ctx, id).await?))
}
