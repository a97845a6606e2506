//! `DELETE /api/medical-records/{id}/attachments/{attachment_id}/`

use super::Place;
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use http::StatusCode;
use ward_http::{Caller, InPath, Outcome};
use ward_services::attachment;

/// Deletes an attachment
///
/// The doctor who added it, or who wrote the record. Its links end at once; it is kept, shown to nobody, for the time of
/// retention.
#[utoipa::path(
    delete,
    path = "/api/medical-records/{id}/attachments/{attachment_id}/",
    operation_id = "delete_attachment",
    tag = "Medical records",
    params(("id" = u64, Path, description = "The medical record"), ("attachment_id" = u64, Path)),
    responses((status = 204, description = "It is deleted."), Writing)
)]
pub(crate) async fn delete(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(place): InPath<Place>,
) -> Outcome<StatusCode> {
    attachment::delete(&house, &ctx, place.record(), place.attachment()).await?;
    Ok(StatusCode::NO_CONTENT)
}
