//! `GET /api/medical-records/break-glass/`

use super::glass::BreakGlass;
use crate::Desk;
use crate::description::Reading;
use crate::list::{Page, page, slice};
use axum::extract::State;
use ward_http::bounds::period;
use ward_http::{Caller, Listing, Outcome, Params, RequestUrl};
use ward_services::chart::list_break_glass;

/// Lists who broke the glass
///
/// For the hospital's administrator; newest first.
#[utoipa::path(
    get,
    path = "/api/medical-records/break-glass/",
    operation_id = "list_break_glass",
    tag = "Break-glass",
    params(
        ("page" = Option<u64>, Query, description = "From 1"),
        ("page_size" = Option<u32>, Query, description = "20 unless asked, at most 100"),
        ("date_from" = Option<String>, Query, description = "Opened from; a date is a day of the hospital"),
        ("date_to" = Option<String>, Query, description = "Opened until, inclusive"),
    ),
    responses((status = 200, body = Page<BreakGlass>), Reading)
)]
pub(crate) async fn list(
    State(house): Desk,
    Caller(ctx): Caller,
    url: RequestUrl,
    mut params: Params,
) -> Outcome<Listing<Page<BreakGlass>>> {
    let wanted = page(&mut params);
    let opened = period(&mut params, &house.zone(&ctx).await);
    params.finish()?;
    let listed = list_break_glass(&house, &ctx, opened, slice(wanted)).await?;
    Ok(Listing(Page::new(wanted, &url, listed, |found| BreakGlass::new(found.document, ctx.now))))
}
