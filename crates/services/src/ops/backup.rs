//! Backing a running house up.

use crate::{Ctx, Fail, House};
use std::sync::Arc;
use ward_domain::audit::Deed;
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::Refusal;
use ward_store::Snapshot;

/// A moment of everything that the house keeps, its own entry in the trail included. What it shows is sealed.
pub async fn back_up(house: &House, ctx: &Ctx) -> Result<Arc<dyn Snapshot>, Fail> {
    house.permit(ctx, Resource::Server, Action::Update, false).await?;
    if house.env.store.is_shared() {
        let words =
            "This store is shared and cannot show one moment: stop every server on it and run `ward backup`.";
        return Err(Refusal::conflict("backup_needs_stop", words).into());
    }
    house.trace_self(ctx, Deed::BackUp).await?;
    Ok(house.env.store.snapshot().await?)
}

/// Whether the caller may hear how backups went.
pub async fn backups(house: &House, ctx: &Ctx) -> Result<(), Fail> {
    house.permit(ctx, Resource::Server, Action::Read, false).await?;
    Ok(())
}
