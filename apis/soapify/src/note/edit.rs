//! `PATCH /api/outputs/soap-notes/{encounter_id}/`: a new version of the note.

use super::SoapNote;
use crate::answer::{Answer, Errors, Refused, respelled};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::sync::Arc;
use utoipa::ToSchema;
use ward_domain::encounter::MAX_REASON_CHARS;
use ward_domain::refusal::FieldErrors;
use ward_http::extract::etag;
use ward_http::{Caller, Given, IfMatch, InPath, JsonBody, Outcome, PathId};
use ward_services::House;
use ward_services::encounter::{self, NoteEdit};

/// What is to change.
#[derive(Debug, Deserialize, ToSchema)]
pub struct EditNote {
    /// Objects merge, lists are replaced whole, null empties.
    #[schema(value_type = Object)]
    sections: Given<Map<String, Value>>,
    /// Why.
    #[schema(value_type = Option<String>, max_length = 1000)]
    edit_reason: Given<String>,
}

/// Edit the note of a consultation. The versions before stay.
///
/// A signed note does not change: that is a conflict, and what is to be said stands in an addendum.
#[utoipa::path(
    patch, path = "/api/outputs/soap-notes/{encounter_id}/", tag = "SOAP Notes", security(("bearer" = [])),
    params(
        ("encounter_id" = u64, Path),
        ("If-Match" = Option<String>, Header, description = "The version that is edited, as its ETag."),
    ),
    request_body = EditNote,
    responses(
        (status = 200, description = "The whole note in its new version.", body = Answer<SoapNote>),
        (status = 404, description = "There is no such consultation for the caller, or no note yet.", body = Refused),
        (status = 409, description = "It is signed: add an addendum.", body = Refused),
        (status = 412, description = "It was changed meanwhile.", body = Refused),
        Errors
    )
)]
pub async fn edit(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    IfMatch(if_version): IfMatch,
    JsonBody(body): JsonBody<EditNote>,
) -> Outcome<impl IntoResponse> {
    let mut errors = FieldErrors::default();
    let sections = body.sections.required("sections", &mut errors).unwrap_or_default();
    let reason =
        body.edit_reason.lines(MAX_REASON_CHARS).optional("edit_reason", &mut errors).unwrap_or_default();
    errors.finish()?;
    let edit = NoteEdit { sections: Value::Object(sections), reason, if_version };
    let edited = encounter::edit_note(&house, &ctx, id, edit).await;
    let note = edited.map_err(|fail| respelled(fail, spell))?;
    Ok((etag(note.note.version), Json(Answer::new(SoapNote::from(note), ctx.now))))
}

/// The rules name fields from the sections on.
fn spell(field: &str) -> Option<String> {
    let own = matches!(field, "sections" | "edit_reason");
    (!own).then(|| format!("sections.{field}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_named_from_the_body_on() {
        assert_eq!(spell("plan.medications.0.name").as_deref(), Some("sections.plan.medications.0.name"));
        assert_eq!(spell("edit_reason"), None);
        assert_eq!(spell("sections"), None);
    }
}
