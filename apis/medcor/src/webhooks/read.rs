//! `GET /api/webhooks/{id}/`

use super::FACE;
use super::webhook::{Webhook, one};
use crate::Desk;
use crate::description::Reading;
use axum::extract::State;
use axum::response::IntoResponse;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::webhook;

/// Gets a webhook's details
#[utoipa::path(
    get,
    path = "/api/webhooks/{id}/",
    operation_id = "read_webhook",
    tag = "Webhooks",
    params(("id" = u64, Path)),
    responses((status = 200, body = Webhook), Reading)
)]
pub(crate) async fn read(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<impl IntoResponse> {
    let found = webhook::read(&house, &ctx, FACE, id).await?;
    Ok(one(found, ctx.now))
}
