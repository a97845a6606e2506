//! `POST /api/auth/verify-email/`, `POST /api/auth/verify-email/confirm/`

use super::Message;
use crate::Desk;
use crate::description::Writing;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use ward_domain::refusal::FieldErrors;
use ward_http::log_in::MAX_CODE;
use ward_http::{Caller, Given, JsonBody, Outcome};
use ward_services::auth;

/// A code.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Code {
    /// Capitals, dashes and spaces do not matter.
    #[schema(value_type = String, example = "7KQM-2XWA")]
    code: Given<String>,
}

impl Code {
    /// The code, as it was typed.
    pub fn read(self) -> Outcome<String> {
        let mut errors = FieldErrors::default();
        let code = self.code.line(MAX_CODE).not_blank().required("code", &mut errors);
        errors.finish()?;
        Ok(code.unwrap_or_default())
    }
}

/// Asks for a code that verifies the e-mail address
///
/// Who registers gets one without asking. It is good for 30 minutes; there are three an hour. An address that is verified
/// already is a conflict, an account without one is 422.
#[utoipa::path(
    post,
    path = "/api/auth/verify-email/",
    operation_id = "ask_verify_email",
    tag = "Authentication",
    responses((status = 200, body = Message), Writing)
)]
pub(crate) async fn ask_verify_email(State(house): Desk, Caller(ctx): Caller) -> Outcome<Json<Message>> {
    auth::ask_verify_email(&house, &ctx).await?;
    Ok(Json(Message { message: "A code is on its way to your e-mail address" }))
}

/// Verifies the e-mail address
///
/// From then on `email_verified` is true, until the address is changed.
#[utoipa::path(
    post,
    path = "/api/auth/verify-email/confirm/",
    operation_id = "verify_email",
    tag = "Authentication",
    request_body = Code,
    responses((status = 200, body = Message), Writing)
)]
pub(crate) async fn verify_email(
    State(house): Desk,
    Caller(ctx): Caller,
    JsonBody(body): JsonBody<Code>,
) -> Outcome<Json<Message>> {
    auth::verify_email(&house, &ctx, &body.read()?).await?;
    Ok(Json(Message { message: "E-mail address verified" }))
}
