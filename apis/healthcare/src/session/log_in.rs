//! `POST /api/auth/login/`: a session for an e-mail address (or user name, or telephone number) and a password.

use super::Opened;
use crate::answer::{Answer, Errors};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;
use ward_domain::id::Id;
use ward_http::log_in::{Shown, credentials};
use ward_http::{Given, JsonBody, Meta, Outcome};
use ward_services::House;
use ward_services::auth;

/// One of the three names, and the password.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LogIn {
    #[schema(value_type = Option<String>)]
    email: Given<String>,
    #[schema(value_type = Option<String>)]
    username: Given<String>,
    #[schema(value_type = Option<String>)]
    phone_number: Given<String>,
    #[schema(value_type = String, format = Password)]
    password: Given<String>,
    /// Which hospital, for those who have an account at several.
    #[schema(value_type = Option<u64>)]
    hospital: Given<Id>,
    /// The six digits of the authenticator app, for those who set one up; without them the answer is 401 with the reason `totp_required`.
    #[schema(value_type = Option<String>, example = "123456")]
    totp_code: Given<String>,
    /// One of the recovery codes instead; each works once.
    #[schema(value_type = Option<String>)]
    recovery_code: Given<String>,
}

/// Log in with a password.
///
/// After five wrong passwords or codes in a row nothing is tried for half a minute, and twice as long after each further
/// one, up to an hour: 429 with `Retry-After`, whether there is such an account or not.
///
/// An `Idempotency-Key` changes nothing here: tokens are not kept, so a log-in that is repeated opens a session of its
/// own.
#[utoipa::path(
    post, path = "/api/auth/login/", tag = "Authentication", request_body = LogIn,
    responses((status = 200, description = "A session.", body = Answer<Opened>), Errors)
)]
pub async fn log_in(
    State(house): State<Arc<House>>,
    Meta(meta): Meta,
    JsonBody(body): JsonBody<LogIn>,
) -> Outcome<Json<Answer<Opened>>> {
    let names = [("email", body.email), ("username", body.username), ("phone_number", body.phone_number)];
    let shown = Shown { totp_code: body.totp_code, recovery_code: body.recovery_code };
    let credentials = credentials(names, body.password, body.hospital, shown)?;
    let opened = auth::log_in(&house, &meta, credentials).await?;
    Ok(Json(Answer::new("Logged in.", opened.into())))
}
