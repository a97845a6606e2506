//! `POST /api/outputs/soap-notes/{encounter_id}/sign/`: a draft becomes the note.

use super::Signature;
use crate::answer::{Answer, Errors, Refused};
use axum::Json;
use axum::extract::State;
use std::sync::Arc;
use ward_http::{Caller, IfMatch, InPath, Outcome, PathId};
use ward_services::{House, encounter};

/// Sign the note of a consultation. Only its doctor does.
///
/// From then on the note does not change: edits are conflicts, and what is to be said after it stands in addenda. Send the
/// `ETag` of the version that was read as `If-Match`, so that nothing else is signed.
#[utoipa::path(
    post, path = "/api/outputs/soap-notes/{encounter_id}/sign/", tag = "SOAP Notes", security(("bearer" = [])),
    params(
        ("encounter_id" = u64, Path),
        ("If-Match" = Option<String>, Header, description = "The version that is signed, as its ETag."),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once."),
    ),
    responses(
        (status = 200, description = "The signature.", body = Answer<Signature>),
        (status = 404, description = "There is no such consultation for the caller, or no note yet.", body = Refused),
        (status = 409, description = "It is signed already, or is being written anew.", body = Refused),
        (status = 412, description = "It was changed meanwhile.", body = Refused),
        Errors
    )
)]
pub async fn sign(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    IfMatch(if_version): IfMatch,
) -> Outcome<Json<Answer<Signature>>> {
    let signature = encounter::sign(&house, &ctx, id, if_version).await?;
    Ok(Json(Answer::new(Signature::from(signature), ctx.now)))
}
