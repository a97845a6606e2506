//! Deleting a plan.

use crate::audit::Attempt;
use crate::{Ctx, Fail, House};
use ward_domain::hospital::{Hospital, HospitalStatus};
use ward_domain::id::{Id, PlanId};
use ward_domain::policy::{Action, Resource};
use ward_domain::record::{Document as _, Key, List};
use ward_domain::refusal::Refusal;
use ward_domain::subscription::{PlanCommand, SubscriptionPlan};
use ward_store::{ListQuery, Slice};
use ward_tenants::platform;

/// Deletes a plan that no hospital is on, will fall back to, or begins on; others can be made inactive. A hospital that
/// subscribes at the same moment keeps what it subscribed to: it has a copy.
pub async fn delete(house: &House, ctx: &Ctx, id: Id) -> Result<(), Fail> {
    let (action, resource) = (Action::Delete, Resource::SubscriptionPlan);
    house.permit(ctx, resource, action, false).await?;
    let plan = house.plan(id).await?.document;
    let attempt = Attempt { action, resource, id: Some(id), patients: Vec::new() };
    house.refusable(ctx, &attempt, make(house, ctx, &plan).await).await?;
    house.trace_one(ctx, action, resource, id, &[]).await
}

async fn make(house: &House, ctx: &Ctx, plan: &SubscriptionPlan) -> Result<(), Fail> {
    if house.tenancy.is_needed(&plan.code) {
        let message = "New hospitals begin on this plan, or fall back to it: it cannot be deleted.";
        return Err(Refusal::conflict("plan_needed", message).into());
    }
    let hospitals = house.hospitals_on(plan).await?;
    if hospitals > 0 {
        let message = format!("{hospitals} hospitals are on this plan: make it inactive instead.");
        return Err(Refusal::conflict("plan_in_use", message).into());
    }
    house.tell_plan(ctx, plan.id.id(), PlanCommand::Delete).await?;
    Ok(())
}

impl House {
    /// How many hospitals are on a plan, or will be. All are looked through: it is asked seldom, and hospitals of before
    /// there were subscriptions know their plan by its code only.
    async fn hospitals_on(&self, plan: &SubscriptionPlan) -> Result<usize, Fail> {
        let mut query = ListQuery::all(List::Hospitals, Key::all());
        let mut on = 0;
        let will = |hospital: &Hospital, id: PlanId| {
            hospital
                .subscription
                .as_ref()
                .and_then(|one| one.ends.as_ref())
                .is_some_and(|ends| ends.plan == id)
        };
        loop {
            let page = self.env.store.list(&platform(), &query).await?;
            let Some(last) = page.rows.last() else { return Ok(on) };
            query.slice = Slice::After { sort: last.sort, id: last.id };
            let ids: Vec<Id> = page.rows.iter().map(|row| row.id).collect();
            for stored in self.env.store.get_many(&platform(), Hospital::KIND, &ids).await? {
                let hospital: Hospital = stored.document()?;
                let served = hospital.status != HospitalStatus::Deleted;
                on += usize::from(served && (hospital.plan.code == plan.code || will(&hospital, plan.id)));
            }
        }
    }
}
