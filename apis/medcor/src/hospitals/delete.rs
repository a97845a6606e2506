//! `DELETE /api/hospitals/{id}/`

use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use http::StatusCode;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::hospital;

/// Deletes a hospital
///
/// For a platform admin: its people are cut off, its keys destroyed, its data removed. There is no way back.
#[utoipa::path(
    delete,
    path = "/api/hospitals/{id}/",
    operation_id = "delete_hospital",
    tag = "Hospitals",
    params(("id" = u64, Path)),
    responses((status = 204, description = "It is gone."), Writing)
)]
pub(crate) async fn delete(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<StatusCode> {
    hospital::delete(&house, &ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
