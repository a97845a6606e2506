//! What a calendar takes in hand for one command.

use super::Calendar;
use crate::shell::aggregate::load;
use crate::shell::{Failure, Turn};
use std::collections::BTreeSet;
use ward_domain::calendar::{Appointment, HeldBy, MAX_HOLDS, MAX_WAITING, Needs, Slot, WaitingEntry};
use ward_domain::id::{Id, SlotId, UserId, WaitingEntryId};
use ward_domain::record::{ClaimKey, Document as _, Key, List};
use ward_domain::refusal::Refusal;
use ward_domain::time::Time;
use ward_store::query::MAX_PAGE;
use ward_store::{Bounds, ListQuery};

impl Calendar {
    /// Loads what a command needs, and nothing else.
    pub(super) async fn take_in_hand(&mut self, turn: &Turn, needs: Needs) -> Result<(), Failure> {
        self.view.clear();
        for id in needs.appointments {
            let Some((appointment, version)) = load::<Appointment>(turn, id.id()).await? else { continue };
            if appointment.doctor == self.view.doctor {
                self.take_slots(turn, [appointment.slot]).await?;
                self.view.appointments.insert(id, (appointment, version));
            }
        }
        self.take_slots(turn, needs.slots).await?;
        for id in needs.entries {
            self.take_entry(turn, id).await?;
            if let Some(offer) = self.view.entries.get(&id).and_then(|entry| entry.offer) {
                self.take_slots(turn, [offer.slot]).await?;
            }
        }
        if let Some((from, until)) = needs.slots_between {
            self.take_slots_between(turn, from, until).await?;
        }
        if needs.waiting {
            self.take_waiting(turn).await?;
        }
        if let Some(patient) = needs.holds_of {
            self.take_seats(turn, patient).await?;
        }
        Ok(())
    }

    async fn take_slots(
        &mut self,
        turn: &Turn,
        ids: impl IntoIterator<Item = SlotId>,
    ) -> Result<(), Failure> {
        let ids: BTreeSet<Id> = ids.into_iter().map(SlotId::id).collect();
        let ids: Vec<Id> = ids.into_iter().collect();
        for stored in turn.env.store.get_many(&turn.scope, Slot::KIND, &ids).await? {
            let slot: Slot = stored.document()?;
            if slot.doctor != self.view.doctor {
                continue;
            }
            if let Some(HeldBy::Offer { entry }) = slot.hold.map(|hold| hold.by) {
                self.take_entry(turn, entry).await?;
            }
            self.view.slots.insert(slot.id, slot);
        }
        Ok(())
    }

    async fn take_entry(&mut self, turn: &Turn, id: WaitingEntryId) -> Result<(), Failure> {
        if let Some((entry, _)) = load::<WaitingEntry>(turn, id.id()).await?
            && entry.doctor == self.view.doctor
        {
            self.view.entries.insert(id, entry);
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

    /// Everyone who waits for an offer, who joined first in front.
    async fn take_waiting(&mut self, turn: &Turn) -> Result<(), Failure> {
        let query =
            ListQuery { limit: MAX_WAITING, ..ListQuery::all(List::WaitingForOffer, Key::of(turn.id.get())) };
        let ids: Vec<_> =
            turn.env.store.list(&turn.scope, &query).await?.rows.iter().map(|row| row.id).collect();
        if ids.is_empty() {
            return Ok(());
        }
        for stored in turn.env.store.get_many(&turn.scope, WaitingEntry::KIND, &ids).await? {
            self.view.waiting.push(stored.document()?);
        }
        Ok(())
    }

    async fn take_seats(&mut self, turn: &Turn, patient: UserId) -> Result<(), Failure> {
        let now = turn.now();
        for seat in 0..MAX_HOLDS {
            let key = ClaimKey::patient_hold(patient, seat);
            if turn.env.store.claim(&turn.scope, &key, now).await?.is_none() {
                self.view.seats.push(seat);
            }
        }
        Ok(())
    }
}
