//! `POST /api/appointments/waiting-list/{id}/accept/`

use crate::Desk;
use crate::appointments::{Appointment, one};
use crate::description::Writing;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::waiting;

/// Accepts an offer
///
/// Books the slot that is offered. Without an offer, or after it expired, 409.
#[utoipa::path(
    post,
    path = "/api/appointments/waiting-list/{id}/accept/",
    operation_id = "accept_offer",
    tag = "Waiting list",
    params(
        ("id" = u64, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once"),
    ),
    responses((status = 201, body = Appointment), Writing)
)]
pub(crate) async fn accept(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<impl IntoResponse> {
    let booked = waiting::accept(&house, &ctx, id).await?;
    Ok((StatusCode::CREATED, one(booked)))
}
