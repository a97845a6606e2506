//! How the subscription of the caller's hospital came to be what it is.

use crate::house::Versioned;
use crate::{Ctx, Fail, House, Listed, PageRequest};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::record::{Key, List};
use ward_domain::subscription::SubscriptionChange;
use ward_store::{Bounds, ListQuery, Slice};
use ward_tenants::platform;

/// A page of what happened to the subscription of the caller's hospital, the latest first.
pub async fn history(
    house: &House,
    ctx: &Ctx,
    page: PageRequest,
) -> Result<Listed<Versioned<SubscriptionChange>>, Fail> {
    house.permit(ctx, Resource::Subscription, Action::Read, !ctx.scope.is_platform()).await?;
    let query = ListQuery {
        list: List::SubscriptionHistory,
        eq: Key::of(ctx.scope.tenant().get()),
        bounds: Bounds::ALL,
        descending: true,
        slice: Slice::Offset(page.offset),
        limit: page.limit,
    };
    let found = house.env.store.list(&platform(), &query).await?;
    let ids: Vec<Id> = found.rows.iter().map(|row| row.id).collect();
    let items = house.find_many::<SubscriptionChange>(&platform(), &ids).await?;
    house.trace_list(ctx, Resource::Subscription, Vec::new()).await?;
    Ok(Listed { items, total: found.total })
}
