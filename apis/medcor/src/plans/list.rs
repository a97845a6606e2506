//! `GET /api/subscription-plans/`

use super::plan::SubscriptionPlan;
use crate::Desk;
use crate::description::Reading;
use crate::list::{Page, descending, page, slice};
use axum::extract::State;
use ward_http::{Caller, Listing, Outcome, Params, RequestUrl};
use ward_services::Order;
use ward_services::subscription::{self, PlanOrder, PlanQuery};

const ORDERS: [(&str, PlanOrder); 3] =
    [("created_at", PlanOrder::Created), ("name", PlanOrder::Name), ("price", PlanOrder::Price)];

/// Lists subscription plans
///
/// Those that hospitals can subscribe to; a platform admin sees the others too, unless `is_active` says otherwise.
#[utoipa::path(
    get,
    path = "/api/subscription-plans/",
    operation_id = "list_subscription_plans",
    tag = "Subscription plans",
    params(
        ("page" = Option<u64>, Query, description = "From 1"),
        ("page_size" = Option<u32>, Query, description = "20 unless asked, at most 100"),
        ("search" = Option<String>, Query, description = "Words to find in name, code and description"),
        ("is_active" = Option<bool>, Query),
        ("ordering" = Option<String>, Query, description = "created_at, name, price; - for descending"),
    ),
    responses((status = 200, body = Page<SubscriptionPlan>), Reading)
)]
pub(crate) async fn list(
    State(house): Desk,
    Caller(ctx): Caller,
    url: RequestUrl,
    mut params: Params,
) -> Outcome<Listing<Page<SubscriptionPlan>>> {
    let wanted = page(&mut params);
    let order = params.ordering(&ORDERS);
    let query = PlanQuery {
        search: params.text("search", 500),
        active: params.flag("is_active"),
        order: Order {
            by: order.map_or(PlanOrder::Created, |(by, _)| by),
            descending: descending(order.map(|(_, direction)| direction), false),
        },
    };
    params.finish()?;
    let listed = subscription::list(&house, &ctx, query, slice(wanted)).await?;
    Ok(Listing(Page::new(wanted, &url, listed, |found| found.document.into())))
}
