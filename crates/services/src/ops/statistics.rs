//! Counting a hospital's figures anew.

use crate::{Ctx, Fail, House};
use std::time::Duration;
use ward_actors::Actors;
use ward_actors::statistics::StatisticsMessage;
use ward_domain::audit::Deed;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::tenancy::TenantId;

/// How long it may take.
const LONGEST: Duration = Duration::from_hours(24);

/// Begins to count a hospital's figures anew; the hospital works on meanwhile, its figures wait.
pub async fn recount_statistics(house: &House, ctx: &Ctx, id: Id) -> Result<(), Fail> {
    house.permit(ctx, Resource::Server, Action::Update, false).await?;
    house.hospital(ctx, id, Action::Update).await?;
    let scope = house.tenancy.register.scope(TenantId::from_number(id.get())).await??;
    house.trace_self(ctx, Deed::RecountStatistics).await?;
    house.actors.statistics.tell(scope, Actors::of_hospital(&scope), StatisticsMessage::Recount);
    Ok(())
}

impl House {
    /// Counts a hospital's figures anew; answers how many appointments and patients there were. For the command line.
    pub async fn recount(&self, tenant: TenantId) -> Result<u64, Fail> {
        let scope = self.tenancy.register.scope(tenant).await??;
        let actor = Actors::of_hospital(&scope);
        let counted = self.actors.statistics.ask(&scope, actor, LONGEST, StatisticsMessage::Recount).await?;
        Ok(counted.subjects)
    }
}
