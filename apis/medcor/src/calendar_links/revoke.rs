//! `DELETE /api/appointments/calendar-links/{id}/`

use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use http::StatusCode;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::calendar_link;

/// Revokes a calendar link
///
/// From the next request on its address shows nothing.
#[utoipa::path(
    delete,
    path = "/api/appointments/calendar-links/{id}/",
    operation_id = "revoke_calendar_link",
    tag = "Calendar links",
    params(("id" = u64, Path)),
    responses((status = 204, description = "It is revoked."), Writing)
)]
pub(crate) async fn revoke(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<StatusCode> {
    calendar_link::revoke(&house, &ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
