//! `GET /api/appointments/{id}/`: one appointment.

use super::Booked;
use crate::answer::{Answer, Errors, Refused};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use std::sync::Arc;
use ward_http::extract::etag;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::{House, appointment};

/// An appointment.
#[utoipa::path(
    get, path = "/api/appointments/{id}/", tag = "Appointments", security(("bearer" = [])),
    params(("id" = u64, Path)),
    responses(
        (status = 200, description = "The appointment.", body = Answer<Booked>),
        (status = 404, description = "There is none of this id for the caller.", body = Refused),
        Errors
    )
)]
pub async fn read(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<impl IntoResponse> {
    let found = appointment::read(&house, &ctx, id).await?;
    Ok((etag(found.version), Json(Answer::new("Appointment.", Booked::from(found.document)))))
}
