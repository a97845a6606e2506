//! `POST /api/auth/totp/`, `DELETE /api/auth/totp/`, `POST /api/auth/totp/confirm/`, `POST /api/auth/totp/recovery-codes/`

use super::verify_email::Code;
use crate::Desk;
use crate::description::Writing;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use ward_domain::refusal::FieldErrors;
use ward_http::log_in::{MAX_CODE, MAX_PASSWORD_BYTES};
use ward_http::{Caller, Given, JsonBody, Outcome};
use ward_services::auth::{self, Second};

/// What an authenticator app is given.
#[derive(Serialize, ToSchema)]
pub(crate) struct Enrolment {
    /// Base32, for those who type it.
    secret: String,
    /// `otpauth://totp/…` (SHA-1, six digits, 30 seconds).
    otpauth_url: String,
    /// The same as a picture, `data:image/png;base64,…`.
    qr_code: String,
}

/// Recovery codes; they are never shown again.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecoveryCodes {
    /// Ten; each works once in the place of an authenticator app's code.
    recovery_codes: Vec<String>,
}

/// Password and code.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct RemoveTotp {
    #[schema(value_type = String, format = Password)]
    password: Given<String>,
    /// The six digits of now, or a recovery code.
    #[schema(value_type = String)]
    code: Given<String>,
}

/// What is shown once is kept by nobody on the way.
fn not_kept() -> [(header::HeaderName, &'static str); 1] {
    [(header::CACHE_CONTROL, "no-store")]
}

/// Begins to set up a second factor
///
/// For the hospital's people, and patients who like to. Log-ins ask for it from `confirm/` on. Asked again before that,
/// the secret is a new one.
#[utoipa::path(
    post,
    path = "/api/auth/totp/",
    operation_id = "begin_totp",
    tag = "Authentication",
    responses((status = 200, body = Enrolment), Writing)
)]
pub(crate) async fn begin_totp(State(house): Desk, Caller(ctx): Caller) -> Outcome<impl IntoResponse> {
    let begun = auth::begin_totp(&house, &ctx).await?;
    let qr_code = format!("data:image/png;base64,{}", STANDARD.encode(begun.qr));
    Ok((not_kept(), Json(Enrolment { secret: begun.secret, otpauth_url: begun.uri, qr_code })))
}

/// Confirms the second factor with its first code
///
/// Answers ten recovery codes, once. From now on a log-in needs `totp_code` or `recovery_code`.
#[utoipa::path(
    post,
    path = "/api/auth/totp/confirm/",
    operation_id = "confirm_totp",
    tag = "Authentication",
    request_body = Code,
    responses((status = 200, body = RecoveryCodes), Writing)
)]
pub(crate) async fn confirm_totp(
    State(house): Desk,
    Caller(ctx): Caller,
    JsonBody(body): JsonBody<Code>,
) -> Outcome<impl IntoResponse> {
    let recovery_codes = auth::confirm_totp(&house, &ctx, body.read()?).await?;
    Ok((not_kept(), Json(RecoveryCodes { recovery_codes })))
}

/// Draws new recovery codes
///
/// For a code of the authenticator app. All codes before are good no more.
#[utoipa::path(
    post,
    path = "/api/auth/totp/recovery-codes/",
    operation_id = "renew_recovery_codes",
    tag = "Authentication",
    request_body = Code,
    responses((status = 200, body = RecoveryCodes), Writing)
)]
pub(crate) async fn renew_recovery_codes(
    State(house): Desk,
    Caller(ctx): Caller,
    JsonBody(body): JsonBody<Code>,
) -> Outcome<impl IntoResponse> {
    let recovery_codes = auth::renew_recovery_codes(&house, &ctx, body.read()?).await?;
    Ok((not_kept(), Json(RecoveryCodes { recovery_codes })))
}

/// Removes the second factor
///
/// For password and code. Wrong ones are counted like those of a log-in.
#[utoipa::path(
    delete,
    path = "/api/auth/totp/",
    operation_id = "remove_totp",
    tag = "Authentication",
    request_body = RemoveTotp,
    responses((status = 204), Writing)
)]
pub(crate) async fn remove_totp(
    State(house): Desk,
    Caller(ctx): Caller,
    JsonBody(body): JsonBody<RemoveTotp>,
) -> Outcome<StatusCode> {
    let mut errors = FieldErrors::default();
    let password = body.password.secret(MAX_PASSWORD_BYTES).required("password", &mut errors);
    let code = body.code.line(MAX_CODE).not_blank().required("code", &mut errors).unwrap_or_default();
    errors.finish()?;
    // Those of an app are six digits, recovery codes twelve letters.
    let digits = code.chars().filter(|c| !c.is_whitespace()).all(|c| c.is_ascii_digit());
    let shown = if digits { Second::Code(code) } else { Second::Recovery(code) };
    auth::remove_totp(&house, &ctx, password.unwrap_or_default(), &shown).await?;
    Ok(StatusCode::NO_CONTENT)
}
