//! Slots and appointments, made by the real actors and read past them.

use crate::{DEADLINE, Kit};
use ward_actors::Failure;
use ward_domain::calendar::{Answer, Appointment, CalendarCommand, Edit, NewAppointment, Slot};
use ward_domain::id::{AppointmentId, SlotId, UserId};
use ward_domain::record::{ClaimOp, Document, Key, List};
use ward_domain::tenancy::TenantScope;
use ward_domain::time::{MINUTE, Time};
use ward_store::ListQuery;

impl Kit {
    /// Opens `count` slots of half an hour, one after the other.
    pub async fn open_slots(
        &self,
        scope: &TenantScope,
        doctor: UserId,
        start: Time,
        count: usize,
    ) -> Vec<Slot> {
        let starts = std::iter::successors(Some(start), |start| Some(start.plus(30 * MINUTE))).take(count);
        let slots = starts.map(|start| Slot {
            id: self.id().into(),
            doctor,
            start,
            end: start.plus(30 * MINUTE),
            bookable: true,
            appointment: None,
            hold: None,
            created_at: self.env.now(),
        });
        let command = CalendarCommand::OpenSlots { slots: slots.collect(), claims: Vec::new() };
        match self.calendar(scope, doctor, command).await.unwrap() {
            Answer::Slots(slots) => slots,
            other => panic!("opening slots answers slots, not {other:?}"),
        }
    }

    /// Tells a calendar something.
    pub async fn calendar(
        &self,
        scope: &TenantScope,
        doctor: UserId,
        command: CalendarCommand,
    ) -> Result<Answer, Failure> {
        self.actors.calendars.ask(scope, doctor.id(), DEADLINE, command).await
    }

    /// Books a slot.
    pub async fn book(
        &self,
        scope: &TenantScope,
        slot: &Slot,
        patient: UserId,
    ) -> Result<Appointment, Failure> {
        self.book_claiming(scope, slot, patient, Vec::new()).await
    }

    /// Books a slot, with further claims in the same commit.
    pub async fn book_claiming(
        &self,
        scope: &TenantScope,
        slot: &Slot,
        patient: UserId,
        claims: Vec<ClaimOp>,
    ) -> Result<Appointment, Failure> {
        let new = NewAppointment {
            id: self.env.ids.next()?.into(),
            patient,
            slot: slot.id,
            appointment_type: "consultation".into(),
            reason: String::new(),
            notes: String::new(),
            by: patient,
        };
        let command = CalendarCommand::Book { new, claims };
        self.calendar(scope, slot.doctor, command).await.map(appointment)
    }

    /// Cancels an appointment.
    pub async fn cancel(&self, scope: &TenantScope, of: &Appointment) -> Result<Appointment, Failure> {
        let command = CalendarCommand::Cancel { appointment: of.id, by: of.patient, reason: String::new() };
        self.calendar(scope, of.doctor, command).await.map(appointment)
    }

    /// Moves an appointment to another slot of the same doctor.
    pub async fn reschedule(
        &self,
        scope: &TenantScope,
        of: &Appointment,
        to: &Slot,
    ) -> Result<Appointment, Failure> {
        let edit = Edit { slot: Some(to.id), ..Edit::default() };
        let command = CalendarCommand::Change { appointment: of.id, edit, if_version: None };
        self.calendar(scope, of.doctor, command).await.map(appointment)
    }

    /// An appointment as the store has it.
    pub async fn appointment(&self, scope: &TenantScope, id: AppointmentId) -> Option<Appointment> {
        let stored = self.env.store.get(scope, Appointment::KIND, id.id()).await.unwrap()?;
        Some(stored.document().unwrap())
    }

    /// A slot as the store has it.
    pub async fn slot(&self, scope: &TenantScope, id: SlotId) -> Slot {
        let stored = self.env.store.get(scope, Slot::KIND, id.id()).await.unwrap().unwrap();
        stored.document().unwrap()
    }

    /// Every appointment of a hospital, in the order of booking; at most a page.
    pub async fn appointments(&self, scope: &TenantScope) -> Vec<Appointment> {
        let query = ListQuery::all(List::AppointmentsByCreated, Key::all());
        let rows = self.env.store.list(scope, &query).await.unwrap().rows;
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            all.extend(self.appointment(scope, row.id.into()).await);
        }
        all
    }
}

fn appointment(answer: Answer) -> Appointment {
    match answer {
        Answer::Appointment(appointment) => *appointment,
        other => panic!("this answers an appointment, not {other:?}"),
    }
}
