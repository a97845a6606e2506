//! `POST /api/subscription-plans/`

use super::plan::{SubscriptionPlan, one};
use super::settings::PlanSettings;
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use ward_http::{Caller, JsonBody, Outcome};
use ward_services::subscription;

/// Creates a plan
///
/// For a platform admin. `name`, `code` and `price` are needed; a code that another plan has, or had, is 409.
#[utoipa::path(
    post,
    path = "/api/subscription-plans/",
    operation_id = "create_subscription_plan",
    tag = "Subscription plans",
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once")),
    request_body = PlanSettings,
    responses((status = 201, body = SubscriptionPlan), Writing)
)]
pub(crate) async fn create(
    State(house): Desk,
    Caller(ctx): Caller,
    JsonBody(body): JsonBody<PlanSettings>,
) -> Outcome<impl IntoResponse> {
    let created = subscription::create(&house, &ctx, body.new_plan()?).await?;
    Ok((StatusCode::CREATED, one(created)))
}
