//! `POST /api/integrations/otp/send/`: a code by SMS.

use crate::answer::{Answer, Errors};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use ward_domain::contact::MAX_PHONE;
use ward_domain::id::{Id, IdKind};
use ward_domain::refusal::FieldErrors;
use ward_http::{Given, JsonBody, Meta, Outcome};
use ward_services::House;
use ward_services::auth::{self, AskedCode};

/// What the code is for. Both are the same code: a number without an account gets one when the code is shown.
const PURPOSES: [(&str, ()); 2] = [("login", ()), ("register", ())];

/// Whose code.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SendCode {
    /// With its country's code.
    #[schema(value_type = String, example = "+989123456789")]
    phone_number: Given<String>,
    /// login, which it is if nothing is said, or register: the same code serves for both.
    #[schema(value_type = Option<String>, example = "login")]
    purpose: Given<String>,
    /// Which hospital, where neither the address says it nor the default is meant.
    #[schema(value_type = Option<u64>)]
    hospital: Given<Id>,
}

/// A code that is on its way.
#[derive(Debug, Serialize, ToSchema)]
pub struct CodeSent {
    /// Always true.
    otp_sent: bool,
    #[schema(example = 300)]
    expires_in_seconds: i64,
    /// To be given with the code, or not.
    #[schema(example = "550e8400-e29b-41d4-a716-446655440000")]
    session_id: String,
}

/// Send a code to a telephone number.
///
/// Six digits by SMS, good for five minutes, three guesses and one use; a new code ends the one before it. There is a minute
/// between two, and an hour has five: 429 with `Retry-After` before that. Answer and text are the same whether anyone has
/// an account with the number or not.
#[utoipa::path(
    post, path = "/api/integrations/otp/send/", tag = "Authentication", request_body = SendCode,
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent twice, one code goes out.")),
    responses((status = 200, description = "The code is on its way.", body = Answer<CodeSent>), Errors)
)]
pub async fn send_code(
    State(house): State<Arc<House>>,
    Meta(meta): Meta,
    JsonBody(body): JsonBody<SendCode>,
) -> Outcome<Json<Answer<CodeSent>>> {
    let mut errors = FieldErrors::default();
    let phone = body.phone_number.line(MAX_PHONE).required("phone_number", &mut errors);
    body.purpose.choice(&PURPOSES).optional("purpose", &mut errors);
    let hospital = body.hospital.optional("hospital", &mut errors);
    errors.finish()?;
    let asked = AskedCode { phone_number: phone.unwrap_or_default(), hospital };
    let sent = auth::send_code(&house, &meta, asked).await?;
    let answer = CodeSent {
        otp_sent: true,
        expires_in_seconds: sent.seconds,
        session_id: sent.session.to_uuid(IdKind::Session),
    };
    Ok(Json(Answer::new(answer, house.env.now())))
}
