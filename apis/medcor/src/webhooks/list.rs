//! `GET /api/webhooks/`

use super::FACE;
use super::webhook::Webhook;
use crate::Desk;
use crate::description::Reading;
use crate::list::{Page, page, slice};
use axum::extract::State;
use ward_http::{Caller, Listing, Outcome, Params, RequestUrl};
use ward_services::webhook;

/// Lists the hospital's webhooks
///
/// The newest first; never their secrets.
#[utoipa::path(
    get,
    path = "/api/webhooks/",
    operation_id = "list_webhooks",
    tag = "Webhooks",
    params(
        ("page" = Option<u64>, Query, description = "From 1"),
        ("page_size" = Option<u32>, Query, description = "20 unless asked, at most 100"),
    ),
    responses((status = 200, body = Page<Webhook>), Reading)
)]
pub(crate) async fn list(
    State(house): Desk,
    Caller(ctx): Caller,
    url: RequestUrl,
    mut params: Params,
) -> Outcome<Listing<Page<Webhook>>> {
    let wanted = page(&mut params);
    params.finish()?;
    let listed = webhook::list(&house, &ctx, FACE, slice(wanted)).await?;
    Ok(Listing(Page::new(wanted, &url, listed, |found| Webhook::new(found.document, ctx.now))))
}
