//! Changing an appointment's words, or moving it to another slot.

use super::book::check_words;
use crate::audit::Attempt;
use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use ward_actors::Failure;
use ward_domain::calendar::{Answer, Appointment, CalendarCommand, Edit, Slot};
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
    check_all_words(&edit)?;
    let found = house.appointment(ctx, id, Action::Update).await?.document;
    let attempt = Attempt {
        action: Action::Update,
        resource: Resource::Appointment,
        id: Some(id),
        patients: vec![found.patient],
    };
    let answer = house.refusable(ctx, &attempt, make(house, ctx, &found, edit, if_version).await).await?;
    house.trace_one(ctx, attempt.action, attempt.resource, id, &attempt.patients).await?;
    house.answered(ctx, answer).await
}

/// Notes what is wrong with the words of an edit.
pub(super) fn check_all_words(edit: &Edit) -> Result<(), Refusal> {
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    check_words(&text(&edit.appointment_type), &text(&edit.reason), &text(&edit.notes))
}

async fn make(
    house: &House,
    ctx: &Ctx,
    found: &Appointment,
    edit: Edit,
    if_version: Option<u64>,
) -> Result<Answer, Fail> {
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
    match house.actors.calendars.ask(&ctx.scope, found.doctor.id(), ctx.deadline, command).await {
        Ok(answer) => Ok(answer),
        Err(Failure::Refused(refusal)) => match &slot {
            Some(slot) => Err(house.with_alternatives(ctx, slot, refusal).await?.into()),
            None => Err(refusal.into()),
        },
        Err(other) => Err(other.into()),
    }
}
