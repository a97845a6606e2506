//! `GET /api/appointments/{id}/`

use super::appointment::{Appointment, one};
use crate::Desk;
use crate::description::Reading;
use axum::extract::State;
use axum::response::IntoResponse;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::appointment;

/// Gets an appointment's details
#[utoipa::path(
    get,
    path = "/api/appointments/{id}/",
    operation_id = "read_appointment",
    tag = "Appointments",
    params(("id" = u64, Path)),
    responses((status = 200, body = Appointment), Reading)
)]
pub(crate) async fn read(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<impl IntoResponse> {
    let found = appointment::read(&house, &ctx, id).await?;
    Ok(one(found))
}
