//! `GET /api/webhooks/{id}/deliveries/`

use super::FACE;
use super::delivery::{Delivery, statuses};
use crate::Desk;
use crate::description::Reading;
use crate::list::{Page, page, slice};
use axum::extract::State;
use ward_http::bounds::period;
use ward_http::{Caller, InPath, Listing, Outcome, Params, PathId, RequestUrl};
use ward_services::webhook::{self, DeliveryQuery};

/// Lists what was sent to a webhook
///
/// Of what happened last first. An entry stays for 30 days.
#[utoipa::path(
    get,
    path = "/api/webhooks/{id}/deliveries/",
    operation_id = "list_webhook_deliveries",
    tag = "Webhooks",
    params(
        ("id" = u64, Path),
        ("page" = Option<u64>, Query, description = "From 1"),
        ("page_size" = Option<u32>, Query, description = "20 unless asked, at most 100"),
        ("status" = Option<String>, Query, description = "pending, failed, delivered or dead"),
        ("date_from" = Option<String>, Query, description = "Happened from; a date is a day of the hospital"),
        ("date_to" = Option<String>, Query, description = "Happened until, inclusive"),
    ),
    responses((status = 200, body = Page<Delivery>), Reading)
)]
pub(crate) async fn deliveries(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    url: RequestUrl,
    mut params: Params,
) -> Outcome<Listing<Page<Delivery>>> {
    let wanted = page(&mut params);
    let status = params.choice("status", &statuses());
    let happened = period(&mut params, &house.zone(&ctx).await);
    params.finish()?;
    let query = DeliveryQuery { status, happened };
    let listed = webhook::deliveries(&house, &ctx, FACE, id, query, slice(wanted)).await?;
    Ok(Listing(Page::new(wanted, &url, listed, |found| found.document.into())))
}
