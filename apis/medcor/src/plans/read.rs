//! `GET /api/subscription-plans/{id}/`

use super::plan::{SubscriptionPlan, one};
use crate::Desk;
use crate::description::Reading;
use axum::extract::State;
use axum::response::IntoResponse;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::subscription;

/// Gets a plan's details
#[utoipa::path(
    get,
    path = "/api/subscription-plans/{id}/",
    operation_id = "read_subscription_plan",
    tag = "Subscription plans",
    params(("id" = u64, Path)),
    responses((status = 200, body = SubscriptionPlan), Reading)
)]
pub(crate) async fn read(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<impl IntoResponse> {
    Ok(one(subscription::read(&house, &ctx, id).await?))
}
