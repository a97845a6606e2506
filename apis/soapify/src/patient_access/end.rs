//! `DELETE /api/integrations/patients/access/{id}/`

use crate::answer::{Done, Errors, Refused};
use axum::Json;
use axum::extract::State;
use std::sync::Arc;
use ward_http::{Caller, InPath, Outcome, PathId};
use ward_services::{House, patient_access};

/// End access before its time: the patient or the administrator takes it back, or the doctor gives it back. It counts from
/// the next request on.
#[utoipa::path(
    delete, path = "/api/integrations/patients/access/{id}/", tag = "Patient access", security(("bearer" = [])),
    params(("id" = u64, Path, description = "The number of the request's id.")),
    responses(
        (status = 200, description = "It is over.", body = Done),
        (status = 404, description = "There is none of this id for the caller.", body = Refused),
        Errors
    )
)]
pub async fn end(
    State(house): State<Arc<House>>,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<Json<Done>> {
    patient_access::end(&house, &ctx, id).await?;
    Ok(Json(Done { success: true, message: "Access ended", timestamp: ctx.now.into() }))
}
