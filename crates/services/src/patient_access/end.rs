//! Ending access before its time.

use crate::audit::Attempt;
use crate::{Ctx, Fail, House};
use ward_domain::id::Id;
use ward_domain::phone::{PatientAccess, PhoneGrantCommand};
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::Refusal;

/// Ends it: the patient or the administrator takes it back, or the doctor gives it back. It counts from the next request.
pub async fn end(house: &House, ctx: &Ctx, id: Id) -> Result<(), Fail> {
    let (action, resource) = (Action::Cancel, Resource::PatientAccess);
    let found = house.find::<PatientAccess>(&ctx.scope, id).await?.map(|found| found.document);
    let own = |access: &PatientAccess| access.doctor == ctx.user || access.patient == ctx.user;
    let reach = house.reach(ctx, resource, action).await?;
    let found = found.filter(|found| reach.covers(own(found))).ok_or_else(|| Refusal::not_found("Access"))?;
    let command = PhoneGrantCommand::EndAccess { by: ctx.user };
    let told = house.actors.phone_grants.ask(&ctx.scope, id, ctx.deadline, command).await;
    let attempt = Attempt { action, resource, id: Some(id), patients: vec![found.patient] };
    house.refusable(ctx, &attempt, told).await?;
    house.trace_one(ctx, action, resource, id, &attempt.patients).await
}
