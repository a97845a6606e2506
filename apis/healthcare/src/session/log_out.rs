//! `POST /api/auth/logout/`: ends the session.

use crate::answer::{Answer, Errors, Nothing};
use axum::Json;
use axum::extract::State;
use std::sync::Arc;
use ward_http::{Caller, Outcome};
use ward_services::{House, auth};

/// Log out. The session's tokens are dead from then on.
#[utoipa::path(
    post, path = "/api/auth/logout/", tag = "Authentication", security(("bearer" = [])),
    responses((status = 200, description = "Logged out.", body = Answer<Nothing>), Errors)
)]
pub async fn log_out(State(house): State<Arc<House>>, Caller(ctx): Caller) -> Outcome<Json<Answer<Nothing>>> {
    auth::log_out(&house, &ctx).await?;
    Ok(Json(Answer::new("Logged out.", Nothing {})))
}
