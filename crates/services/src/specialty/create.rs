//! Adding a specialty.

use super::check;
use crate::audit::Attempt;
use crate::house::Versioned;
use crate::request::Known;
use crate::{Ctx, Fail, House};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::specialty::{SpecialtiesCommand, Specialty, SpecialtyText};

/// Adds a specialty to the caller's hospital.
pub async fn create(house: &House, ctx: &Ctx, text: SpecialtyText) -> Result<Versioned<Specialty>, Fail> {
    let (action, resource) = (Action::Create, Resource::Specialty);
    house.permit(ctx, resource, action, false).await?;
    check::text(&text, true)?;
    let attempt = Attempt { action, resource, id: None, patients: Vec::new() };
    let id = house.refusable(ctx, &attempt, make(house, ctx, text).await).await?;
    house.trace_one(ctx, action, resource, id, &[]).await?;
    house.specialty(ctx, id).await
}

/// The id of what was made, now or the first time that the request came.
async fn make(house: &House, ctx: &Ctx, text: SpecialtyText) -> Result<Id, Fail> {
    // The first ones come first, or a hospital that begins with one of its own would never get them.
    house.all_specialties(ctx).await?;
    let id = house.new_id()?;
    let claims = match house.known(ctx, &[id]).await? {
        Known::New(claims) => claims,
        Known::Done(made) => return Ok(made.first().copied().unwrap_or_default()),
    };
    house.specialties(ctx, SpecialtiesCommand::Create { id: id.into(), text, claims }).await?;
    Ok(id)
}
