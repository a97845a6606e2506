//! The calendar's actor: one per doctor, keyed by the doctor's id.
//!
//! It keeps nothing but its version between messages: a calendar may hold years of appointments, so each command loads
//! the slots, appointments and waiting entries that it needs ([`CalendarCommand::needs`]). What it is for is the order: one command
//! after the other, each on what the one before it left. Bookings that wait behind each other go in one commit (`together`).

mod hand;
mod together;

use crate::shell::aggregate::{Aggregate, carry_out};
use crate::shell::{ActorKind, Failure, Resident, Turn};
use ward_domain::calendar::{Answer, CalendarCommand, CalendarView, MAX_HOLDS};
use ward_domain::decision::Decision;
use ward_domain::record::{AggregateKind, ClaimKey};
use ward_domain::refusal::Refusal;
use ward_domain::time::Time;
use ward_store::{AggregateRef, Version};

/// The reason where a patient's hold went to another calendar between the look and the commit.
const SEAT_TAKEN: &str = "hold_seat_taken";

/// A doctor's calendar.
#[derive(Debug, Default)]
pub struct Calendar {
    version: Version,
    view: CalendarView,
}

impl Resident for Calendar {
    const KIND: ActorKind = ActorKind::Calendar;
    type Command = CalendarCommand;
    type Answer = Answer;

    async fn activate(turn: &Turn) -> Result<Self, Failure> {
        let offer_minutes = turn.env.offer_minutes;
        let view = CalendarView { doctor: turn.id.into(), offer_minutes, ..CalendarView::default() };
        let mut calendar = Self { version: 0, view };
        calendar.reload(turn).await?;
        Ok(calendar)
    }

    async fn handle(&mut self, turn: &Turn, command: CalendarCommand) -> Result<Answer, Failure> {
        let mut result = carry_out(self, turn, &command).await;
        // Another calendar took the hold that this one saw free: it looks again, once for each that there can be.
        for _ in 0..MAX_HOLDS {
            match &result {
                Err(Failure::Refused(refusal)) if refusal.reason == SEAT_TAKEN => {
                    result = carry_out(self, turn, &command).await;
                }
                _ => break,
            }
        }
        // What one command needed is of no use to the next, and an idle calendar is to be small.
        self.view.clear();
        result
    }

    fn goes_together(command: &CalendarCommand) -> bool {
        command.may_share_a_commit()
    }

    async fn handle_together(
        &mut self,
        turn: &Turn,
        commands: &[CalendarCommand],
    ) -> Vec<Option<Result<Answer, Failure>>> {
        let results = self.together(turn, commands).await;
        self.view.clear();
        results
    }
}

impl Aggregate for Calendar {
    type Command = CalendarCommand;
    type Answer = Answer;
    type Next = ();

    fn reference(&self, turn: &Turn) -> AggregateRef {
        AggregateRef { kind: AggregateKind::Calendar, id: turn.id }
    }

    fn version(&self) -> Version {
        self.version
    }

    async fn reload(&mut self, turn: &Turn) -> Result<(), Failure> {
        self.version = turn.env.store.version(&turn.scope, self.reference(turn)).await?;
        Ok(())
    }

    async fn prepare(&mut self, turn: &Turn, command: &CalendarCommand) -> Result<(), Failure> {
        self.take_in_hand(turn, command.needs()).await
    }

    fn decide(&self, now: Time, command: &CalendarCommand) -> Result<(Decision, Answer, ()), Refusal> {
        self.view.decide(now, command).map(|(decision, answer)| (decision, answer, ()))
    }

    fn apply(&mut self, version: Version, (): ()) {
        self.version = version;
    }

    fn claim_refusal(&self, key: &ClaimKey, _command: &CalendarCommand) -> Refusal {
        if key.is_patient_hold() {
            return Refusal::conflict(SEAT_TAKEN, "This patient is holding other slots just now: try again.");
        }
        Refusal::conflict("patient_busy", "The patient has another appointment at that time.")
    }
}
