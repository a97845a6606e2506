//! The reminders' actor: one per hospital, keyed by the hospital's id.
//!
//! When a reminder is due stands with its appointment, in a platform-wide list; the platform's clockwork reads that
//! list and wakes this actor with what is due. It tells each doctor's calendar, whose commit decides that the reminder
//! is sent. What it keeps is only whom it told a moment ago, so that a slow calendar is not told twice.

use crate::shell::aggregate::load;
use crate::shell::{ActorKind, Failure, Resident, Turn};
use std::collections::HashMap;
use ward_domain::calendar::{Appointment, CalendarCommand};
use ward_domain::id::AppointmentId;
use ward_domain::time::Time;

/// How long a calendar has before it is told again, in milliseconds.
const PATIENCE_MS: i64 = 5_000;

/// What can be told to the reminders.
#[derive(Debug, Clone)]
pub struct RemindersDue(
    /// The appointments whose reminder is due.
    pub Vec<AppointmentId>,
);

/// A hospital's reminders.
#[derive(Debug, Default)]
pub struct Reminders {
    told: HashMap<AppointmentId, Time>,
}

impl Resident for Reminders {
    const KIND: ActorKind = ActorKind::Reminders;
    type Command = RemindersDue;
    type Answer = ();

    async fn activate(_turn: &Turn) -> Result<Self, Failure> {
        Ok(Self::default())
    }

    async fn handle(&mut self, turn: &Turn, RemindersDue(due): RemindersDue) -> Result<(), Failure> {
        let now = turn.now();
        self.told.retain(|_, at| at.plus(PATIENCE_MS) > now);
        let Some(actors) = turn.env.actors() else { return Ok(()) };
        for id in due {
            if self.told.contains_key(&id) {
                continue;
            }
            let Some((appointment, _)) = load::<Appointment>(turn, id.id()).await? else { continue };
            self.told.insert(id, now);
            actors.calendars.tell(turn.scope, appointment.doctor.id(), CalendarCommand::Remind(id));
        }
        Ok(())
    }
}
