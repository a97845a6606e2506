//! `PUT /api/auth/profile/`

use crate::Desk;
use crate::description::Writing;
use crate::users::{Person, User, one};
use axum::extract::State;
use axum::response::IntoResponse;
use ward_domain::refusal::FieldErrors;
use ward_http::{Caller, IfMatch, JsonBody, Outcome};
use ward_services::user::{self, ProfileEdit};

/// Updates the current user's profile
///
/// What is missing stays as it is. Role, hospital and log-in state are not changed here.
#[utoipa::path(
    put,
    path = "/api/auth/profile/",
    operation_id = "edit_profile",
    tag = "Authentication",
    params(("If-Match" = Option<String>, Header, description = "The ETag that is edited")),
    request_body = Person,
    responses((status = 200, body = User), Writing)
)]
pub(crate) async fn edit_profile(
    State(house): Desk,
    Caller(ctx): Caller,
    IfMatch(if_version): IfMatch,
    JsonBody(body): JsonBody<Person>,
) -> Outcome<impl IntoResponse> {
    let mut errors = FieldErrors::default();
    let fields = body.changes(&mut errors);
    errors.finish()?;
    let edited = user::edit(&house, &ctx, ctx.user.id(), ProfileEdit { fields, if_version }).await?;
    Ok(one(&ctx, edited))
}
