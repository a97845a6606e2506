//! The calendar's actor: one per doctor, keyed by the doctor's id.
//!
//! It keeps nothing but its version between messages: a calendar may hold years of appointments, so each command loads
//! the slots and appointments that it needs ([`CalendarCommand::needs`]). What it is for is the order: one command
//! after the other, each on what the one before it left.

use crate::shell::aggregate::{Aggregate, carry_out, load};
use crate::shell::{ActorKind, Failure, Resident, Turn};
use ward_domain::calendar::{Answer, Appointment, CalendarCommand, CalendarView, Slot};
use ward_domain::decision::Decision;
use ward_domain::id::SlotId;
use ward_domain::record::{AggregateKind, ClaimKey, Document as _, Key, List};
use ward_domain::refusal::Refusal;
use ward_domain::time::Time;
use ward_store::query::MAX_PAGE;
use ward_store::{AggregateRef, Bounds, ListQuery, Version};

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
        let mut calendar =
            Self { version: 0, view: CalendarView { doctor: turn.id.into(), ..CalendarView::default() } };
        calendar.reload(turn).await?;
        Ok(calendar)
    }

    async fn handle(&mut self, turn: &Turn, command: CalendarCommand) -> Result<Answer, Failure> {
        let result = carry_out(self, turn, &command).await;
        // What one command needed is of no use to the next, and an idle calendar is to be small.
        self.view.slots.clear();
        self.view.appointments.clear();
        result
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
        self.view.slots.clear();
        self.view.appointments.clear();
        let needs = command.needs();
        for id in needs.appointments {
            let Some((appointment, version)) = load::<Appointment>(turn, id.id()).await? else { continue };
            if appointment.doctor == self.view.doctor {
                self.take_slot(turn, appointment.slot).await?;
                self.view.appointments.insert(id, (appointment, version));
            }
        }
        for id in needs.slots {
            self.take_slot(turn, id).await?;
        }
        if let Some((from, until)) = needs.slots_between {
            self.take_slots_between(turn, from, until).await?;
        }
        Ok(())
    }

    fn decide(&self, now: Time, command: &CalendarCommand) -> Result<(Decision, Answer, ()), Refusal> {
        self.view.decide(now, command).map(|(decision, answer)| (decision, answer, ()))
    }

    fn apply(&mut self, version: Version, (): ()) {
        self.version = version;
    }

    fn claim_refusal(&self, _key: &ClaimKey, _command: &CalendarCommand) -> Refusal {
        Refusal::conflict("patient_busy", "The patient has another appointment at that time.")
    }
}

impl Calendar {
    async fn take_slot(&mut self, turn: &Turn, id: SlotId) -> Result<(), Failure> {
        if let Some((slot, _)) = load::<Slot>(turn, id.id()).await?
            && slot.doctor == self.view.doctor
        {
            self.view.slots.insert(id, slot);
        }
        Ok(())
    }

    async fn take_slots_between(&mut self, turn: &Turn, from: Time, until: Time) -> Result<(), Failure> {
        let bounds = Bounds { from: from.sort_key(), until: until.sort_key() };
        let query = ListQuery { bounds, ..ListQuery::all(List::SlotsByDoctor, Key::of(turn.id.get())) };
        let page = turn.env.store.list(&turn.scope, &query).await?;
        if page.total > MAX_PAGE as u64 {
            return Err(Refusal::conflict(
                "slot_overlaps",
                "The doctor has too many slots at that time already.",
            )
            .into());
        }
        let ids: Vec<_> = page.rows.iter().map(|row| row.id).collect();
        for stored in turn.env.store.get_many(&turn.scope, Slot::KIND, &ids).await? {
            let slot: Slot = stored.document()?;
            self.view.slots.insert(slot.id, slot);
        }
        Ok(())
    }
}
