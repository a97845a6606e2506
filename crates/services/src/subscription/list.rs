//! The plans of the platform.

use crate::house::Versioned;
use crate::{Ctx, Fail, House, Listed, Order, PageRequest};
use ward_domain::policy::{Action, Grant, Resource, grant};
use ward_domain::record::{Key, List};
use ward_domain::subscription::SubscriptionPlan;
use ward_store::ListQuery;
use ward_tenants::platform;

/// What plans are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanOrder {
    /// When they were made.
    Created,
    /// By name.
    Name,
    /// By price, whatever the currency.
    Price,
}

/// Which plans.
#[derive(Debug, Clone)]
pub struct PlanQuery {
    /// Words to find in name, code or description: every one, in any case.
    pub search: Option<String>,
    /// That hospitals can, or cannot, subscribe to.
    pub active: Option<bool>,
    /// In which order.
    pub order: Order<PlanOrder>,
}

/// A page of plans. There are few: all of them are looked through. Who cannot change plans is shown what there is to
/// subscribe to, unless they ask for the others.
pub async fn list(
    house: &House,
    ctx: &Ctx,
    query: PlanQuery,
    page: PageRequest,
) -> Result<Listed<Versioned<SubscriptionPlan>>, Fail> {
    house.permit(ctx, Resource::SubscriptionPlan, Action::List, false).await?;
    let changes = grant(ctx.role, Resource::SubscriptionPlan, Action::Update) != Grant::Never;
    let active = query.active.or((!changes).then_some(true));
    let rows =
        house.env.store.list(&platform(), &ListQuery::all(List::SubscriptionPlans, Key::all())).await?.rows;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut all = house.find_many::<SubscriptionPlan>(&platform(), &ids).await?;
    all.retain(|one| {
        let plan = &one.document;
        let text = format!("{} {} {}", plan.name, plan.code, plan.description).to_lowercase();
        active.is_none_or(|active| active == plan.active)
            && query
                .search
                .as_ref()
                .is_none_or(|search| search.to_lowercase().split_whitespace().all(|word| text.contains(word)))
    });
    match query.order.by {
        PlanOrder::Created => all.sort_by_key(|one| (one.document.created_at, one.document.id)),
        PlanOrder::Name => all.sort_by_cached_key(|one| one.document.name.to_lowercase()),
        PlanOrder::Price => all.sort_by_key(|one| one.document.price.minor),
    }
    if query.order.descending {
        all.reverse();
    }
    let total = all.len() as u64;
    let skipped = usize::try_from(page.offset).unwrap_or(usize::MAX);
    let items = all.into_iter().skip(skipped).take(page.limit).collect();
    house.trace_list(ctx, Resource::SubscriptionPlan, Vec::new()).await?;
    Ok(Listed { items, total })
}
