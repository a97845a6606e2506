//! `POST /api/integrations/patients/verify-access/`

use super::{PatientData, named};
use crate::answer::{Answer, Errors};
use crate::moment::Moment;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::header::CACHE_CONTROL;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use ward_domain::refusal::FieldErrors;
use ward_http::log_in::MAX_CODE;
use ward_http::{Caller, Given, JsonBody, Outcome};
use ward_services::{House, patient_access};

/// Which request, and the code that the patient told.
#[derive(Debug, Deserialize, ToSchema)]
pub struct VerifyAccess {
    #[schema(value_type = String, example = "req_123456")]
    request_id: Given<String>,
    #[schema(value_type = String, example = "123456")]
    otp_code: Given<String>,
}

/// Access that was given.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccessGiven {
    /// Always true.
    access_granted: bool,
    /// Shown this once. The doctor's own log-in is enough; where this is sent too, in `X-Patient-Access-Token`, it must be
    /// right.
    #[schema(example = "pat_550e8400e29b41d4a716446655440000")]
    access_token: String,
    /// A day later.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Moment,
    patient_data: PatientData,
}

/// Show the code that the patient told.
///
/// From now on, for 24 hours, the patient's chart is open to the calling doctor, through every API: to read it, and with
/// `full_access` its files too. The patient, the administrator and the doctor can end it
/// (`DELETE /api/integrations/patients/access/{id}/`). A wrong code is 422 and names `otp_code`; after three the patient must be
/// asked again. So is a request that there is not.
#[utoipa::path(
    post, path = "/api/integrations/patients/verify-access/", tag = "Patient access", security(("bearer" = [])),
    request_body = VerifyAccess,
    responses((status = 200, description = "The chart is open.", body = Answer<AccessGiven>), Errors)
)]
pub async fn verify(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    JsonBody(body): JsonBody<VerifyAccess>,
) -> Outcome<impl IntoResponse> {
    let mut errors = FieldErrors::default();
    let request = body.request_id.line(MAX_CODE).required("request_id", &mut errors);
    let code = body.otp_code.line(MAX_CODE).required("otp_code", &mut errors);
    errors.finish()?;
    let request = named(&request.unwrap_or_default());
    let given = patient_access::verify(&house, &ctx, request, &code.unwrap_or_default()).await?;
    let answer = AccessGiven {
        access_granted: true,
        access_token: given.token,
        expires_at: given.access.granted.map_or(ctx.now, |granted| granted.until).into(),
        patient_data: given.data.into(),
    };
    Ok(([(CACHE_CONTROL, "no-store")], Json(Answer::new(answer, ctx.now))))
}
