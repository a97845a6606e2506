//! Taking an invitation back.

use crate::audit::Attempt;
use crate::{Ctx, Fail, House};
use ward_domain::id::Id;
use ward_domain::phone::{Invitation, PhoneGrantCommand};
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::Refusal;

/// Takes an invitation back: the number registers as a patient from then on.
pub async fn end(house: &House, ctx: &Ctx, id: Id) -> Result<(), Fail> {
    let (action, resource) = (Action::Delete, Resource::Invitation);
    house.permit(ctx, resource, action, false).await?;
    if house.find::<Invitation>(&ctx.scope, id).await?.is_none() {
        return Err(Refusal::not_found("Invitation").into());
    }
    let command = PhoneGrantCommand::EndInvitation;
    let told = house.actors.phone_grants.ask(&ctx.scope, id, ctx.deadline, command).await;
    let attempt = Attempt { action, resource, id: Some(id), patients: Vec::new() };
    house.refusable(ctx, &attempt, told).await?;
    house.trace_one(ctx, action, resource, id, &[]).await
}
