//! `POST /api/medical-records/break-glass/{id}/end/`

use super::glass::BreakGlass;
use crate::Desk;
use crate::description::Writing;
use axum::Json;
use axum::extract::State;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::chart::end_break_glass;

/// Ends a break-glass access early
///
/// By the doctor who broke the glass, or the administrator. One that has lapsed stays as it is.
#[utoipa::path(
    post,
    path = "/api/medical-records/break-glass/{id}/end/",
    operation_id = "end_break_glass",
    tag = "Break-glass",
    params(("id" = u64, Path)),
    responses((status = 200, body = BreakGlass), Writing)
)]
pub(crate) async fn end(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<Json<BreakGlass>> {
    let ended = end_break_glass(&house, &ctx, id).await?;
    Ok(Json(BreakGlass::new(ended, ctx.now)))
}
