//! `GET /api/treatments/{id}/versions/`

use crate::Desk;
use crate::chart_version::ChartVersion;
use crate::description::Reading;
use crate::list::{Page, page, slice};
use axum::extract::State;
use ward_domain::chart::Treatment;
use ward_http::{Caller, InPath, Listing, Outcome, Params, PathId, RequestUrl};
use ward_services::chart;

/// Lists the versions of a treatment
///
/// Newest first, each with what it changed. For whoever may read the treatment.
#[utoipa::path(
    get,
    path = "/api/treatments/{id}/versions/",
    operation_id = "list_treatment_versions",
    tag = "Treatments",
    params(
        ("id" = u64, Path),
        ("page" = Option<u64>, Query, description = "From 1"),
        ("page_size" = Option<u32>, Query, description = "20 unless asked, at most 100"),
    ),
    responses((status = 200, body = Page<ChartVersion>), Reading)
)]
pub(crate) async fn versions(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    url: RequestUrl,
    mut params: Params,
) -> Outcome<Listing<Page<ChartVersion>>> {
    let wanted = page(&mut params);
    params.finish()?;
    let listed = chart::versions::<Treatment>(&house, &ctx, id, slice(wanted)).await?;
    Ok(Listing(Page::new(wanted, &url, listed, Into::into)))
}
