//! Revoking a link.

use crate::audit::Attempt;
use crate::{Ctx, Fail, House};
use ward_domain::account::{AccountCommand, CalendarLink};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource, Role};
use ward_domain::refusal::Refusal;

/// Revokes a link: from the next request on it shows nothing.
pub async fn revoke(house: &House, ctx: &Ctx, id: Id) -> Result<(), Fail> {
    let missing = || Fail::from(Refusal::not_found("Calendar link"));
    let link = house.find::<CalendarLink>(&ctx.scope, id).await?.ok_or_else(missing)?.document;
    let own = link.user == ctx.user;
    let (action, resource) = (Action::Delete, Resource::CalendarLink);
    if !own && matches!(ctx.role, Role::Doctor | Role::Patient) {
        house.trace_refusal(ctx, resource, action).await?;
        return Err(missing());
    }
    house.permit(ctx, resource, action, own).await?;
    let command = AccountCommand::RevokeCalendarLink(link.id);
    let told = house.actors.accounts.ask(&ctx.scope, link.user.id(), ctx.deadline, command).await;
    let attempt = Attempt { action, resource, id: Some(id), patients: Vec::new() };
    house.refusable(ctx, &attempt, told).await?;
    house.trace_one(ctx, action, resource, id, &[]).await
}
