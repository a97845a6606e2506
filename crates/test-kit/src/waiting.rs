//! Holds and the waiting list, by the real actors and read past them.

use crate::Kit;
use ward_actors::Failure;
use ward_domain::calendar::{
    Answer, CalendarCommand, HOLD_MINUTES, NewHold, Slot, WaitingEntry, WaitingStatus,
};
use ward_domain::id::{UserId, WaitingEntryId};
use ward_domain::record::Document as _;
use ward_domain::tenancy::TenantScope;
use ward_domain::time::DAY;

impl Kit {
    /// Holds a slot.
    pub async fn hold(&self, scope: &TenantScope, slot: &Slot, patient: UserId) -> Result<Slot, Failure> {
        let new = NewHold { id: self.env.ids.next()?, slot: slot.id, patient, minutes: HOLD_MINUTES };
        let command = CalendarCommand::Hold { new, claims: Vec::new() };
        match self.calendar(scope, slot.doctor, command).await? {
            Answer::Slot(slot) => Ok(*slot),
            other => panic!("a hold answers a slot, not {other:?}"),
        }
    }

    /// Puts a patient on a doctor's waiting list, for the next thirty days.
    pub async fn wait_for(&self, scope: &TenantScope, doctor: UserId, patient: UserId) -> WaitingEntry {
        let now = self.env.now();
        let entry = WaitingEntry {
            id: self.id().into(),
            doctor,
            patient,
            from: now,
            until: now.plus(30 * DAY),
            first_day: String::new(),
            last_day: String::new(),
            appointment_type: "consultation".into(),
            notes: String::new(),
            status: WaitingStatus::Waiting,
            offer: None,
            passed: Vec::new(),
            appointment: None,
            requested_by: patient,
            created_at: now,
            updated_at: now,
        };
        let command = CalendarCommand::Wait { entry: Box::new(entry.clone()), claims: Vec::new() };
        self.calendar(scope, doctor, command).await.unwrap();
        entry
    }

    /// A waiting entry as the store has it.
    pub async fn waiting(&self, scope: &TenantScope, id: WaitingEntryId) -> WaitingEntry {
        let stored = self.env.store.get(scope, WaitingEntry::KIND, id.id()).await.unwrap().unwrap();
        stored.document().unwrap()
    }
}
