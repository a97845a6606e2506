//! `GET /api/encounters/{id}/`: a consultation with its transcript and note.

use super::Detail;
use crate::answer::{Answer, Errors, Refused};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use std::sync::Arc;
use ward_http::extract::etag;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::{House, encounter};

/// A consultation.
#[utoipa::path(
    get, path = "/api/encounters/{id}/", tag = "Encounters", security(("bearer" = [])),
    params(("id" = u64, Path)),
    responses(
        (status = 200, description = "The consultation.", body = Answer<Detail>),
        (status = 404, description = "There is none of this id for the caller.", body = Refused),
        Errors
    )
)]
pub async fn read(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<impl IntoResponse> {
    let chart = encounter::read(&house, &ctx, id).await?;
    Ok((etag(chart.encounter.version), Json(Answer::new(Detail::from(chart), ctx.now))))
}
