//! `POST /api/auth/token/refresh/`: a new token for a session that still stands.

use super::Renewed;
use crate::answer::{Answer, Errors};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;
use ward_domain::refusal::FieldErrors;
use ward_http::{Given, JsonBody, Outcome};
use ward_services::{House, auth};

/// Longest token, in bytes.
const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// What the log-in gave.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Refresh {
    #[schema(value_type = String)]
    refresh_token: Given<String>,
}

/// Renew a token: the session slides by its window. The refresh token stays good.
#[utoipa::path(
    post, path = "/api/auth/token/refresh/", tag = "Authentication", request_body = Refresh,
    responses((status = 200, description = "A new token.", body = Answer<Renewed>), Errors)
)]
pub async fn refresh(
    State(house): State<Arc<House>>,
    JsonBody(body): JsonBody<Refresh>,
) -> Outcome<Json<Answer<Renewed>>> {
    let mut errors = FieldErrors::default();
    let token = body.refresh_token.secret(MAX_TOKEN_BYTES).required("refresh_token", &mut errors);
    errors.finish()?;
    let refreshed = auth::slide(&house, &token.unwrap_or_default()).await?;
    Ok(Json(Answer::new(Renewed::new(refreshed, house.settings.window_minutes), house.env.now())))
}
