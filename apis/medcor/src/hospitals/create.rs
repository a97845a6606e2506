//! `POST /api/hospitals/`

use super::hospital::{Hospital, Settings};
use crate::Desk;
use crate::description::Writing;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use ward_domain::refusal::FieldErrors;
use ward_domain::time::Time;
use ward_http::extract::etag;
use ward_http::{Caller, JsonBody, Outcome};
use ward_services::hospital;

/// A new hospital, with what its first administrator needs to register.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreatedHospital {
    #[serde(flatten)]
    hospital: Hospital,
    /// The one-time code: shown here and never again.
    setup_code: String,
    /// Until when the first administrator may register.
    #[schema(value_type = String, format = DateTime)]
    setup_expires_at: Time,
}

/// Creates a new hospital
///
/// For a platform admin. `name` and `contact_email` are needed.
#[utoipa::path(
    post,
    path = "/api/hospitals/",
    operation_id = "create_hospital",
    tag = "Hospitals",
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once")),
    request_body = Settings,
    responses((status = 201, body = CreatedHospital), Writing)
)]
pub(crate) async fn create(
    State(house): Desk,
    Caller(ctx): Caller,
    JsonBody(body): JsonBody<Settings>,
) -> Outcome<impl IntoResponse> {
    let mut errors = FieldErrors::default();
    let profile = body.new_profile(&mut errors);
    errors.finish()?;
    let created = hospital::create(&house, &ctx, profile).await?;
    let answer = CreatedHospital {
        setup_expires_at: created.hospital.setup.until,
        setup_code: created.setup_code,
        hospital: created.hospital.into(),
    };
    Ok((StatusCode::CREATED, etag(created.version), Json(answer)))
}
