//! `GET /api/appointments/availability-slots/`

use super::slot::Slot;
use crate::Desk;
use crate::description::Reading;
use crate::list::{Page, descending, page, slice};
use axum::extract::State;
use ward_http::bounds::period;
use ward_http::{Caller, Listing, Outcome, Params, RequestUrl};
use ward_services::slot::{self, SlotQuery};

/// Lists availability slots
///
/// Soonest first. With `is_available=true` those that can be booked.
#[utoipa::path(
    get,
    path = "/api/appointments/availability-slots/",
    operation_id = "list_slots",
    tag = "Availability slots",
    params(
        ("page" = Option<u64>, Query, description = "From 1"),
        ("page_size" = Option<u32>, Query, description = "20 unless asked, at most 100"),
        ("doctor" = Option<u64>, Query, description = "One who is none is an error"),
        ("is_available" = Option<bool>, Query),
        ("ordering" = Option<String>, Query, description = "start_time; - for descending"),
        ("date_from" = Option<String>, Query, description = "Beginning from; a date is a day of the hospital"),
        ("date_to" = Option<String>, Query, description = "Beginning until, inclusive"),
    ),
    responses((status = 200, body = Page<Slot>), Reading)
)]
pub(crate) async fn list(
    State(house): Desk,
    Caller(ctx): Caller,
    url: RequestUrl,
    mut params: Params,
) -> Outcome<Listing<Page<Slot>>> {
    let wanted = page(&mut params);
    let query = SlotQuery {
        doctor: params.id("doctor"),
        available: params.flag("is_available"),
        start: period(&mut params, &house.zone(&ctx).await),
        descending: descending(
            params.ordering(&[("start_time", ())]).map(|((), direction)| direction),
            false,
        ),
    };
    params.finish()?;
    let listed = slot::list(&house, &ctx, query, slice(wanted)).await?;
    Ok(Listing(Page::new(wanted, &url, listed, |found| Slot::new(&found.document, &ctx))))
}
