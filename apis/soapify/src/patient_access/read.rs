//! `GET /api/integrations/patients/access/{id}/`

use super::PatientData;
use crate::answer::{Answer, Errors, Refused};
use crate::moment::Moment;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::HeaderMap;
use http::header::CACHE_CONTROL;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::{House, patient_access};

/// What access opens, as it is now.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccessOpened {
    #[schema(example = "view_history")]
    access_type: &'static str,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Moment,
    patient_data: PatientData,
}

/// Look again at what is kept of a patient, while the access lasts.
///
/// For the doctor to whom it was given. Their log-in is enough; where `X-Patient-Access-Token` is sent too it must be the token of
/// this access.
#[utoipa::path(
    get, path = "/api/integrations/patients/access/{id}/", tag = "Patient access", security(("bearer" = [])),
    params(
        ("id" = u64, Path, description = "The number of the request's id."),
        ("X-Patient-Access-Token" = Option<String>, Header, description = "As verify-access gave it."),
    ),
    responses(
        (status = 200, description = "What is kept of the patient.", body = Answer<AccessOpened>),
        (status = 404, description = "There is none that is open to the caller.", body = Refused),
        Errors
    )
)]
pub async fn read(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    headers: HeaderMap,
) -> Outcome<impl IntoResponse> {
    // One that is not even text is the wrong one.
    let token = headers.get("x-patient-access-token").map(|token| token.to_str().unwrap_or_default());
    let (access, data) = patient_access::read(&house, &ctx, id, token).await?;
    let opened = AccessOpened {
        access_type: access.kind.word(),
        expires_at: access.granted.map_or(ctx.now, |granted| granted.until).into(),
        patient_data: data.into(),
    };
    Ok(([(CACHE_CONTROL, "no-store")], Json(Answer::new(opened, ctx.now))))
}
