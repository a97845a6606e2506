//! `POST /api/auth/password-reset/`

use super::Message;
use crate::Desk;
use crate::description::Open;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use ward_domain::id::Id;
use ward_domain::refusal::FieldErrors;
use ward_http::log_in::log_in_of;
use ward_http::{Given, JsonBody, Meta, Outcome};
use ward_services::auth::{self, Forgotten};

/// One of e-mail address, user name and telephone number.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct AskPasswordReset {
    #[schema(value_type = Option<String>, example = "admin@hospital.com")]
    email: Given<String>,
    #[schema(value_type = Option<String>)]
    username: Given<String>,
    #[schema(value_type = Option<String>)]
    phone_number: Given<String>,
    /// Which hospital; without it a code comes from each at which there is such an account.
    #[schema(value_type = Option<u64>)]
    hospital: Given<Id>,
}

/// Asks for a code to set a new password
///
/// Where there is such an account with an e-mail address, a code comes there. It is good for 30 minutes, works once, and
/// ends after five wrong guesses; an account gets three an hour. The answer is the same, at the same time, where there
/// is none.
#[utoipa::path(
    post,
    path = "/api/auth/password-reset/",
    operation_id = "ask_password_reset",
    tag = "Authentication",
    request_body = AskPasswordReset,
    responses((status = 200, body = Message), Open),
    security(())
)]
pub(crate) async fn ask_password_reset(
    State(house): Desk,
    Meta(meta): Meta,
    JsonBody(body): JsonBody<AskPasswordReset>,
) -> Outcome<Json<Message>> {
    let names = [("email", body.email), ("username", body.username), ("phone_number", body.phone_number)];
    let mut errors = FieldErrors::default();
    let log_in = log_in_of(names, &mut errors);
    let hospital = body.hospital.optional("hospital", &mut errors);
    errors.finish()?;
    auth::ask_reset(&house, &meta, Forgotten { log_in, hospital }).await?;
    Ok(Json(Message { message: "If there is such an account, a code is on its way to its e-mail address" }))
}
