//! Changing a specialty.

use super::check;
use crate::audit::Attempt;
use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::specialty::{SpecialtiesCommand, Specialty, SpecialtyText};

/// Changes a specialty. One that is no longer active stays with the doctors who have it.
pub async fn edit(
    house: &House,
    ctx: &Ctx,
    id: Id,
    text: SpecialtyText,
    if_version: Option<u64>,
) -> Result<Versioned<Specialty>, Fail> {
    let (action, resource) = (Action::Update, Resource::Specialty);
    house.permit(ctx, resource, action, false).await?;
    house.specialty(ctx, id).await?;
    check::text(&text, false)?;
    let attempt = Attempt { action, resource, id: Some(id), patients: Vec::new() };
    let command = SpecialtiesCommand::Edit { id: id.into(), text, if_version };
    house.refusable(ctx, &attempt, house.specialties(ctx, command).await).await?;
    house.trace_one(ctx, action, resource, id, &[]).await?;
    house.specialty(ctx, id).await
}
