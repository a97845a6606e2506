//! `POST /api/subscription-plans/cancel/`

use super::subscription::Subscription;
use crate::Desk;
use crate::description::Writing;
use axum::Json;
use axum::extract::State;
use ward_http::{Caller, Outcome};
use ward_services::subscription;

/// Cancels the hospital's subscription
///
/// For the hospital's administrator. It ends with the period that runs now; then the hospital falls back to the trial plan.
/// Nobody is deactivated by that: what is over that plan's quotas stays, and nothing is added to it. (Not in the document.)
#[utoipa::path(
    post,
    path = "/api/subscription-plans/cancel/",
    operation_id = "cancel_subscription",
    tag = "Subscription plans",
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once")),
    responses((status = 200, body = Subscription), Writing)
)]
pub(crate) async fn cancel(State(house): Desk, Caller(ctx): Caller) -> Outcome<Json<Subscription>> {
    Ok(Json(subscription::cancel(&house, &ctx).await?.into()))
}
