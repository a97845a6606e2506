//! `GET /api/subscription-plans/current/`

use super::subscription::Subscription;
use crate::Desk;
use crate::description::Reading;
use axum::Json;
use axum::extract::State;
use ward_http::{Caller, Outcome};
use ward_services::subscription;

/// Gets the hospital's subscription
///
/// For the hospital's administrator and staff: the plan, the period that runs, and what is in use. (Not in the document.)
#[utoipa::path(
    get,
    path = "/api/subscription-plans/current/",
    operation_id = "read_subscription",
    tag = "Subscription plans",
    responses((status = 200, body = Subscription), Reading)
)]
pub(crate) async fn current(State(house): Desk, Caller(ctx): Caller) -> Outcome<Json<Subscription>> {
    Ok(Json(subscription::current(&house, &ctx).await?.into()))
}
