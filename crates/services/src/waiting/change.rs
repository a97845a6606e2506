//! Declining an offer, and leaving the list.

use crate::audit::Attempt;
use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use ward_domain::calendar::{CalendarCommand, WaitingEntry};
use ward_domain::id::{Id, WaitingEntryId};
use ward_domain::policy::{Action, Resource};

/// Lets an offer go by: the slot goes to the next, the entry waits on.
pub async fn decline(house: &House, ctx: &Ctx, id: Id) -> Result<Versioned<WaitingEntry>, Fail> {
    tell(house, ctx, id, Action::Update, CalendarCommand::DeclineOffer).await
}

/// Leaves the list: a slot that is offered goes to the next. The entry stays readable.
pub async fn withdraw(house: &House, ctx: &Ctx, id: Id) -> Result<Versioned<WaitingEntry>, Fail> {
    tell(house, ctx, id, Action::Delete, CalendarCommand::Withdraw).await
}

async fn tell(
    house: &House,
    ctx: &Ctx,
    id: Id,
    action: Action,
    command: fn(WaitingEntryId) -> CalendarCommand,
) -> Result<Versioned<WaitingEntry>, Fail> {
    let entry = house.waiting_entry(ctx, id, action).await?.document;
    let attempt =
        Attempt { action, resource: Resource::WaitingEntry, id: Some(id), patients: vec![entry.patient] };
    let command = command(entry.id);
    let told = house.actors.calendars.ask(&ctx.scope, entry.doctor.id(), ctx.deadline, command).await;
    house.refusable(ctx, &attempt, told).await?;
    house.trace_one(ctx, action, attempt.resource, id, &attempt.patients).await?;
    let stands = house.find::<WaitingEntry>(&ctx.scope, id).await?;
    stands.ok_or_else(|| Fail::Fault("a waiting entry is gone".to_owned()))
}
