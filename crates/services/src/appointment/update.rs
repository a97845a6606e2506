//! Writing an appointment as a whole: its words, its slot, where it stands.

use super::change::check_all_words;
use super::{Verb, change, perform};
use crate::audit::Attempt;
use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use ward_domain::calendar::{Appointment, AppointmentStatus, Edit};
use ward_domain::hospital::check_version;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::Refusal;

/// Updates an appointment: `status` is where it is to stand, `edit` what else is to change. A client that reads,
/// changes one thing and writes everything back changes that one thing. To move an appointment and to change where it
/// stands are two requests, for only one of them could be refused.
pub async fn update(
    house: &House,
    ctx: &Ctx,
    id: Id,
    edit: Edit,
    status: Option<AppointmentStatus>,
    if_version: Option<u64>,
) -> Result<Versioned<Appointment>, Fail> {
    let found = house.appointment(ctx, id, Action::Update).await?;
    let old = found.document;
    let moves = edit.slot.is_some_and(|slot| slot != old.slot);
    // A move makes it scheduled by itself.
    let moved_to = |status| moves && status == AppointmentStatus::Scheduled;
    let Some(status) = status.filter(|status| *status != old.status && !moved_to(*status)) else {
        return change(house, ctx, id, edit, if_version).await;
    };
    // Everything that could be refused comes before the verb, so that nothing is half done.
    let checked = (|| {
        if moves {
            let message = "Move the appointment or change its status: one at a time.";
            return Err(Refusal::impossible("move_and_status", message));
        }
        let verb = verb(status)?;
        check_version(if_version, found.version)?;
        check_all_words(&edit)?;
        Ok(verb)
    })();
    let attempt = Attempt {
        action: Action::Update,
        resource: Resource::Appointment,
        id: Some(id),
        patients: vec![old.patient],
    };
    let verb = house.refusable(ctx, &attempt, checked).await?;
    let performed = perform(house, ctx, id, verb).await?;
    if edit == (Edit { slot: edit.slot, ..Edit::default() }) {
        return Ok(performed);
    }
    change(house, ctx, id, Edit { slot: None, ..edit }, Some(performed.version)).await
}

/// What brings an appointment to where it is to stand.
fn verb(status: AppointmentStatus) -> Result<Verb, Refusal> {
    match status {
        AppointmentStatus::Confirmed => Ok(Verb::Confirm),
        AppointmentStatus::Cancelled => Ok(Verb::Cancel { reason: String::new() }),
        AppointmentStatus::Completed => Ok(Verb::Complete),
        AppointmentStatus::NoShow => Ok(Verb::NoShow),
        AppointmentStatus::Scheduled => Err(Refusal::impossible(
            "status_transition",
            "An appointment is scheduled again only by moving it.",
        )),
    }
}
