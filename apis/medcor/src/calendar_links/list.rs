//! `GET /api/appointments/calendar-links/`

use super::link::CalendarLink;
use crate::Desk;
use crate::description::Reading;
use crate::list::{Page, page, slice};
use axum::extract::State;
use ward_http::{Caller, Listing, Outcome, Params, RequestUrl};
use ward_services::calendar_link;

/// Lists calendar links
///
/// The newest first. One's own for doctors and patients, all of the hospital for its administrator. Addresses are not
/// shown again.
#[utoipa::path(
    get,
    path = "/api/appointments/calendar-links/",
    operation_id = "list_calendar_links",
    tag = "Calendar links",
    params(
        ("page" = Option<u64>, Query, description = "From 1"),
        ("page_size" = Option<u32>, Query, description = "20 unless asked, at most 100"),
        ("doctor" = Option<u64>, Query, description = "One who is none is an error"),
    ),
    responses((status = 200, body = Page<CalendarLink>), Reading)
)]
pub(crate) async fn list(
    State(house): Desk,
    Caller(ctx): Caller,
    url: RequestUrl,
    mut params: Params,
) -> Outcome<Listing<Page<CalendarLink>>> {
    let wanted = page(&mut params);
    let doctor = params.id("doctor");
    params.finish()?;
    let listed = calendar_link::list(&house, &ctx, doctor, slice(wanted)).await?;
    Ok(Listing(Page::new(wanted, &url, listed, |found| found.document.into())))
}
