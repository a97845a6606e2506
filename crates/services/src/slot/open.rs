//! Opening slots.

use crate::house::Versioned;
use crate::request::Known;
use crate::{Ctx, Fail, House};
use ward_domain::calendar::{Answer, CalendarCommand, Slot, split};
use ward_domain::id::{Id, UserId};
use ward_domain::policy::{Action, Resource, Role};
use ward_domain::refusal::Refusal;
use ward_domain::time::Time;

/// A window of a doctor's time.
#[derive(Debug, Clone)]
pub struct OpenSlots {
    /// Whose.
    pub doctor: Id,
    /// First moment.
    pub start: Time,
    /// The moment after the last.
    pub end: Time,
    /// How long one slot is; without it the window is one slot.
    pub slot_minutes: Option<i64>,
    /// False where the doctor keeps the time for themself.
    pub bookable: bool,
}

/// Opens the slots of a window, all or none; soonest first.
pub async fn open(house: &House, ctx: &Ctx, window: OpenSlots) -> Result<Vec<Versioned<Slot>>, Fail> {
    house.permit(ctx, Resource::Slot, Action::Create, window.doctor == ctx.user.id()).await?;
    let doctor = house.active_doctor(ctx, window.doctor).await?;
    let times = split(window.start, window.end, window.slot_minutes, ctx.now)?;
    let mut slots = Vec::with_capacity(times.len());
    for (start, end) in times {
        let (id, bookable, created_at) = (house.new_id()?.into(), window.bookable, ctx.now);
        slots.push(Slot { id, doctor, start, end, bookable, appointment: None, hold: None, created_at });
    }
    let ids: Vec<Id> = slots.iter().map(|slot| slot.id.id()).collect();
    let claims = match house.known(ctx, &ids).await? {
        Known::New(claims) => claims,
        Known::Done(made) => return house.find_many(&ctx.scope, &made).await,
    };
    let command = CalendarCommand::OpenSlots { slots, claims };
    let answer = house
        .actors
        .calendars
        .ask(&ctx.scope, doctor.id(), ctx.deadline, command)
        .await
        .map_err(House::in_flight)?;
    let Answer::Slots(opened) = answer else {
        return Err(Fail::Fault("a calendar answered something else".to_owned()));
    };
    house
        .trace_one(ctx, Action::Create, Resource::Slot, ids.first().copied().unwrap_or_default(), &[])
        .await?;
    let ids: Vec<Id> = opened.iter().map(|slot| slot.id.id()).collect();
    house.find_many(&ctx.scope, &ids).await
}

impl House {
    /// A doctor of the caller's hospital who may be booked.
    pub(crate) async fn active_doctor(&self, ctx: &Ctx, id: Id) -> Result<UserId, Fail> {
        let doctor = self.named(ctx, Role::Doctor, id).await?;
        if !doctor.active {
            return Err(Refusal::field("doctor", "This doctor is not active.").into());
        }
        Ok(doctor.id)
    }
}
