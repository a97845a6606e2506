//! `GET /api/specialty/`

use super::specialty::Specialty;
use crate::Desk;
use crate::description::Reading;
use crate::list::{Page, descending, page, slice};
use axum::extract::State;
use ward_http::{Caller, Listing, Outcome, Params, RequestUrl};
use ward_services::Order;
use ward_services::specialty::{self, SpecialtyOrder, SpecialtyQuery};

const ORDERS: [(&str, SpecialtyOrder); 2] =
    [("name", SpecialtyOrder::Name), ("created_at", SpecialtyOrder::Created)];

/// Lists all specialties
///
/// By name. With `search`, those that are called so come first, then those whose name begins so.
#[utoipa::path(
    get,
    path = "/api/specialty/",
    operation_id = "list_specialties",
    tag = "Specialties",
    params(
        ("page" = Option<u64>, Query, description = "From 1"),
        ("page_size" = Option<u32>, Query, description = "20 unless asked, at most 100"),
        ("search" = Option<String>, Query, description = "Words to find in name, code and description", example = "Neurology"),
        ("is_active" = Option<bool>, Query),
        ("ordering" = Option<String>, Query, description = "name, created_at; - for descending"),
    ),
    responses((status = 200, body = Page<Specialty>), Reading)
)]
pub(crate) async fn list(
    State(house): Desk,
    Caller(ctx): Caller,
    url: RequestUrl,
    mut params: Params,
) -> Outcome<Listing<Page<Specialty>>> {
    let wanted = page(&mut params);
    let query = SpecialtyQuery {
        search: params.text("search", 500),
        active: params.flag("is_active"),
        order: params
            .ordering(&ORDERS)
            .map(|(by, direction)| Order { by, descending: descending(Some(direction), false) }),
    };
    params.finish()?;
    let listed = specialty::list(&house, &ctx, query, slice(wanted)).await?;
    Ok(Listing(Page::new(wanted, &url, listed, |found| found.document.into())))
}
