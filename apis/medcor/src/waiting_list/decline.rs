//! `POST /api/appointments/waiting-list/{id}/decline/`

use super::entry::{WaitingEntry, one};
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use axum::response::IntoResponse;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::waiting;

/// Declines an offer
///
/// The slot goes to the next; the entry waits on for another one.
#[utoipa::path(
    post,
    path = "/api/appointments/waiting-list/{id}/decline/",
    operation_id = "decline_offer",
    tag = "Waiting list",
    params(("id" = u64, Path)),
    responses((status = 200, body = WaitingEntry), Writing)
)]
pub(crate) async fn decline(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<impl IntoResponse> {
    let found = waiting::decline(&house, &ctx, id).await?;
    Ok(one(found))
}
