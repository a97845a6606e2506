//! `DELETE /api/appointments/waiting-list/{id}/`

use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use http::StatusCode;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::waiting;

/// Leaves a waiting list
///
/// A slot that is offered goes to the next; the entry stays readable with status `withdrawn`.
#[utoipa::path(
    delete,
    path = "/api/appointments/waiting-list/{id}/",
    operation_id = "leave_waiting_list",
    tag = "Waiting list",
    params(("id" = u64, Path)),
    responses((status = 204, description = "It waits no more."), Writing)
)]
pub(crate) async fn leave(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<StatusCode> {
    waiting::withdraw(&house, &ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
