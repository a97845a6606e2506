//! `GET /api/auth/users/{id}/`

use super::user::{User, one};
use crate::Desk;
use crate::description::Reading;
use axum::extract::State;
use axum::response::IntoResponse;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::user;

/// Gets a user's details
#[utoipa::path(
    get,
    path = "/api/auth/users/{id}/",
    operation_id = "read_user",
    tag = "Users",
    params(("id" = u64, Path)),
    responses((status = 200, body = User), Reading)
)]
pub(crate) async fn read(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<impl IntoResponse> {
    let found = user::read(&house, &ctx, id).await?;
    Ok(one(&ctx, found))
}
