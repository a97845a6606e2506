//! Taking a specialty from a doctor.

use crate::audit::Attempt;
use crate::{Ctx, Fail, House};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::Refusal;
use ward_domain::specialty::{DoctorSpecialty, SpecialtiesCommand};

/// Takes a specialty from a doctor. Where it was the primary one, the one that the doctor was given first of those that
/// are left becomes it.
pub async fn remove(house: &House, ctx: &Ctx, id: Id) -> Result<(), Fail> {
    let (action, resource) = (Action::Delete, Resource::DoctorSpecialty);
    house.permit(ctx, resource, action, false).await?;
    let found = house.find::<DoctorSpecialty>(&ctx.scope, id).await?;
    let doctor = found.ok_or_else(|| Refusal::not_found("Doctor specialty"))?.document.doctor;
    let attempt = Attempt { action, resource, id: Some(id), patients: Vec::new() };
    let command = SpecialtiesCommand::Remove { id: id.into(), doctor };
    house.refusable(ctx, &attempt, house.specialties(ctx, command).await).await?;
    house.trace_one(ctx, action, resource, id, &[]).await
}
