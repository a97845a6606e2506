//! `PUT /api/specialty/{id}/`

use super::specialty::{Specialty, SpecialtySettings, one};
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use axum::response::IntoResponse;
use ward_domain::refusal::FieldErrors;
use ward_http::{Caller, IfMatch, InPath, JsonBody, Outcome, PathId};
use ward_services::specialty;

/// Updates a specialty
///
/// For the hospital's administrator. One that is not active stays with the doctors who have it, and is given to no more.
/// (Not in the document.)
#[utoipa::path(
    put,
    path = "/api/specialty/{id}/",
    operation_id = "edit_specialty",
    tag = "Specialties",
    params(("id" = u64, Path), ("If-Match" = Option<String>, Header, description = "The ETag that is edited")),
    request_body = SpecialtySettings,
    responses((status = 200, body = Specialty), Writing)
)]
pub(crate) async fn edit(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    IfMatch(if_version): IfMatch,
    JsonBody(body): JsonBody<SpecialtySettings>,
) -> Outcome<impl IntoResponse> {
    let mut errors = FieldErrors::default();
    let text = body.text(&mut errors);
    errors.finish()?;
    Ok(one(specialty::edit(&house, &ctx, id, text, if_version).await?))
}
