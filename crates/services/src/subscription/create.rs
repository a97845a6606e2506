//! Making a plan.

use super::check;
use crate::audit::Attempt;
use crate::house::Versioned;
use crate::request::Known;
use crate::{Ctx, Fail, House};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::record::{Key, List};
use ward_domain::refusal::Refusal;
use ward_domain::subscription::{BillingPeriod, MAX_PLANS, PlanCommand, PlanText, Price, SubscriptionPlan};
use ward_store::Bounds;
use ward_tenants::platform;

/// A plan as the platform wants it.
#[derive(Debug, Clone)]
pub struct NewPlan {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its price.
    pub price: Price,
    /// Everything else; what is not said is empty, without an end, monthly, active.
    pub text: PlanText,
}

/// Makes a plan; for the platform admin.
pub async fn create(house: &House, ctx: &Ctx, new: NewPlan) -> Result<Versioned<SubscriptionPlan>, Fail> {
    let (action, resource) = (Action::Create, Resource::SubscriptionPlan);
    house.permit(ctx, resource, action, false).await?;
    let named = PlanText { name: Some(new.name.clone()), ..new.text.clone() };
    check::text(&named, Some(&new.code))?;
    let attempt = Attempt { action, resource, id: None, patients: Vec::new() };
    let id = house.refusable(ctx, &attempt, make(house, ctx, new).await).await?;
    house.trace_one(ctx, action, resource, id, &[]).await?;
    house.plan(id).await
}

async fn make(house: &House, ctx: &Ctx, new: NewPlan) -> Result<Id, Fail> {
    let id = house.new_id()?;
    let claims = match house.known(ctx, &[id]).await? {
        Known::New(claims) => claims,
        Known::Done(made) => return Ok(made.first().copied().unwrap_or_default()),
    };
    let there = house.env.store.count(&platform(), List::SubscriptionPlans, &Key::all(), Bounds::ALL).await?;
    if there >= MAX_PLANS as u64 {
        let message = format!("There are at most {MAX_PLANS} plans: delete one first.");
        return Err(Refusal::conflict("too_many_plans", message).into());
    }
    let text = new.text;
    let plan = SubscriptionPlan {
        id: id.into(),
        code: new.code,
        name: new.name,
        description: text.description.unwrap_or_default(),
        price: new.price,
        period: text.period.unwrap_or(BillingPeriod::Monthly),
        max_doctors: text.max_doctors.flatten(),
        max_patients: text.max_patients.flatten(),
        max_members: text.max_members.flatten(),
        max_appointments_per_month: text.max_appointments_per_month.flatten(),
        features: text.features.unwrap_or_default(),
        active: text.active.unwrap_or(true),
        deleted: false,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    house.tell_plan(ctx, id, PlanCommand::Create { plan: Box::new(plan), claims }).await?;
    Ok(id)
}

impl House {
    pub(super) async fn tell_plan(
        &self,
        ctx: &Ctx,
        id: Id,
        command: PlanCommand,
    ) -> Result<SubscriptionPlan, Fail> {
        let asked = self.actors.plans.ask(&platform(), id, ctx.deadline, command).await;
        asked.map_err(Self::in_flight)
    }
}
