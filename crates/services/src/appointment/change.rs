//! Changing an appointment's words, or moving it to another slot.

use super::book::check_words;
use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use ward_actors::Failure;
use ward_domain::calendar::{Appointment, CalendarCommand, Edit, Slot};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::Refusal;

/// Edits an appointment. A new slot must be the same doctor's; a clash names free ones.
pub async fn change(
    house: &House,
    ctx: &Ctx,
    id: Id,
    edit: Edit,
    if_version: Option<u64>,
) -> Result<Versioned<Appointment>, Fail> {
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    check_words(&text(&edit.appointment_type), &text(&edit.reason), &text(&edit.notes))?;
    let found = house.appointment(ctx, id, Action::Update).await?.document;
    let slot = match edit.slot {
        Some(slot) => {
            let slot = house.find::<Slot>(&ctx.scope, slot.id()).await?.map(|found| found.document);
            Some(
                slot.filter(|slot| slot.doctor == found.doctor)
                    .ok_or_else(|| Refusal::field("slot", "This doctor has no such slot."))?,
            )
        }
        None => None,
    };
    let command = CalendarCommand::Change { appointment: found.id, edit, if_version };
    let answer = match house.actors.calendars.ask(&ctx.scope, found.doctor.id(), ctx.deadline, command).await
    {
        Ok(answer) => answer,
        Err(Failure::Refused(refusal)) => {
            return Err(match &slot {
                Some(slot) => house.with_alternatives(ctx, slot, refusal).await?.into(),
                None => refusal.into(),
            });
        }
        Err(other) => return Err(other.into()),
    };
    house.trace_one(ctx, Action::Update, Resource::Appointment, id, &[found.patient]).await?;
    house.answered(ctx, answer).await
}
