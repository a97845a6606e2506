//! Feeding a hospital's search index anew.

use crate::{Ctx, Fail, House};
use std::time::Duration;
use ward_actors::Actors;
use ward_actors::relay::RelayMessage;
use ward_domain::audit::Deed;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::tenancy::TenantId;
use ward_search::IndexStatus;

/// How long a rebuilding may take.
const LONGEST: Duration = Duration::from_hours(24);
/// How often its progress is told.
const TOLD_EVERY: Duration = Duration::from_secs(1);

/// Begins to empty a hospital's index and to feed it everything; the hospital works on meanwhile, and
/// [`search_status`] says how far it is.
pub async fn rebuild_search(house: &House, ctx: &Ctx, id: Id) -> Result<(), Fail> {
    house.permit(ctx, Resource::Server, Action::Update, false).await?;
    house.hospital(ctx, id, Action::Update).await?;
    let scope = house.tenancy.register.scope(TenantId::from_number(id.get())).await??;
    // Asked now, so that a server that is down says so before the work begins.
    house.env.search.health().await?;
    house.trace_self(ctx, Deed::RebuildSearch).await?;
    // Emptied before this answers, so that nobody who asks how far it is hears of what stood before.
    let relay = Actors::of_hospital(&scope);
    house.actors.relays.ask(&scope, relay, ctx.deadline, RelayMessage::Empty).await?;
    house.actors.relays.tell(scope, relay, RelayMessage::Work);
    Ok(())
}

/// How many documents a hospital's index holds, and whether that is everything.
pub async fn search_status(house: &House, ctx: &Ctx, id: Id) -> Result<IndexStatus, Fail> {
    house.permit(ctx, Resource::Server, Action::Read, false).await?;
    house.hospital(ctx, id, Action::Read).await?;
    let scope = house.tenancy.register.scope(TenantId::from_number(id.get())).await??;
    Ok(house.env.search.status(&scope).await?)
}

impl House {
    /// Empties a tenant's index and feeds it everything; answers how many documents that were. For the command line;
    /// `progress` hears now and then how many the index holds.
    pub async fn rebuild(&self, tenant: TenantId, mut progress: impl FnMut(u64) + Send) -> Result<u64, Fail> {
        let scope = self.tenancy.register.scope(tenant).await??;
        self.env.search.health().await?;
        let relay = Actors::of_hospital(&scope);
        let rebuilt = self.actors.relays.ask(&scope, relay, LONGEST, RelayMessage::Rebuild);
        let mut rebuilt = std::pin::pin!(rebuilt);
        loop {
            tokio::select! {
                done = &mut rebuilt => return Ok(done?),
                () = tokio::time::sleep(TOLD_EVERY) => {
                    if let Ok(status) = self.env.search.status(&scope).await {
                        progress(status.documents);
                    }
                }
            }
        }
    }
}
