//! The live actors.

use crate::{Ctx, Fail, House};
use ward_actors::shell::ActorSnapshot;
use ward_domain::policy::{Action, Resource};

/// What is alive: counts by kind, and at most `limit` of each kind.
pub async fn actors(
    house: &House,
    ctx: &Ctx,
    limit: usize,
) -> Result<(Vec<(&'static str, usize)>, Vec<ActorSnapshot>), Fail> {
    house.permit(ctx, Resource::Server, Action::Read, false).await?;
    Ok((house.actors.counts().to_vec(), house.actors.snapshot(limit.min(10_000))))
}
