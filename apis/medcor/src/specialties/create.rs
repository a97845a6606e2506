//! `POST /api/specialty/`

use super::specialty::{Specialty, SpecialtySettings, one};
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use ward_domain::refusal::FieldErrors;
use ward_http::{Caller, JsonBody, Outcome};
use ward_services::specialty;

/// Creates a specialty
///
/// For the hospital's administrator. `name` is needed; one that the hospital has already is 409.
#[utoipa::path(
    post,
    path = "/api/specialty/",
    operation_id = "create_specialty",
    tag = "Specialties",
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once")),
    request_body = SpecialtySettings,
    responses((status = 201, body = Specialty), Writing)
)]
pub(crate) async fn create(
    State(house): Desk,
    Caller(ctx): Caller,
    JsonBody(body): JsonBody<SpecialtySettings>,
) -> Outcome<impl IntoResponse> {
    let mut errors = FieldErrors::default();
    let text = body.new_text(&mut errors);
    errors.finish()?;
    let created = specialty::create(&house, &ctx, text).await?;
    Ok((StatusCode::CREATED, one(created)))
}
