//! `PUT /api/encounters/{id}/audio/`: a recording as one file, after its consultation was made.

use super::status::Standing;
use crate::answer::{Answer, Errors, Refused};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use futures::StreamExt as _;
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use std::sync::Arc;
use ward_domain::refusal::{Kind, Refusal};
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::upload::Incoming;
use ward_services::{House, encounter};

/// Send a consultation's recording as one file
///
/// The body is the file itself. It is taken by its content, whatever its content type says, and then listened through.
#[utoipa::path(
    put, path = "/api/encounters/{id}/audio/", tag = "Audio", security(("bearer" = [])),
    params(("id" = u64, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 200, description = "It is kept: where the consultation stands.", body = Answer<Standing>),
        (status = 404, description = "There is none of this id for the caller.", body = Refused),
        (status = 409, description = "It has a recording already.", body = Refused),
        (status = 413, description = "The recording is over the limit, or the hospital's storage is full.", body = Refused),
        Errors
    )
)]
pub async fn give(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    headers: HeaderMap,
    body: Body,
) -> Outcome<Json<Answer<Standing>>> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    let pieces = body.into_data_stream().map(|piece| {
        let broken = "The body broke off, or is over the limit.";
        piece.map_err(|_| Refusal::new(Kind::Invalid, "body_unreadable", broken).into())
    });
    let file = Incoming { name: Some("recording".to_owned()), declared: None, bytes: pieces.boxed() };
    let given = encounter::give_audio(&house, &ctx, id, announced, file).await?;
    Ok(Json(Answer::new(Standing::new(&given, house.completion(&given, ctx.now)), ctx.now)))
}
