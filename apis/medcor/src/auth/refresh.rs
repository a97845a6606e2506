//! `POST /api/auth/token/refresh/`

use super::MAX_TOKEN_BYTES;
use crate::Desk;
use crate::description::Open;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use ward_domain::refusal::FieldErrors;
use ward_http::{Given, JsonBody, Outcome};
use ward_services::auth;

/// A refresh token.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Refresh {
    #[schema(value_type = String)]
    refresh: Given<String>,
}

/// A new access token; the refresh token stays good.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Refreshed {
    access: String,
}

/// Refreshes the access token
#[utoipa::path(
    post,
    path = "/api/auth/token/refresh/",
    operation_id = "refresh_token",
    tag = "Authentication",
    request_body = Refresh,
    responses((status = 200, body = Refreshed), Open),
    security(())
)]
pub(crate) async fn refresh(
    State(house): Desk,
    JsonBody(body): JsonBody<Refresh>,
) -> Outcome<Json<Refreshed>> {
    let mut errors = FieldErrors::default();
    let token = body.refresh.secret(MAX_TOKEN_BYTES).required("refresh", &mut errors);
    errors.finish()?;
    let refreshed = auth::refresh(&house, &token.unwrap_or_default()).await?;
    Ok(Json(Refreshed { access: refreshed.access }))
}
