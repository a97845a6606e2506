//! Cancelling the subscription of the caller's hospital.

use super::{Current, current::standing};
use crate::audit::Attempt;
use crate::request::Known;
use crate::{Ctx, Fail, House};
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::Refusal;
use ward_domain::subscription::{Ending, Subscribe};
use ward_tenants::plan::FALLBACK;

/// Cancels for the end of the period that runs now. Until then nothing changes; then the hospital falls back to the trial
/// plan as it is today. Nobody is deactivated by that: what is over the plan's quotas stays, and nothing is added to it.
pub async fn cancel(house: &House, ctx: &Ctx) -> Result<Current, Fail> {
    let (action, resource) = (Action::Cancel, Resource::Subscription);
    house.permit(ctx, resource, action, !ctx.scope.is_platform()).await?;
    let attempt = Attempt { action, resource, id: None, patients: Vec::new() };
    house.refusable(ctx, &attempt, make(house, ctx).await).await?;
    let now = standing(house, ctx).await?;
    house.trace_one(ctx, action, resource, now.hospital.id.id(), &[]).await?;
    Ok(now)
}

async fn make(house: &House, ctx: &Ctx) -> Result<(), Fail> {
    let entry = house.new_id()?;
    let Known::New(claims) = house.known_to_platform(ctx, &[entry]).await? else { return Ok(()) };
    let now = standing(house, ctx).await?;
    let Some((_, at)) = now.period else {
        let message = "The hospital has no subscription to be cancelled.";
        return Err(Refusal::conflict("nothing_to_cancel", message).into());
    };
    let plan = house.tenancy.house_plan(FALLBACK).await?;
    let ending = Ending { at, by: ctx.user, plan: plan.id, period: plan.period, quotas: plan.quotas() };
    let step = Subscribe::Cancel { ending, entry };
    house.tenancy.change_plan(&ctx.scope, step, claims).await.map_err(House::in_flight)
}
