//! `GET /api/medical-records/{id}/attachments/{attachment_id}/`

use super::Place;
use super::attachment::Attachment;
use crate::Desk;
use crate::description::Reading;
use axum::Json;
use axum::extract::State;
use ward_http::{Caller, InPath, Outcome, RequestUrl};
use ward_services::attachment;

/// Reads an attachment
///
/// With a fresh link to its file.
#[utoipa::path(
    get,
    path = "/api/medical-records/{id}/attachments/{attachment_id}/",
    operation_id = "read_attachment",
    tag = "Medical records",
    params(("id" = u64, Path, description = "The medical record"), ("attachment_id" = u64, Path)),
    responses((status = 200, body = Attachment), Reading)
)]
pub(crate) async fn read(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(place): InPath<Place>,
    url: RequestUrl,
) -> Outcome<Json<Attachment>> {
    let found = attachment::read(&house, &ctx, place.record(), place.attachment()).await?;
    Ok(Json(Attachment::of(found, &url)))
}
