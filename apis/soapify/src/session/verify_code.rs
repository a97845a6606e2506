//! `POST /api/integrations/otp/verify/`: a session for a code.

use super::Opened;
use crate::answer::{Answer, Errors};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;
use ward_domain::contact::MAX_PHONE;
use ward_domain::id::Id;
use ward_domain::refusal::FieldErrors;
use ward_http::log_in::{MAX_CODE, Shown};
use ward_http::{Given, JsonBody, Meta, Outcome};
use ward_services::House;
use ward_services::auth::{self, ShownCode};

/// The number and the code; more is not needed.
#[derive(Debug, Deserialize, ToSchema)]
pub struct VerifyCode {
    #[schema(value_type = String, example = "+989123456789")]
    phone_number: Given<String>,
    /// Six digits.
    #[schema(value_type = String, example = "123456")]
    otp_code: Given<String>,
    /// As it was answered when the code was asked for; if it is given, it must be that of the newest code.
    #[schema(value_type = Option<String>)]
    session_id: Given<String>,
    /// Which hospital, where neither the address nor the request for the code said it.
    #[schema(value_type = Option<u64>)]
    hospital: Given<Id>,
    /// The six digits of the authenticator app, for those who set one up; without them the answer is 401 with the code
    /// `TOTP_REQUIRED`, and the code by SMS stays good.
    #[schema(value_type = Option<String>, example = "123456")]
    totp_code: Given<String>,
    /// One of the recovery codes instead; each works once.
    #[schema(value_type = Option<String>)]
    recovery_code: Given<String>,
}

/// Log in with a code, or register.
///
/// A number that nobody has an account with gets one: of the role that it was invited into (`/api/integrations/invitations/`),
/// else a patient's. Third wrong code, and it is good no more: 401 with `AUTH_INVALID_CREDENTIALS`, as for a number that no
/// code was sent to.
///
/// An `Idempotency-Key` changes nothing here: a code works once, and tokens are not kept.
#[utoipa::path(
    post, path = "/api/integrations/otp/verify/", tag = "Authentication", request_body = VerifyCode,
    responses((status = 200, description = "A session.", body = Answer<Opened>), Errors)
)]
pub async fn verify_code(
    State(house): State<Arc<House>>,
    Meta(meta): Meta,
    JsonBody(body): JsonBody<VerifyCode>,
) -> Outcome<Json<Answer<Opened>>> {
    let mut errors = FieldErrors::default();
    let phone = body.phone_number.line(MAX_PHONE).required("phone_number", &mut errors);
    let code = body.otp_code.line(MAX_CODE).required("otp_code", &mut errors);
    let session = body.session_id.line(MAX_CODE).optional("session_id", &mut errors);
    let hospital = body.hospital.optional("hospital", &mut errors);
    let shown = Shown { totp_code: body.totp_code, recovery_code: body.recovery_code };
    let second = shown.read(&mut errors);
    errors.finish()?;
    let shown = ShownCode {
        phone_number: phone.unwrap_or_default(),
        code: code.unwrap_or_default(),
        session: session.filter(|text| !text.is_empty()),
        hospital,
        second,
    };
    let opened = auth::log_in_by_code(&house, &meta, shown).await?;
    Ok(Json(Answer::new(Opened::new(opened, house.settings.window_minutes), house.env.now())))
}
