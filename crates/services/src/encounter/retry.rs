//! What failed for good is begun anew.

use super::audio::tell;
use crate::audit::Attempt;
use crate::{Ctx, Fail, House};
use ward_domain::encounter::{Encounter, RecordingCommand};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};

/// Has the step that failed done again.
pub async fn retry(house: &House, ctx: &Ctx, id: Id) -> Result<Encounter, Fail> {
    house.encounter(ctx, id, Action::Update).await?;
    let begun = tell(house, ctx, id, RecordingCommand::Retry).await;
    let begun = house.refusable(ctx, &Attempt::to_encounter(id), begun).await?;
    house.trace_one(ctx, Action::Update, Resource::Encounter, id, &[]).await?;
    Ok(begun)
}
