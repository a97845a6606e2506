//! `DELETE /api/webhooks/{id}/`

use super::FACE;
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use http::StatusCode;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::webhook;

/// Deletes a webhook
///
/// Its log goes with it. An attempt that is under way may still arrive.
#[utoipa::path(
    delete,
    path = "/api/webhooks/{id}/",
    operation_id = "delete_webhook",
    tag = "Webhooks",
    params(("id" = u64, Path)),
    responses((status = 204, description = "It is gone."), Writing)
)]
pub(crate) async fn delete(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<StatusCode> {
    webhook::delete(&house, &ctx, FACE, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
