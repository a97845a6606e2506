//! `PUT /api/hospitals/{id}/`

use super::hospital::{Hospital, Settings, one};
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use axum::response::IntoResponse;
use ward_domain::refusal::FieldErrors;
use ward_http::{Caller, IfMatch, InPath, JsonBody, Outcome, PathId};
use ward_services::hospital;

/// Updates a hospital
///
/// What is missing stays as it is. Status and plan are not changed here.
#[utoipa::path(
    put,
    path = "/api/hospitals/{id}/",
    operation_id = "edit_hospital",
    tag = "Hospitals",
    params(("id" = u64, Path), ("If-Match" = Option<String>, Header, description = "The ETag that is edited")),
    request_body = Settings,
    responses((status = 200, body = Hospital), Writing)
)]
pub(crate) async fn edit(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    IfMatch(if_version): IfMatch,
    JsonBody(body): JsonBody<Settings>,
) -> Outcome<impl IntoResponse> {
    let mut errors = FieldErrors::default();
    let changes = body.changes(&mut errors);
    errors.finish()?;
    let edited = hospital::edit(&house, &ctx, id, if_version, |profile| changes.apply(profile)).await?;
    Ok(one(edited))
}
