//! Giving a doctor a specialty.

use super::{Assigned, check};
use crate::audit::Attempt;
use crate::request::Known;
use crate::{Ctx, Fail, House};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource, Role};
use ward_domain::specialty::{Assignment, SpecialtiesCommand};

/// Which doctor is to have which specialty.
#[derive(Debug, Clone)]
pub struct NewAssignment {
    /// Who.
    pub doctor: Id,
    /// Which.
    pub specialty: Id,
    /// How.
    pub with: Assignment,
}

/// Gives a doctor of the caller's hospital a specialty.
pub async fn assign(house: &House, ctx: &Ctx, new: NewAssignment) -> Result<Assigned, Fail> {
    let (action, resource) = (Action::Create, Resource::DoctorSpecialty);
    house.permit(ctx, resource, action, false).await?;
    check::assignment(&new.with, ctx.now, &house.zone(ctx).await)?;
    let doctor = house.named(ctx, Role::Doctor, new.doctor).await?.id;
    let attempt = Attempt { action, resource, id: None, patients: Vec::new() };
    let make = async || {
        let id = house.new_id()?;
        let claims = match house.known(ctx, &[id]).await? {
            Known::New(claims) => claims,
            Known::Done(made) => return Ok(made.first().copied().unwrap_or_default()),
        };
        let specialty = new.specialty.into();
        let command = SpecialtiesCommand::Assign { id: id.into(), doctor, specialty, with: new.with, claims };
        house.specialties(ctx, command).await?;
        Ok::<_, Fail>(id)
    };
    let ended = make().await;
    let id = house.refusable(ctx, &attempt, ended).await?;
    house.trace_one(ctx, action, resource, id, &[]).await?;
    house.assigned(ctx, id).await
}
