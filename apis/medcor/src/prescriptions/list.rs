//! `GET /api/treatments/{id}/prescriptions/`

use super::prescription::Prescription;
use crate::Desk;
use crate::description::Reading;
use crate::list::{Page, descending, page, slice};
use axum::extract::State;
use ward_http::{Caller, InPath, Listing, Outcome, Params, PathId, RequestUrl};
use ward_services::chart::list_prescriptions;

/// Lists the prescriptions of a treatment
///
/// For whoever may read the treatment; newest first unless asked otherwise, each with the warnings that hold now.
#[utoipa::path(
    get,
    path = "/api/treatments/{id}/prescriptions/",
    operation_id = "list_prescriptions",
    tag = "Treatments",
    params(
        ("id" = u64, Path),
        ("page" = Option<u64>, Query, description = "From 1"),
        ("page_size" = Option<u32>, Query, description = "20 unless asked, at most 100"),
        ("ordering" = Option<String>, Query, description = "created_at; - for descending"),
    ),
    responses((status = 200, body = Page<Prescription>), Reading)
)]
pub(crate) async fn list(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(treatment)): InPath<PathId>,
    url: RequestUrl,
    mut params: Params,
) -> Outcome<Listing<Page<Prescription>>> {
    let wanted = page(&mut params);
    let direction = params.ordering(&[("created_at", ())]).map(|((), direction)| direction);
    params.finish()?;
    let listed =
        list_prescriptions(&house, &ctx, treatment, descending(direction, true), slice(wanted)).await?;
    Ok(Listing(Page::new(wanted, &url, listed, Into::into)))
}
