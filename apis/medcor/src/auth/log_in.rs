//! `POST /api/auth/login/`

use crate::Desk;
use crate::description::Open;
use crate::users::User;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use ward_domain::id::Id;
use ward_http::log_in::{Shown, credentials};
use ward_http::{Given, JsonBody, Meta, Outcome};
use ward_services::auth;

/// One of e-mail address, user name and telephone number, with the password.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct LogIn {
    #[schema(value_type = Option<String>, example = "admin@hospital.com")]
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
    /// The six digits of the authenticator app, for those who set one up; without them the answer is 401 `TOTP_REQUIRED`.
    #[schema(value_type = Option<String>, example = "123456")]
    totp_code: Given<String>,
    /// One of the recovery codes instead; each works once.
    #[schema(value_type = Option<String>)]
    recovery_code: Given<String>,
}

/// Who logged in, and their tokens.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LoggedIn {
    user: User,
    tokens: Tokens,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tokens {
    /// For the Authorization header; good for an hour.
    access: String,
    /// For new access tokens, until the session ends.
    refresh: String,
}

/// Logs a user in
///
/// After five wrong passwords or codes in a row nothing is tried for half a minute, and twice as long after each further
/// one, up to an hour: 429 with `Retry-After`, whether there is such an account or not.
///
/// An `Idempotency-Key` changes nothing here: tokens are not kept, so a log-in that is repeated opens a session of its
/// own.
#[utoipa::path(
    post,
    path = "/api/auth/login/",
    operation_id = "log_in",
    tag = "Authentication",
    request_body = LogIn,
    responses((status = 200, body = LoggedIn), Open),
    security(())
)]
pub(crate) async fn log_in(
    State(house): Desk,
    Meta(meta): Meta,
    JsonBody(body): JsonBody<LogIn>,
) -> Outcome<Json<LoggedIn>> {
    let names = [("email", body.email), ("username", body.username), ("phone_number", body.phone_number)];
    let shown = Shown { totp_code: body.totp_code, recovery_code: body.recovery_code };
    let credentials = credentials(names, body.password, body.hospital, shown)?;
    let opened = auth::log_in(&house, &meta, credentials).await?;
    let tokens = Tokens { access: opened.access, refresh: opened.refresh };
    Ok(Json(LoggedIn { user: User::new(opened.account, opened.tenant), tokens }))
}
