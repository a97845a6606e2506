//! `GET /api/subscription-plans/history/`

use super::subscription::SubscriptionEvent;
use crate::Desk;
use crate::description::Reading;
use crate::list::{Page, page, slice};
use axum::extract::State;
use ward_http::{Caller, Listing, Outcome, Params, RequestUrl};
use ward_services::subscription;

/// Lists what happened to the hospital's subscription
///
/// For the hospital's administrator and staff, the latest first. (Not in the document.)
#[utoipa::path(
    get,
    path = "/api/subscription-plans/history/",
    operation_id = "list_subscription_history",
    tag = "Subscription plans",
    params(
        ("page" = Option<u64>, Query, description = "From 1"),
        ("page_size" = Option<u32>, Query, description = "20 unless asked, at most 100"),
    ),
    responses((status = 200, body = Page<SubscriptionEvent>), Reading)
)]
pub(crate) async fn history(
    State(house): Desk,
    Caller(ctx): Caller,
    url: RequestUrl,
    mut params: Params,
) -> Outcome<Listing<Page<SubscriptionEvent>>> {
    let wanted = page(&mut params);
    params.finish()?;
    let listed = subscription::history(&house, &ctx, slice(wanted)).await?;
    Ok(Listing(Page::new(wanted, &url, listed, |found| found.document.into())))
}
