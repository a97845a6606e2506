//! `POST /api/integrations/session/extend/`: the window slides.

use super::Renewed;
use crate::answer::{Answer, Errors};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;
use ward_domain::id::{Id, IdKind};
use ward_domain::refusal::FieldErrors;
use ward_http::log_in::MAX_CODE;
use ward_http::{Caller, Given, JsonBody, Outcome};
use ward_services::{House, auth};

/// Which session.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Extend {
    /// As the log-in answered it: the session of the token that asks.
    #[schema(value_type = String, example = "550e8400-e29b-41d4-a716-446655440000")]
    session_id: Given<String>,
}

/// Extend the session: a new token that is good for one window from now. Ask before the old one expires.
#[utoipa::path(
    post, path = "/api/integrations/session/extend/", tag = "Authentication", security(("bearer" = [])),
    request_body = Extend,
    responses((status = 200, description = "A new token.", body = Answer<Renewed>), Errors)
)]
pub async fn extend(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    JsonBody(body): JsonBody<Extend>,
) -> Outcome<Json<Answer<Renewed>>> {
    let mut errors = FieldErrors::default();
    let session = body.session_id.line(MAX_CODE).required("session_id", &mut errors);
    errors.finish()?;
    let session = Id::from_uuid(IdKind::Session, &session.unwrap_or_default()).ok();
    let renewed = auth::extend(&house, &ctx, session).await?;
    Ok(Json(Answer::new(Renewed::new(renewed, house.settings.window_minutes), house.env.now())))
}
