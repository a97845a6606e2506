//! A hospital leaves.

use crate::{Ctx, Fail, House};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};

/// Deletes a hospital: its people are cut off, its keys destroyed, its data removed. There is no way back.
pub async fn delete(house: &House, ctx: &Ctx, id: Id) -> Result<(), Fail> {
    house.hospital(ctx, id, Action::Delete).await?;
    house.tenancy.delete(id.into()).await?;
    house.trace_one(ctx, Action::Delete, Resource::Hospital, id, &[]).await
}
