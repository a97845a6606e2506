//! `GET /api/hospitals/`

use super::hospital::Hospital;
use crate::Desk;
use crate::description::Reading;
use crate::list::{Page, descending, page, slice};
use axum::extract::State;
use ward_http::bounds::period;
use ward_http::{Caller, Listing, Outcome, Params, RequestUrl};
use ward_services::hospital::{self, HospitalQuery};

/// Lists all hospitals
///
/// All for a platform admin, one's own for its administrator.
#[utoipa::path(
    get,
    path = "/api/hospitals/",
    operation_id = "list_hospitals",
    tag = "Hospitals",
    params(
        ("page" = Option<u64>, Query, description = "From 1"),
        ("page_size" = Option<u32>, Query, description = "20 unless asked, at most 100"),
        ("search" = Option<String>, Query, description = "Words to find in name and place"),
        ("ordering" = Option<String>, Query, description = "created_at; - for descending"),
        ("date_from" = Option<String>, Query, description = "Joined from"),
        ("date_to" = Option<String>, Query, description = "Joined until, inclusive"),
    ),
    responses((status = 200, body = Page<Hospital>), Reading)
)]
pub(crate) async fn list(
    State(house): Desk,
    Caller(ctx): Caller,
    url: RequestUrl,
    mut params: Params,
) -> Outcome<Listing<Page<Hospital>>> {
    let wanted = page(&mut params);
    let query = HospitalQuery {
        search: params.text("search", 500),
        joined: period(&mut params, &house.zone(&ctx).await),
        descending: descending(params.ordering(&[("created_at", ())]).map(|((), direction)| direction), true),
    };
    params.finish()?;
    let listed = hospital::list(&house, &ctx, query, slice(wanted)).await?;
    Ok(Listing(Page::new(wanted, &url, listed, |found| found.document.into())))
}
