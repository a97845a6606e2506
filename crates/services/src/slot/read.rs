//! One slot.

use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use ward_domain::calendar::Slot;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::Refusal;

/// A slot of the caller's hospital.
pub async fn read(house: &House, ctx: &Ctx, id: Id) -> Result<Versioned<Slot>, Fail> {
    house.permit(ctx, Resource::Slot, Action::Read, false).await?;
    house.find::<Slot>(&ctx.scope, id).await?.ok_or_else(|| Refusal::not_found("Slot").into())
}
