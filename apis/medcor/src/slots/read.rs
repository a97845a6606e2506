//! `GET /api/appointments/availability-slots/{id}/`

use super::slot::Slot;
use crate::Desk;
use crate::description::Reading;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use ward_http::extract::etag;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::slot;

/// Gets a slot's details
#[utoipa::path(
    get,
    path = "/api/appointments/availability-slots/{id}/",
    operation_id = "read_slot",
    tag = "Availability slots",
    params(("id" = u64, Path)),
    responses((status = 200, body = Slot), Reading)
)]
pub(crate) async fn read(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<impl IntoResponse> {
    let found = slot::read(&house, &ctx, id).await?;
    Ok((etag(found.version), Json(Slot::new(&found.document, &ctx))))
}
