//! `GET /api/appointments/waiting-list/`

use super::entry::WaitingEntry;
use crate::Desk;
use crate::description::Reading;
use crate::list::{Page, page, slice};
use axum::extract::State;
use ward_domain::calendar::WaitingStatus;
use ward_http::{Caller, Listing, Outcome, Params, RequestUrl};
use ward_services::waiting::{self, WaitingQuery};

/// Lists waiting list entries
///
/// Who joined first in front. One's own for doctors and patients, all of the hospital for its administrator and staff.
#[utoipa::path(
    get,
    path = "/api/appointments/waiting-list/",
    operation_id = "list_waiting_list",
    tag = "Waiting list",
    params(
        ("page" = Option<u64>, Query, description = "From 1"),
        ("page_size" = Option<u32>, Query, description = "20 unless asked, at most 100"),
        ("doctor" = Option<u64>, Query, description = "One who is none is an error"),
        ("status" = Option<String>, Query, description = "waiting, offered, booked, withdrawn or ended"),
    ),
    responses((status = 200, body = Page<WaitingEntry>), Reading)
)]
pub(crate) async fn list(
    State(house): Desk,
    Caller(ctx): Caller,
    url: RequestUrl,
    mut params: Params,
) -> Outcome<Listing<Page<WaitingEntry>>> {
    let wanted = page(&mut params);
    let query = WaitingQuery {
        doctor: params.id("doctor"),
        status: params.choice("status", &WaitingStatus::ALL.map(|status| (status.word(), status))),
    };
    params.finish()?;
    let listed = waiting::list(&house, &ctx, query, slice(wanted)).await?;
    Ok(Listing(Page::new(wanted, &url, listed, |found| found.document.into())))
}
