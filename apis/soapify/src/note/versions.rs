//! `GET /api/outputs/soap-notes/{encounter_id}/versions/`: who wrote what when.

use super::Author;
use crate::answer::{Answer, Errors, Page, Refused};
use crate::moment::Moment;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use ward_domain::encounter::NoteVersion;
use ward_http::{Caller, InPath, Outcome, Params, PathId, RequestUrl};
use ward_services::{House, encounter};

/// A version of a note in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionRow {
    /// 1, 2, 3, ….
    version: u64,
    author: Author,
    /// Why it was written; empty for the scribe's.
    edit_reason: String,
    /// SHA-256 of its sections, in hex.
    sha256: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Moment,
}

impl From<&NoteVersion> for VersionRow {
    fn from(note: &NoteVersion) -> Self {
        Self {
            version: note.version,
            author: Author::from(&note.author),
            edit_reason: note.reason.clone(),
            sha256: note.digest(),
            created_at: note.at.into(),
        }
    }
}

/// The versions of a consultation's note, newest first: the scribe's and every edit, each with author and reason.
#[utoipa::path(
    get, path = "/api/outputs/soap-notes/{encounter_id}/versions/", tag = "SOAP Notes", security(("bearer" = [])),
    params(
        ("encounter_id" = u64, Path),
        ("page" = Option<u64>, Query, description = "From 1."),
        ("page_size" = Option<u32>, Query, description = "20; at most 100."),
    ),
    responses(
        (status = 200, description = "A page.", body = Answer<Page<VersionRow>>),
        (status = 404, description = "There is no such consultation for the caller.", body = Refused),
        Errors
    )
)]
pub async fn versions(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    url: RequestUrl,
    mut params: Params,
) -> Outcome<Json<Answer<Page<VersionRow>>>> {
    let page = params.page("page_size", 20, 100);
    params.finish()?;
    let wanted = ward_services::PageRequest { offset: page.offset(), limit: page.size as usize };
    let listed = encounter::versions(&house, &ctx, id, wanted).await?;
    let rows = listed.items.iter().map(VersionRow::from).collect();
    Ok(Json(Answer::new(Page::new(page, listed.total, &url, rows), ctx.now)))
}
