//! `DELETE /api/appointments/{id}/`

use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use http::StatusCode;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::appointment::{self, Verb};

/// Cancels an appointment
///
/// Its slot is free again; it stays readable with status `cancelled`.
#[utoipa::path(
    delete,
    path = "/api/appointments/{id}/",
    operation_id = "delete_appointment",
    tag = "Appointments",
    params(("id" = u64, Path)),
    responses((status = 204, description = "It is cancelled."), Writing)
)]
pub(crate) async fn delete(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<StatusCode> {
    appointment::perform(&house, &ctx, id, Verb::Cancel { reason: String::new() }).await?;
    Ok(StatusCode::NO_CONTENT)
}
