//! `GET /api/webhooks/{id}/deliveries/{delivery_id}/`

use super::FACE;
use super::delivery::DeliveryDetail;
use crate::Desk;
use crate::description::Reading;
use axum::Json;
use axum::extract::State;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::webhook;

/// Gets a delivery with its body and its attempts
#[utoipa::path(
    get,
    path = "/api/webhooks/{id}/deliveries/{delivery_id}/",
    operation_id = "read_webhook_delivery",
    tag = "Webhooks",
    params(("id" = u64, Path), ("delivery_id" = u64, Path)),
    responses((status = 200, body = DeliveryDetail), Reading)
)]
pub(crate) async fn read_delivery(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(ids): InPath<(PathId, PathId)>,
) -> Outcome<Json<DeliveryDetail>> {
    let (PathId(id), PathId(delivery)) = ids;
    let found = webhook::delivery(&house, &ctx, FACE, id, delivery).await?;
    Ok(Json(found.document.into()))
}
