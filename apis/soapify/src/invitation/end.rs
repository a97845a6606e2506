//! `DELETE /api/integrations/invitations/{id}/`

use crate::answer::{Done, Errors, Refused};
use axum::Json;
use axum::extract::State;
use std::sync::Arc;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::{House, invitation};

/// Take an invitation back, for the hospital's administrator. The number registers as a patient from then on.
#[utoipa::path(
    delete, path = "/api/integrations/invitations/{id}/", tag = "Authentication", security(("bearer" = [])),
    params(("id" = u64, Path)),
    responses(
        (status = 200, description = "It is gone.", body = Done),
        (status = 404, description = "There is none of this id.", body = Refused),
        Errors
    )
)]
pub async fn end(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<Json<Done>> {
    invitation::end(&house, &ctx, id).await?;
    Ok(Json(Done { success: true, message: "Invitation taken back", timestamp: ctx.now.into() }))
}
