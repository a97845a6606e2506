//! `GET /api/auth/profile/`

use crate::Desk;
use crate::description::Reading;
use crate::users::{User, one};
use axum::extract::State;
use axum::response::IntoResponse;
use ward_http::{Caller, Outcome};
use ward_services::user;

/// Gets the current user's profile
#[utoipa::path(
    get,
    path = "/api/auth/profile/",
    operation_id = "read_profile",
    tag = "Authentication",
    responses((status = 200, body = User), Reading)
)]
pub(crate) async fn read_profile(State(house): Desk, Caller(ctx): Caller) -> Outcome<impl IntoResponse> {
    let found = user::me(&house, &ctx).await?;
    Ok(one(&ctx, found))
}
