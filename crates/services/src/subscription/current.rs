//! What the caller's hospital is subscribed to.

use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use ward_actors::{Actors, usage};
use ward_domain::hospital::Hospital;
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::Refusal;
use ward_domain::subscription::{SubscriptionPlan, Usage};
use ward_domain::time::Time;
use ward_tenants::platform;

/// Where a hospital's subscription stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Current {
    /// The hospital, with what it may use and its subscription.
    pub hospital: Hospital,
    /// The plan as it is now, which may give others more or less; none if it is deleted, or the hospital was put on it
    /// before there were subscriptions.
    pub plan: Option<SubscriptionPlan>,
    /// The period that runs now: its first moment and the first of the next.
    pub period: Option<(Time, Time)>,
    /// What is in use.
    pub used: Usage,
}

/// Where the subscription of the caller's hospital stands.
pub async fn current(house: &House, ctx: &Ctx) -> Result<Current, Fail> {
    house.permit(ctx, Resource::Subscription, Action::Read, !ctx.scope.is_platform()).await?;
    let current = standing(house, ctx).await?;
    house.trace_one(ctx, Action::Read, Resource::Subscription, current.hospital.id.id(), &[]).await?;
    Ok(current)
}

pub(super) async fn standing(house: &House, ctx: &Ctx) -> Result<Current, Fail> {
    let found: Option<Versioned<Hospital>> = house.find(&platform(), Actors::of_hospital(&ctx.scope)).await?;
    let hospital = found.ok_or_else(|| Refusal::not_found("Hospital"))?.document;
    let (mut plan, mut period) = (None, None);
    if let Some(subscription) = &hospital.subscription {
        plan = house.find::<SubscriptionPlan>(&platform(), subscription.plan.id()).await?;
        let runs = subscription.period_at(ctx.now, &hospital.zone());
        period = Some(runs.map_err(|error| Refusal::impossible("no_such_day", error.to_string()))?);
    }
    let plan = plan.map(|found| found.document).filter(|plan| !plan.deleted);
    let used = usage::usage(&*house.env.store, &ctx.scope, &hospital, ctx.now).await?;
    Ok(Current { hospital, plan, period, used })
}
