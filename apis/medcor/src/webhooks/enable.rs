//! `POST /api/webhooks/{id}/enable/`

use super::FACE;
use super::webhook::{Webhook, one};
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use axum::response::IntoResponse;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::webhook;

/// Enables a webhook that was disabled
///
/// A webhook that took nothing for 72 hours is disabled. What happened meanwhile lies dead in its log: replay it.
#[utoipa::path(
    post,
    path = "/api/webhooks/{id}/enable/",
    operation_id = "enable_webhook",
    tag = "Webhooks",
    params(("id" = u64, Path)),
    responses((status = 200, body = Webhook), Writing)
)]
pub(crate) async fn enable(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<impl IntoResponse> {
    let enabled = webhook::enable(&house, &ctx, FACE, id).await?;
    Ok(one(enabled, ctx.now))
}
