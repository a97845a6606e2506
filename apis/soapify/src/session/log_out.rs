//! `POST /api/integrations/logout/`: ends the session.

use crate::answer::{Done, Errors};
use axum::Json;
use axum::extract::State;
use std::sync::Arc;
use ward_http::{Caller, Outcome};
use ward_services::{House, auth};

/// Log out. The session's tokens are dead from then on.
#[utoipa::path(
    post, path = "/api/integrations/logout/", tag = "Authentication", security(("bearer" = [])),
    responses((status = 200, description = "Logged out.", body = Done), Errors)
)]
pub async fn log_out(State(house): State<Arc<House>>, Caller(ctx): Caller) -> Outcome<Json<Done>> {
    auth::log_out(&house, &ctx).await?;
    Ok(Json(Done { success: true, message: "Logged out successfully", timestamp: house.env.now().into() }))
}
