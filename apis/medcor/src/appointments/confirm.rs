//! `POST /api/appointments/{id}/confirm/`

use super::appointment::{Appointment, one};
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use axum::response::IntoResponse;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::appointment::{self, Verb};

/// Confirms an appointment
///
/// It will take place.
#[utoipa::path(
    post,
    path = "/api/appointments/{id}/confirm/",
    operation_id = "confirm_appointment",
    tag = "Appointments",
    params(("id" = u64, Path)),
    responses((status = 200, body = Appointment), Writing)
)]
pub(crate) async fn confirm(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<impl IntoResponse> {
    let found = appointment::perform(&house, &ctx, id, Verb::Confirm).await?;
    Ok(one(found))
}
