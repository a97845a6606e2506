//! `POST /api/webhooks/{id}/test/`

use super::FACE;
use super::delivery::DeliveryDetail;
use crate::Desk;
use crate::description::Writing;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::webhook;

/// Sends a ping to a webhook
///
/// An event of type `ping`, whatever it subscribes to. The answer is its delivery; read it again to see what came of it.
#[utoipa::path(
    post,
    path = "/api/webhooks/{id}/test/",
    operation_id = "test_webhook",
    tag = "Webhooks",
    params(("id" = u64, Path), ("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once")),
    responses((status = 201, body = DeliveryDetail), Writing)
)]
pub(crate) async fn test(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<impl IntoResponse> {
    let sent = webhook::test(&house, &ctx, FACE, id).await?;
    Ok((StatusCode::CREATED, Json(DeliveryDetail::from(sent.document))))
}
