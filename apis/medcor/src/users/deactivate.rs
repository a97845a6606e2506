//! `POST /api/auth/users/{id}/deactivate/`

use super::user::{User, one};
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use axum::response::IntoResponse;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::user;

/// Deactivates a user
///
/// They can no longer log in and every session of theirs ends.
#[utoipa::path(
    post,
    path = "/api/auth/users/{id}/deactivate/",
    operation_id = "deactivate_user",
    tag = "Users",
    params(("id" = u64, Path)),
    responses((status = 200, body = User), Writing)
)]
pub(crate) async fn deactivate(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<impl IntoResponse> {
    let user = user::set_active(&house, &ctx, id, false).await?;
    Ok(one(&ctx, user))
}
