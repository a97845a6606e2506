//! `/api/outputs/soap-notes/{encounter_id}/addenda/`: what stands behind a signed note.

use crate::answer::{Answer, Errors, Page, Refused};
use crate::moment::Moment;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use ward_domain::encounter::{MAX_ADDENDUM_CHARS, MAX_REASON_CHARS, NoteAddendum};
use ward_domain::refusal::FieldErrors;
use ward_http::{Caller, Given, InPath, JsonBody, Outcome, Params, PathId, RequestUrl};
use ward_services::encounter::NewAddendum;
use ward_services::{House, encounter};

/// What is to be added.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AddAddendum {
    #[schema(value_type = String, max_length = 10_000, example = "The patient called: the rash is gone.")]
    text: Given<String>,
    /// Why.
    #[schema(value_type = String, max_length = 1_000, example = "Follow-up by telephone")]
    reason: Given<String>,
}

/// What was added to a signed note.
#[derive(Debug, Serialize, ToSchema)]
pub struct Addendum {
    id: u64,
    encounter_id: u64,
    /// 1, 2, 3, …: its place behind the note.
    number: u64,
    text: String,
    reason: String,
    /// The user who added and thereby signed it.
    signed_by: u64,
    #[schema(value_type = String, format = DateTime)]
    signed_at: Moment,
    /// SHA-256 of the text, in hex.
    sha256: String,
}

impl From<NoteAddendum> for Addendum {
    fn from(addendum: NoteAddendum) -> Self {
        let NoteAddendum { id, encounter, number, text, reason, author, at, sha256 } = addendum;
        Self {
            id: id.get(),
            encounter_id: encounter.get(),
            number,
            text,
            reason,
            signed_by: author.get(),
            signed_at: at.into(),
            sha256,
        }
    }
}

/// The addenda of a consultation's note, in their order.
#[utoipa::path(
    get, path = "/api/outputs/soap-notes/{encounter_id}/addenda/", tag = "SOAP Notes", security(("bearer" = [])),
    params(
        ("encounter_id" = u64, Path),
        ("page" = Option<u64>, Query, description = "From 1."),
        ("page_size" = Option<u32>, Query, description = "20; at most 100."),
    ),
    responses(
        (status = 200, description = "A page.", body = Answer<Page<Addendum>>),
        (status = 404, description = "There is no such consultation for the caller.", body = Refused),
        Errors
    )
)]
pub async fn list(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    url: RequestUrl,
    mut params: Params,
) -> Outcome<Json<Answer<Page<Addendum>>>> {
    let page = params.page("page_size", 20, 100);
    params.finish()?;
    let wanted = ward_services::PageRequest { offset: page.offset(), limit: page.size as usize };
    let listed = encounter::addenda(&house, &ctx, id, wanted).await?;
    let rows = listed.items.into_iter().map(Addendum::from).collect();
    Ok(Json(Answer::new(Page::new(page, listed.total, &url, rows), ctx.now)))
}

/// Add to the signed note of a consultation. What is added is signed with it and does not change.
#[utoipa::path(
    post, path = "/api/outputs/soap-notes/{encounter_id}/addenda/", tag = "SOAP Notes", security(("bearer" = [])),
    params(
        ("encounter_id" = u64, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once."),
    ),
    request_body = AddAddendum,
    responses(
        (status = 201, description = "What was added.", body = Answer<Addendum>),
        (status = 404, description = "There is no such consultation for the caller.", body = Refused),
        (status = 409, description = "The note is a draft: edit it instead.", body = Refused),
        Errors
    )
)]
pub async fn add(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    JsonBody(body): JsonBody<AddAddendum>,
) -> Outcome<impl IntoResponse> {
    let mut errors = FieldErrors::default();
    let text = body.text.lines(MAX_ADDENDUM_CHARS).not_blank().required("text", &mut errors);
    let reason = body.reason.lines(MAX_REASON_CHARS).not_blank().required("reason", &mut errors);
    errors.finish()?;
    let new = NewAddendum { text: text.unwrap_or_default(), reason: reason.unwrap_or_default() };
    let added = encounter::amend(&house, &ctx, id, new).await?;
    Ok((StatusCode::CREATED, Json(Answer::new(Addendum::from(added), ctx.now))))
}
