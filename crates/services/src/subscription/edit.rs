//! Changing a plan.

use super::check;
use crate::audit::Attempt;
use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::Refusal;
use ward_domain::subscription::{PlanCommand, PlanText, SubscriptionPlan};

/// Changes a plan, for subscriptions that begin later: a hospital keeps what its plan gave it when it subscribed. `code` is
/// what the caller takes the plan's to be, if they said.
pub async fn edit(
    house: &House,
    ctx: &Ctx,
    id: Id,
    code: Option<&str>,
    text: PlanText,
    if_version: Option<u64>,
) -> Result<Versioned<SubscriptionPlan>, Fail> {
    let (action, resource) = (Action::Update, Resource::SubscriptionPlan);
    house.permit(ctx, resource, action, false).await?;
    let found = house.plan(id).await?.document;
    check::text(&text, None)?;
    if code.is_some_and(|code| code != found.code) {
        return Err(Refusal::field("code", "Cannot be changed: it is the plan's name among programs.").into());
    }
    let attempt = Attempt { action, resource, id: Some(id), patients: Vec::new() };
    let ended = if text.active == Some(false) && house.tenancy.is_needed(&found.code) {
        let message = "New hospitals begin on this plan, or fall back to it: it stays active.";
        Err(Refusal::conflict("plan_needed", message).into())
    } else {
        house.tell_plan(ctx, id, PlanCommand::Edit { text: Box::new(text), if_version }).await
    };
    house.refusable(ctx, &attempt, ended).await?;
    house.trace_one(ctx, action, resource, id, &[]).await?;
    house.plan(id).await
}
