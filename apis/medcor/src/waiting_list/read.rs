//! `GET /api/appointments/waiting-list/{id}/`

use super::entry::{WaitingEntry, one};
use crate::Desk;
use crate::description::Reading;
use axum::extract::State;
use axum::response::IntoResponse;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::waiting;

/// Gets a waiting list entry's details
///
/// With the slot that is offered, if one is.
#[utoipa::path(
    get,
    path = "/api/appointments/waiting-list/{id}/",
    operation_id = "read_waiting_list_entry",
    tag = "Waiting list",
    params(("id" = u64, Path)),
    responses((status = 200, body = WaitingEntry), Reading)
)]
pub(crate) async fn read(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<impl IntoResponse> {
    let found = waiting::read(&house, &ctx, id).await?;
    Ok(one(found))
}
