//! `POST /api/auth/users/{id}/activate/`

use super::user::{User, one};
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use axum::response::IntoResponse;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::user;

/// Activates a user
///
/// They may log in again.
#[utoipa::path(
    post,
    path = "/api/auth/users/{id}/activate/",
    operation_id = "activate_user",
    tag = "Users",
    params(("id" = u64, Path)),
    responses((status = 200, body = User), Writing)
)]
pub(crate) async fn activate(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<impl IntoResponse> {
    let user = user::set_active(&house, &ctx, id, true).await?;
    Ok(one(&ctx, user))
}
