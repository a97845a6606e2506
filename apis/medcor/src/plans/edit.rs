//! `PUT /api/subscription-plans/{id}/`

use super::plan::{SubscriptionPlan, one};
use super::settings::PlanSettings;
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use axum::response::IntoResponse;
use ward_http::{Caller, IfMatch, InPath, JsonBody, Outcome, PathId};
use ward_services::subscription;

/// Updates a plan
///
/// For a platform admin. Holds for subscriptions that begin later: a hospital keeps what the plan gave it when it
/// subscribed. The plan that new hospitals begin on, and the trial plan, stay active (409).
#[utoipa::path(
    put,
    path = "/api/subscription-plans/{id}/",
    operation_id = "edit_subscription_plan",
    tag = "Subscription plans",
    params(("id" = u64, Path), ("If-Match" = Option<String>, Header, description = "The ETag that is edited")),
    request_body = PlanSettings,
    responses((status = 200, body = SubscriptionPlan), Writing)
)]
pub(crate) async fn edit(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    IfMatch(if_version): IfMatch,
    JsonBody(body): JsonBody<PlanSettings>,
) -> Outcome<impl IntoResponse> {
    let (code, text) = body.changes()?;
    Ok(one(subscription::edit(&house, &ctx, id, code.as_deref(), text, if_version).await?))
}
