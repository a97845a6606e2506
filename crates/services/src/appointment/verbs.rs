//! What happens to an appointment: confirmed, cancelled, completed, missed.

use crate::audit::Attempt;
use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use ward_domain::calendar::{Answer, Appointment, CalendarCommand};
use ward_domain::contact::paragraph;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::Refusal;

/// What is to happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verb {
    /// It will take place.
    Confirm,
    /// It will not.
    Cancel {
        /// Why; may be empty.
        reason: String,
    },
    /// It took place.
    Complete,
    /// The patient did not come.
    NoShow,
}

impl Verb {
    const fn action(&self) -> Action {
        match self {
            Self::Confirm => Action::Confirm,
            Self::Cancel { .. } => Action::Cancel,
            Self::Complete | Self::NoShow => Action::Complete,
        }
    }
}

/// Carries a verb out.
pub async fn perform(house: &House, ctx: &Ctx, id: Id, verb: Verb) -> Result<Versioned<Appointment>, Fail> {
    let action = verb.action();
    let found = house.appointment(ctx, id, action).await?.document;
    let attempt =
        Attempt { action, resource: Resource::Appointment, id: Some(id), patients: vec![found.patient] };
    let answer = house.refusable(ctx, &attempt, tell(house, ctx, &found, verb).await).await?;
    house.trace_one(ctx, action, attempt.resource, id, &attempt.patients).await?;
    house.answered(ctx, answer).await
}

async fn tell(house: &House, ctx: &Ctx, found: &Appointment, verb: Verb) -> Result<Answer, Fail> {
    let command = match verb {
        Verb::Confirm => CalendarCommand::Confirm(found.id),
        Verb::Complete => CalendarCommand::Complete(found.id),
        Verb::NoShow => CalendarCommand::NoShow(found.id),
        Verb::Cancel { reason } => {
            let reason = paragraph(&reason, 2_000)
                .ok_or_else(|| Refusal::field("reason", "Must be text of at most 2000 characters."))?;
            CalendarCommand::Cancel { appointment: found.id, by: ctx.user, reason }
        }
    };
    Ok(house.actors.calendars.ask(&ctx.scope, found.doctor.id(), ctx.deadline, command).await?)
}
