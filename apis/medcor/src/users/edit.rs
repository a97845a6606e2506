//! `PUT /api/auth/users/{id}/`

use super::person::Person;
use super::user::{User, one};
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use axum::response::IntoResponse;
use ward_domain::refusal::FieldErrors;
use ward_http::{Caller, IfMatch, InPath, JsonBody, Outcome, PathId};
use ward_services::user::{self, ProfileEdit};

/// Updates a user
///
/// What is missing stays as it is. Role, hospital and log-in state are not changed here.
#[utoipa::path(
    put,
    path = "/api/auth/users/{id}/",
    operation_id = "edit_user",
    tag = "Users",
    params(("id" = u64, Path), ("If-Match" = Option<String>, Header, description = "The ETag that is edited")),
    request_body = Person,
    responses((status = 200, body = User), Writing)
)]
pub(crate) async fn edit(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    IfMatch(if_version): IfMatch,
    JsonBody(body): JsonBody<Person>,
) -> Outcome<impl IntoResponse> {
    let mut errors = FieldErrors::default();
    let fields = body.changes(&mut errors);
    errors.finish()?;
    let edited = user::edit(&house, &ctx, id, ProfileEdit { fields, if_version }).await?;
    Ok(one(&ctx, edited))
}
