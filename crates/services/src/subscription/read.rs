//! One plan.

use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::Refusal;
use ward_domain::subscription::SubscriptionPlan;
use ward_tenants::platform;

/// A plan of the platform. One that hospitals can no longer subscribe to is there for those who are on it.
pub async fn read(house: &House, ctx: &Ctx, id: Id) -> Result<Versioned<SubscriptionPlan>, Fail> {
    house.permit(ctx, Resource::SubscriptionPlan, Action::Read, false).await?;
    house.plan(id).await
}

impl House {
    pub(super) async fn plan(&self, id: Id) -> Result<Versioned<SubscriptionPlan>, Fail> {
        let found = self.find::<SubscriptionPlan>(&platform(), id).await?;
        found.filter(|plan| !plan.document.deleted).ok_or_else(|| Refusal::not_found("Plan").into())
    }
}
