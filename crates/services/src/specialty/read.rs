//! One specialty.

use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::Refusal;
use ward_domain::specialty::Specialty;

/// A specialty of the caller's hospital.
pub async fn read(house: &House, ctx: &Ctx, id: Id) -> Result<Versioned<Specialty>, Fail> {
    house.permit(ctx, Resource::Specialty, Action::Read, false).await?;
    house.specialty(ctx, id).await
}

impl House {
    pub(crate) async fn specialty(&self, ctx: &Ctx, id: Id) -> Result<Versioned<Specialty>, Fail> {
        self.find::<Specialty>(&ctx.scope, id).await?.ok_or_else(|| Refusal::not_found("Specialty").into())
    }
}
