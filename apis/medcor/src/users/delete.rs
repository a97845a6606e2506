//! `DELETE /api/auth/users/{id}/`

use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use http::StatusCode;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::user;

/// Deactivates a user
///
/// They can no longer log in and every session of theirs ends; they stay readable with `is_active` false.
#[utoipa::path(
    delete,
    path = "/api/auth/users/{id}/",
    operation_id = "delete_user",
    tag = "Users",
    params(("id" = u64, Path)),
    responses((status = 204, description = "They are deactivated."), Writing)
)]
pub(crate) async fn delete(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<StatusCode> {
    user::set_active(&house, &ctx, id, false).await?;
    Ok(StatusCode::NO_CONTENT)
}
