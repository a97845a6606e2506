//! `POST /api/appointments/{id}/cancel/`

use super::MAX_REASON;
use super::appointment::{Appointment, one};
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use axum::response::IntoResponse;
use serde::Deserialize;
use utoipa::ToSchema;
use ward_domain::refusal::FieldErrors;
use ward_http::{Caller, Given, InPath, JsonBody, Outcome, PathId};
use ward_services::appointment::{self, Verb};

/// Why; the body may be missing.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CancelAppointment {
    #[schema(value_type = Option<String>)]
    reason: Given<String>,
}

/// Cancels an appointment
///
/// Its slot is free again.
#[utoipa::path(
    post,
    path = "/api/appointments/{id}/cancel/",
    operation_id = "cancel_appointment",
    tag = "Appointments",
    params(("id" = u64, Path)),
    request_body = Option<CancelAppointment>,
    responses((status = 200, body = Appointment), Writing)
)]
pub(crate) async fn cancel(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    JsonBody(body): JsonBody<CancelAppointment>,
) -> Outcome<impl IntoResponse> {
    let mut errors = FieldErrors::default();
    let reason = body.reason.lines(MAX_REASON).optional("reason", &mut errors).unwrap_or_default();
    errors.finish()?;
    let cancelled = appointment::perform(&house, &ctx, id, Verb::Cancel { reason }).await?;
    Ok(one(cancelled))
}
