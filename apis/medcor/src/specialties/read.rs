//! `GET /api/specialty/{id}/`

use super::specialty::{Specialty, one};
use crate::Desk;
use crate::description::Reading;
use axum::extract::State;
use axum::response::IntoResponse;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::specialty;

/// Gets a specialty's details
#[utoipa::path(
    get,
    path = "/api/specialty/{id}/",
    operation_id = "read_specialty",
    tag = "Specialties",
    params(("id" = u64, Path)),
    responses((status = 200, body = Specialty), Reading)
)]
pub(crate) async fn read(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<impl IntoResponse> {
    Ok(one(specialty::read(&house, &ctx, id).await?))
}
