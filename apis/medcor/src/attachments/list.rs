//! `GET /api/medical-records/{id}/attachments/`

use super::attachment::Attachment;
use crate::Desk;
use crate::description::Reading;
use crate::list::{Page, page, slice};
use axum::extract::State;
use ward_http::{Caller, InPath, Listing, Outcome, Params, PathId, RequestUrl};
use ward_services::attachment;

/// Lists attachments
///
/// Of a medical record that is open to the caller, newest first.
#[utoipa::path(
    get,
    path = "/api/medical-records/{id}/attachments/",
    operation_id = "list_attachments",
    tag = "Medical records",
    params(
        ("id" = u64, Path, description = "The medical record"),
        ("page" = Option<u64>, Query, description = "From 1"),
        ("page_size" = Option<u32>, Query, description = "20 unless asked, at most 100"),
    ),
    responses((status = 200, body = Page<Attachment>), Reading)
)]
pub(crate) async fn list(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    url: RequestUrl,
    mut params: Params,
) -> Outcome<Listing<Page<Attachment>>> {
    let wanted = page(&mut params);
    params.finish()?;
    let listed = attachment::list(&house, &ctx, id, slice(wanted)).await?;
    Ok(Listing(Page::new(wanted, &url, listed, |found| Attachment::of(found, &url))))
}
