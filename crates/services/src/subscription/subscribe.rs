//! Subscribing to a plan.

use super::{Current, current::standing};
use crate::audit::Attempt;
use crate::request::Known;
use crate::{Ctx, Fail, House};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::Refusal;
use ward_domain::subscription::{Subscribe, SubscriptionPlan, Usage};

/// Puts the caller's hospital on a plan, at once: a first period begins. A plan that has no room for what is in use is
/// refused, with each quota that is too small. Subscribing to the plan that was cancelled withdraws the cancellation.
pub async fn subscribe(house: &House, ctx: &Ctx, id: Id) -> Result<Current, Fail> {
    let (action, resource) = (Action::Update, Resource::Subscription);
    house.permit(ctx, resource, action, !ctx.scope.is_platform()).await?;
    let plan = house.plan(id).await?.document;
    let attempt = Attempt { action, resource, id: Some(id), patients: Vec::new() };
    house.refusable(ctx, &attempt, make(house, ctx, &plan).await).await?;
    house.trace_one(ctx, action, resource, id, &[]).await?;
    standing(house, ctx).await
}

async fn make(house: &House, ctx: &Ctx, plan: &SubscriptionPlan) -> Result<(), Fail> {
    let entry = house.new_id()?;
    let Known::New(claims) = house.known_to_platform(ctx, &[entry]).await? else { return Ok(()) };
    if !plan.active {
        return Err(
            Refusal::conflict("plan_inactive", "Hospitals can no longer subscribe to this plan.").into()
        );
    }
    let step = Subscribe::To {
        plan: plan.id,
        period: plan.period,
        quotas: plan.quotas(),
        used: Usage::default(),
        by: ctx.user,
        entry,
    };
    house.tenancy.change_plan(&ctx.scope, step, claims).await.map_err(House::in_flight)
}
