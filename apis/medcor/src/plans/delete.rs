//! `DELETE /api/subscription-plans/{id}/`

use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use http::StatusCode;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::subscription;

/// Deletes a plan
///
/// For a platform admin. One that a hospital is on, or will fall back to, is 409: make it inactive instead.
#[utoipa::path(
    delete,
    path = "/api/subscription-plans/{id}/",
    operation_id = "delete_subscription_plan",
    tag = "Subscription plans",
    params(("id" = u64, Path)),
    responses((status = 204, description = "It is gone."), Writing)
)]
pub(crate) async fn delete(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<StatusCode> {
    subscription::delete(&house, &ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
