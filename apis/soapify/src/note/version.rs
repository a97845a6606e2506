//! `GET /api/outputs/soap-notes/{encounter_id}/versions/{version}/`: one version as it was.

use super::SoapNote;
use crate::answer::{Answer, Errors, Refused};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use std::sync::Arc;
use ward_domain::encounter::NoteVersion;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::{House, encounter};

/// Which version of which note, as the path says.
#[derive(Debug, Deserialize)]
pub struct Place {
    encounter_id: PathId,
    version: PathId,
}

/// One version of a consultation's note, as it was written.
#[utoipa::path(
    get, path = "/api/outputs/soap-notes/{encounter_id}/versions/{version}/", tag = "SOAP Notes",
    security(("bearer" = [])),
    params(("encounter_id" = u64, Path), ("version" = u64, Path, description = "From 1.")),
    responses(
        (status = 200, description = "The version. What became of the note stands in the newest one.", body = Answer<SoapNote>),
        (status = 404, description = "There is no such consultation for the caller, or no such version.", body = Refused),
        Errors
    )
)]
pub async fn version(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    InPath(place): InPath<Place>,
) -> Outcome<Json<Answer<SoapNote>>> {
    let Place { encounter_id, version } = place;
    let note: NoteVersion = encounter::version(&house, &ctx, encounter_id.0, version.0.get()).await?;
    Ok(Json(Answer::new(SoapNote::of(note), ctx.now)))
}
