//! `GET /api/outputs/soap-notes/{encounter_id}/diff/`: what differs between two versions.

use super::Author;
use crate::answer::{Answer, Errors, Refused};
use crate::moment::Moment;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use utoipa::ToSchema;
use ward_domain::encounter::NoteVersion;
use ward_domain::encounter::note::{FieldChange, WordChange};
use ward_http::{Caller, InPath, Outcome, Params, PathId};
use ward_services::encounter::NoteDiff;
use ward_services::{House, encounter};

/// The highest number of a version that can be asked for.
const MAX_VERSION: i64 = 1_000_000_000;

/// What differs between two versions of a note.
#[derive(Debug, Serialize, ToSchema)]
pub struct Difference {
    encounter_id: u64,
    from: Side,
    to: Side,
    /// The fields in which they differ, by their paths; none where they say the same.
    changes: Vec<Changed>,
}

/// One of the two versions.
#[derive(Debug, Serialize, ToSchema)]
pub struct Side {
    version: u64,
    author: Author,
    edit_reason: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Moment,
}

/// A field that differs.
#[derive(Debug, Serialize, ToSchema)]
pub struct Changed {
    /// Which, as a JSON pointer into `sections`.
    #[schema(example = "/plan/medications/0/dosage")]
    path: String,
    /// Text or a number; null where the older version has nothing there.
    #[schema(value_type = Option<String>)]
    old: Option<Value>,
    /// Text or a number; null where the newer version has nothing there.
    #[schema(value_type = Option<String>)]
    new: Option<Value>,
    /// The same word by word, in reading order: what is removed stands before what takes its place.
    words: Vec<Piece>,
}

/// Some words that have one fate.
#[derive(Debug, Serialize, ToSchema)]
pub struct Piece {
    /// `same`, `removed` or `added`.
    #[schema(value_type = String, example = "added")]
    change: WordChange,
    text: String,
}

impl From<&NoteVersion> for Side {
    fn from(note: &NoteVersion) -> Self {
        let author = Author::from(&note.author);
        Self { version: note.version, author, edit_reason: note.reason.clone(), created_at: note.at.into() }
    }
}

impl From<FieldChange> for Changed {
    fn from(change: FieldChange) -> Self {
        let FieldChange { path, old, new, words } = change;
        let words = words.into_iter().map(|one| Piece { change: one.change, text: one.text }).collect();
        Self { path, old, new, words }
    }
}

/// What differs between two versions of a consultation's note, by field and word.
#[utoipa::path(
    get, path = "/api/outputs/soap-notes/{encounter_id}/diff/", tag = "SOAP Notes", security(("bearer" = [])),
    params(
        ("encounter_id" = u64, Path),
        ("from" = Option<u64>, Query, description = "A version; the one before `to` where it is not given."),
        ("to" = Option<u64>, Query, description = "A version; the newest where it is not given."),
    ),
    responses(
        (status = 200, description = "What differs.", body = Answer<Difference>),
        (status = 404, description = "There is no such consultation for the caller, or no note yet.", body = Refused),
        Errors
    )
)]
pub async fn diff(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    mut params: Params,
) -> Outcome<Json<Answer<Difference>>> {
    let mut version =
        |name| params.number(name, 1..=MAX_VERSION).and_then(|number| u64::try_from(number).ok());
    let (from, to) = (version("from"), version("to"));
    params.finish()?;
    let NoteDiff { from, to, changes } = encounter::diff(&house, &ctx, id, from, to).await?;
    let difference = Difference {
        encounter_id: id.get(),
        from: Side::from(&from),
        to: Side::from(&to),
        changes: changes.into_iter().map(Changed::from).collect(),
    };
    Ok(Json(Answer::new(difference, ctx.now)))
}
