//! `POST /api/auth/logout/`

use super::Message;
use crate::Desk;
use crate::description::Reading;
use axum::Json;
use axum::extract::State;
use ward_http::{Caller, Outcome};
use ward_services::auth;

/// Logs the user out
///
/// Ends the session that the access token belongs to, its refresh token with it. A body, such as one with `refresh`, is
/// not needed.
#[utoipa::path(
    post,
    path = "/api/auth/logout/",
    operation_id = "log_out",
    tag = "Authentication",
    responses((status = 200, body = Message), Reading)
)]
pub(crate) async fn log_out(State(house): Desk, Caller(ctx): Caller) -> Outcome<Json<Message>> {
    auth::log_out(&house, &ctx).await?;
    Ok(Json(Message { message: "Successfully logged out" }))
}
