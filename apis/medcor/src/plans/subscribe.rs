//! `POST /api/subscription-plans/{id}/subscribe/`

use super::subscription::Subscription;
use crate::Desk;
use crate::description::Writing;
use axum::Json;
use axum::extract::State;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::subscription;

/// Subscribes to a plan
///
/// For the hospital's administrator. It holds at once, and a first period begins. A plan with less room than is in use is
/// refused (409), and each quota that is too small named. Subscribing again to the plan that was cancelled withdraws the
/// cancellation.
#[utoipa::path(
    post,
    path = "/api/subscription-plans/{id}/subscribe/",
    operation_id = "subscribe_to_plan",
    tag = "Subscription plans",
    params(
        ("id" = u64, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once"),
    ),
    responses((status = 200, body = Subscription), Writing)
)]
pub(crate) async fn subscribe(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<Json<Subscription>> {
    Ok(Json(subscription::subscribe(&house, &ctx, id).await?.into()))
}
