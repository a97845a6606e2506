//! Holding a slot for a while, and giving it back.

use crate::audit::Attempt;
use crate::house::Versioned;
use crate::request::Known;
use crate::{Ctx, Fail, House};
use ward_actors::Failure;
use ward_domain::calendar::{Answer, CalendarCommand, MAX_HOLD_MINUTES, NewHold, Slot};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource, Role};
use ward_domain::refusal::Refusal;

/// How a slot is to be held.
#[derive(Debug, Clone, Copy)]
pub struct Holding {
    /// For whom; a patient holds for themself.
    pub patient: Id,
    /// For how long.
    pub minutes: i64,
}

/// Holds a slot, or renews one's own hold once. A clash names free slots.
pub async fn hold(house: &House, ctx: &Ctx, id: Id, holding: Holding) -> Result<Versioned<Slot>, Fail> {
    if !(1..=MAX_HOLD_MINUTES).contains(&holding.minutes) {
        let words = format!("Must be from 1 to {MAX_HOLD_MINUTES}.");
        return Err(Refusal::field("minutes", words).into());
    }
    let slot = slot(house, ctx, id).await?;
    let own = holding.patient == ctx.user.id() || slot.doctor == ctx.user;
    // Who may book may hold.
    house.permit(ctx, Resource::Appointment, Action::Create, own).await?;
    let patient = house.named(ctx, Role::Patient, holding.patient).await?;
    if !patient.active {
        return Err(Refusal::field("patient", "This patient's account is not active.").into());
    }
    let attempt = Attempt {
        action: Action::Update,
        resource: Resource::Slot,
        id: Some(id),
        patients: vec![patient.id],
    };
    let document = house.refusable(ctx, &attempt, make(house, ctx, &slot, holding).await).await?;
    house.trace_one(ctx, attempt.action, attempt.resource, id, &attempt.patients).await?;
    Ok(Versioned { document, version: standing(house, ctx, id).await?.version })
}

async fn make(house: &House, ctx: &Ctx, slot: &Slot, holding: Holding) -> Result<Slot, Fail> {
    house.active_doctor(ctx, slot.doctor.id()).await?;
    let id = house.new_id()?;
    let claims = match house.known(ctx, &[id]).await? {
        Known::New(claims) => claims,
        Known::Done(made) => {
            let stands = slot.live_hold(ctx.now).is_some_and(|hold| made.contains(&hold.id));
            let ended = || Refusal::conflict("hold_ended", "This hold was made, and is over or was renewed.");
            return if stands { Ok(slot.clone()) } else { Err(ended().into()) };
        }
    };
    let new = NewHold { id, slot: slot.id, patient: holding.patient.into(), minutes: holding.minutes };
    let command = CalendarCommand::Hold { new, claims };
    match house.actors.calendars.ask(&ctx.scope, slot.doctor.id(), ctx.deadline, command).await {
        Ok(Answer::Slot(held)) => Ok(*held),
        Ok(_) => Err(Fail::Fault("a calendar answered something else".to_owned())),
        Err(Failure::Refused(refusal)) if refusal.reason.starts_with("slot_") => {
            Err(house.with_alternatives(ctx, slot, refusal).await?.into())
        }
        Err(other) => Err(House::in_flight(other)),
    }
}

/// Gives a held slot back before its time.
pub async fn release(house: &House, ctx: &Ctx, id: Id) -> Result<(), Fail> {
    let slot = slot(house, ctx, id).await?;
    let missing = || Fail::from(Refusal::not_found("Hold"));
    let hold = slot.live_hold(ctx.now).ok_or_else(missing)?;
    let own = hold.patient == ctx.user || slot.doctor == ctx.user;
    if ctx.role == Role::Patient && !own {
        // A patient is not told of another's.
        house.trace_refusal(ctx, Resource::Slot, Action::Update).await?;
        return Err(missing());
    }
    house.permit(ctx, Resource::Appointment, Action::Cancel, own).await?;
    let attempt = Attempt {
        action: Action::Update,
        resource: Resource::Slot,
        id: Some(id),
        patients: vec![hold.patient],
    };
    let command = CalendarCommand::Release(slot.id);
    let released = house.actors.calendars.ask(&ctx.scope, slot.doctor.id(), ctx.deadline, command).await;
    house.refusable(ctx, &attempt, released).await?;
    house.trace_one(ctx, attempt.action, attempt.resource, id, &attempt.patients).await
}

async fn slot(house: &House, ctx: &Ctx, id: Id) -> Result<Slot, Fail> {
    standing(house, ctx, id).await.map(|found| found.document)
}

async fn standing(house: &House, ctx: &Ctx, id: Id) -> Result<Versioned<Slot>, Fail> {
    house.find::<Slot>(&ctx.scope, id).await?.ok_or_else(|| Refusal::not_found("Slot").into())
}
