//! `GET /api/medical-records/{id}/`

use super::medical_record::{MedicalRecord, one};
use crate::Desk;
use crate::description::Reading;
use axum::extract::State;
use axum::response::IntoResponse;
use ward_http::{Caller, InPath, Outcome, PathId};

/// Gets a medical record's details
///
/// For the doctor who wrote it, the patient, the hospital's administrator, and doctors to whom the chart is open.
#[utoipa::path(
    get,
    path = "/api/medical-records/{id}/",
    operation_id = "read_medical_record",
    tag = "Medical records",
    params(("id" = u64, Path)),
    responses((status = 200, body = MedicalRecord), Reading)
)]
pub(crate) async fn read(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
) -> Outcome<impl IntoResponse> {
    Ok(one(ward_services::chart::read(&house, &ctx, id).await?))
}
