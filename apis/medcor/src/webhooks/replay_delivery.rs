//! `POST /api/webhooks/{id}/deliveries/{delivery_id}/replay/`

use super::FACE;
use super::delivery::DeliveryDetail;
use crate::Desk;
use crate::description::Writing;
use axum::Json;
use axum::extract::State;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::webhook;

/// Sends a delivery again
///
/// With the same event id and body. One that waits for its next attempt is tried now.
#[utoipa::path(
    post,
    path = "/api/webhooks/{id}/deliveries/{delivery_id}/replay/",
    operation_id = "replay_webhook_delivery",
    tag = "Webhooks",
    params(
        ("id" = u64, Path),
        ("delivery_id" = u64, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once"),
    ),
    responses((status = 200, body = DeliveryDetail), Writing)
)]
pub(crate) async fn replay_delivery(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(ids): InPath<(PathId, PathId)>,
) -> Outcome<Json<DeliveryDetail>> {
    let (PathId(id), PathId(delivery)) = ids;
    let sent = webhook::replay_one(&house, &ctx, FACE, id, delivery).await?;
    Ok(Json(sent.document.into()))
}
