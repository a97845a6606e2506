//! `DELETE /api/auth/users/{id}/totp/`

use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use http::StatusCode;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::auth;

/// Takes a user's second factor away
///
/// For administrators, where someone has lost their device. Every session of the user ends, and they are told by mail.
/// Nothing happens where there is none.
#[utoipa::path(
    delete,
    path = "/api/auth/users/{id}/totp/",
    operation_id = "reset_totp",
    tag = "Users",
    params(("id" = u64, Path)),
    responses((status = 204), Writing)
)]
pub(crate) async fn reset_totp(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<StatusCode> {
    auth::reset_totp(&house, &ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
