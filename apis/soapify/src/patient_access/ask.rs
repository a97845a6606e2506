//! `POST /api/integrations/patients/request-access/`

use super::request_id;
use crate::answer::{Answer, Errors};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use ward_domain::contact::MAX_PHONE;
use ward_domain::phone::{AccessKind, MAX_REASON};
use ward_domain::refusal::FieldErrors;
use ward_http::{Caller, Given, JsonBody, Outcome};
use ward_services::House;
use ward_services::patient_access::{self, AskAccess};

/// Of whom, how far, and why.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RequestAccess {
    /// With its country's code.
    #[schema(value_type = String, example = "+989123456789")]
    patient_phone: Given<String>,
    /// `view_history`: to read the chart; `full_access`: files too, and to add to them.
    #[schema(value_type = String, example = "view_history")]
    access_type: Given<String>,
    /// Kept with the request; it stands in no SMS.
    #[schema(value_type = String, example = "Follow-up consultation")]
    reason: Given<String>,
}

/// A request that waits for the patient's code.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccessRequested {
    #[schema(example = "req_123456")]
    request_id: String,
    #[schema(example = "otp_sent")]
    status: &'static str,
    message: &'static str,
    /// Seconds.
    #[schema(example = 300)]
    expires_in: i64,
}

/// Ask a patient for access to what is kept of them.
///
/// For doctors. The patient of this number gets an SMS that says who asks, for which access, and a code to tell if they
/// agree. The answer is the same where the hospital has no such patient. A minute lies between two requests for a number,
/// and an hour has five.
#[utoipa::path(
    post, path = "/api/integrations/patients/request-access/", tag = "Patient access", security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent twice, the patient is asked once.")),
    request_body = RequestAccess,
    responses((status = 200, description = "The patient is asked.", body = Answer<AccessRequested>), Errors)
)]
pub async fn ask(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    JsonBody(body): JsonBody<RequestAccess>,
) -> Outcome<Json<Answer<AccessRequested>>> {
    let mut errors = FieldErrors::default();
    let phone = body.patient_phone.line(MAX_PHONE).required("patient_phone", &mut errors);
    let kinds = AccessKind::ALL.map(|kind| (kind.word(), kind));
    let kind = body.access_type.choice(&kinds).required("access_type", &mut errors);
    let reason = body.reason.line(MAX_REASON).required("reason", &mut errors);
    errors.finish()?;
    let asked = AskAccess {
        patient_phone: phone.unwrap_or_default(),
        kind: kind.unwrap_or(AccessKind::ViewHistory),
        reason: reason.unwrap_or_default(),
    };
    let asked = patient_access::ask(&house, &ctx, asked).await?;
    let answer = AccessRequested {
        request_id: request_id(asked.id),
        status: "otp_sent",
        message: "OTP sent to patient's phone",
        expires_in: asked.seconds,
    };
    Ok(Json(Answer::new(answer, ctx.now)))
}
