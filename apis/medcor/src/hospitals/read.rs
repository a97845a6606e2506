//! `GET /api/hospitals/{id}/`

use super::hospital::{Hospital, one};
use crate::Desk;
use crate::description::Reading;
use axum::extract::State;
use axum::response::IntoResponse;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::hospital;

/// Gets a hospital's details
#[utoipa::path(
    get,
    path = "/api/hospitals/{id}/",
    operation_id = "read_hospital",
    tag = "Hospitals",
    params(("id" = u64, Path)),
    responses((status = 200, body = Hospital), Reading)
)]
pub(crate) async fn read(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<impl IntoResponse> {
    let found = hospital::read(&house, &ctx, id).await?;
    Ok(one(found))
}
