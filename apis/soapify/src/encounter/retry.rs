//! `POST /api/encounters/{id}/retry/`: what failed is begun anew.

use super::status::Standing;
use crate::answer::{Answer, Errors, Refused};
use axum::Json;
use axum::extract::State;
use std::sync::Arc;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::{House, encounter};

/// Try what failed again
///
/// The step that failed is done again, and those after it.
#[utoipa::path(
    post, path = "/api/encounters/{id}/retry/", tag = "Encounters", security(("bearer" = [])),
    params(("id" = u64, Path)),
    responses(
        (status = 200, description = "Where it stands.", body = Answer<Standing>),
        (status = 404, description = "There is none of this id for the caller.", body = Refused),
        (status = 409, description = "Nothing of it has failed.", body = Refused),
        Errors
    )
)]
pub async fn retry(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<Json<Answer<Standing>>> {
    let begun = encounter::retry(&house, &ctx, id).await?;
    Ok(Json(Answer::new(Standing::new(&begun, house.completion(&begun, ctx.now)), ctx.now)))
}
