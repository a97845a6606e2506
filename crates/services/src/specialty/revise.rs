//! Changing how a doctor has a specialty.

use super::{Assigned, check};
use crate::audit::Attempt;
use crate::{Ctx, Fail, House};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_domain::specialty::{Assignment, DoctorSpecialty, SpecialtiesCommand};

/// Changes how a doctor has a specialty; a doctor may change their own. `doctor` and `specialty` are what the caller
/// takes them to be, if they said: which doctor has which specialty is not changed but removed and assigned anew.
pub async fn revise(
    house: &House,
    ctx: &Ctx,
    id: Id,
    named: (Option<Id>, Option<Id>),
    with: Assignment,
    if_version: Option<u64>,
) -> Result<Assigned, Fail> {
    let (action, resource) = (Action::Update, Resource::DoctorSpecialty);
    let found = house.find::<DoctorSpecialty>(&ctx.scope, id).await?;
    let found = found.ok_or_else(|| Refusal::not_found("Doctor specialty"))?.document;
    house.permit(ctx, resource, action, found.doctor == ctx.user).await?;
    let mut errors = FieldErrors::default();
    let fixed = "Cannot be changed: remove this one and assign another.";
    errors.check(named.0.is_none_or(|doctor| doctor == found.doctor.id()), "doctor", fixed);
    errors.check(named.1.is_none_or(|specialty| specialty == found.specialty.id()), "specialty", fixed);
    errors.finish()?;
    check::assignment(&with, ctx.now, &house.zone(ctx).await)?;
    let attempt = Attempt { action, resource, id: Some(id), patients: Vec::new() };
    let command = SpecialtiesCommand::Revise { id: id.into(), doctor: found.doctor, with, if_version };
    house.refusable(ctx, &attempt, house.specialties(ctx, command).await).await?;
    house.trace_one(ctx, action, resource, id, &[]).await?;
    house.assigned(ctx, id).await
}
