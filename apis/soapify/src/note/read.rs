//! `GET /api/outputs/soap-notes/{encounter_id}/`: the note of a consultation.

use super::SoapNote;
use crate::answer::{Answer, Errors, Refused};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use std::sync::Arc;
use ward_http::extract::etag;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::{House, encounter};

/// The note of a consultation.
#[utoipa::path(
    get, path = "/api/outputs/soap-notes/{encounter_id}/", tag = "SOAP Notes", security(("bearer" = [])),
    params(("encounter_id" = u64, Path)),
    responses(
        (status = 200, description = "The newest version.", body = Answer<SoapNote>),
        (status = 404, description = "There is no such consultation for the caller, or no note yet.", body = Refused),
        Errors
    )
)]
pub async fn read(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<impl IntoResponse> {
    let note = encounter::note(&house, &ctx, id).await?;
    Ok((etag(note.note.version), Json(Answer::new(SoapNote::from(note), ctx.now))))
}
