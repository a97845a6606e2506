//! The waiting list: who waits for a doctor's time hears of a slot that has become free, one after the other.
//!
//! An entry belongs to the doctor's calendar, as slots do: so a slot and the offer of it are one commit, and no slot is
//! offered twice. An offer is a hold on the slot ([`super::HeldBy::Offer`]). Who joined first is offered first.

use super::hold::{HeldBy, Hold};
use super::{Answer, CalendarView, Slot};
use crate::courier::{MessageRequest, Occasion};
use crate::decision::{Change, Decision, Happening};
use crate::id::{AppointmentId, Id, SlotId, UserId, WaitingEntryId};
use crate::record::{ClaimOp, Document, IndexRow, Key, List, RecordKind};
use crate::refusal::{FieldErrors, Refusal};
use crate::time::{DAY, HOUR, MINUTE, Time};
use serde::{Deserialize, Serialize};

/// Those who wait for one doctor, at most.
pub const MAX_WAITING: usize = 500;
/// Entries of one patient with one doctor that are not over, at most.
pub const MAX_WAITING_OF_PATIENT: usize = 3;
/// How far ahead one may wait, in days.
pub const MAX_WAITING_DAYS: i64 = 400;
/// After so many offers that came to nothing a wait is over.
pub const MAX_PASSED: usize = 10;
/// An offer ends so long before its slot begins: whoever gets it must still come.
const OFFER_ENDS_BEFORE: i64 = HOUR;
/// An offer is made only if there is so much time to answer it.
const OFFER_AT_LEAST: i64 = 5 * MINUTE;
/// The length of an offer unless it is set, in minutes.
pub const OFFER_MINUTES: i64 = 30;

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitingStatus {
    /// It waits for a slot.
    Waiting,
    /// A slot is offered.
    Offered,
    /// An offer was accepted.
    Booked,
    /// Whoever waited does not any more.
    Withdrawn,
    /// Its time is over, or too many offers came to nothing.
    Ended,
}

impl WaitingStatus {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Offered, Self::Booked, Self::Withdrawn, Self::Ended];

    /// Its word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Offered => "offered",
            Self::Booked => "booked",
            Self::Withdrawn => "withdrawn",
            Self::Ended => "ended",
        }
    }

    /// True while it may still come to something.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Offered)
    }
}

/// A slot that is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Which.
    pub slot: SlotId,
    /// When it begins.
    pub start: Time,
    /// When it ends.
    pub end: Time,
    /// The first moment at which the offer is over.
    pub until: Time,
}

/// A place on a doctor's waiting list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingEntry {
    /// Its id.
    pub id: WaitingEntryId,
    /// Whose time is waited for.
    pub doctor: UserId,
    /// Who waits.
    pub patient: UserId,
    /// Slots that begin from here on.
    pub from: Time,
    /// Slots that begin until here.
    pub until: Time,
    /// The first day, as asked: `2025-01-20`.
    pub first_day: String,
    /// The last day, as asked.
    pub last_day: String,
    /// As sent.
    pub appointment_type: String,
    /// As sent.
    pub notes: String,
    /// Where it stands.
    pub status: WaitingStatus,
    /// What is offered, or what was accepted.
    pub offer: Option<Offer>,
    /// Slots that were offered and not accepted.
    pub passed: Vec<SlotId>,
    /// What was booked.
    pub appointment: Option<AppointmentId>,
    /// Who asked for it.
    pub requested_by: UserId,
    /// Since when.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

impl Document for WaitingEntry {
    const KIND: RecordKind = RecordKind::WaitingEntry;
    fn record_id(&self) -> Id {
        self.id.id()
    }
    fn index(&self) -> Vec<IndexRow> {
        let sort = self.created_at.sort_key();
        let doctor = Key::of(self.doctor.get());
        let mut rows = vec![
            IndexRow { list: List::WaitingList, eq: Key::all(), sort },
            IndexRow { list: List::WaitingListByDoctor, eq: doctor.clone(), sort },
            IndexRow { list: List::WaitingListByPatient, eq: Key::of(self.patient.get()), sort },
        ];
        if self.status == WaitingStatus::Waiting {
            rows.push(IndexRow { list: List::WaitingForOffer, eq: doctor, sort });
            rows.push(IndexRow { list: List::WaitingListDue, eq: Key::all(), sort: self.until.sort_key() });
        }
        rows
    }
}

impl WaitingEntry {
    /// The offer that can be accepted now.
    pub fn live_offer(&self, now: Time) -> Option<&Offer> {
        self.offer.as_ref().filter(|offer| self.status == WaitingStatus::Offered && offer.until > now)
    }

    fn became(&self, now: Time, status: WaitingStatus) -> Self {
        Self { status, updated_at: now, ..self.clone() }
    }

    /// The entry when its offer came to nothing.
    fn passed_by(&self, now: Time, slot: SlotId) -> Self {
        let mut new = self.became(now, WaitingStatus::Waiting);
        new.offer = None;
        new.passed.push(slot);
        if new.passed.len() >= MAX_PASSED || new.until <= now {
            new.status = WaitingStatus::Ended;
        }
        new
    }
}

/// Those who wait for an offer, the first in front. Who is offered something in a decision leaves it.
pub(super) struct Queue<'a>(Vec<&'a WaitingEntry>);

impl Queue<'_> {
    /// Without those of one patient: who lets a slot go is not offered it.
    pub(super) fn without(mut self, patient: UserId) -> Self {
        self.0.retain(|entry| entry.patient != patient);
        self
    }

    /// Offers a free slot to the first who waits for one like it: the slot, held for them. `None` where nobody does, or
    /// too little time is left to answer.
    pub(super) fn offer(
        &mut self,
        now: Time,
        minutes: i64,
        slot: &Slot,
        decision: &mut Decision,
    ) -> Option<Slot> {
        let until = now.plus(minutes * MINUTE).min(slot.start.plus(-OFFER_ENDS_BEFORE));
        if !slot.is_free(now, None) || until.millis() - now.millis() < OFFER_AT_LEAST.min(minutes * MINUTE) {
            return None;
        }
        let position = self.0.iter().position(|entry| {
            entry.from <= slot.start && slot.start <= entry.until && !entry.passed.contains(&slot.id)
        })?;
        let entry = self.0.remove(position);
        let offer = Offer { slot: slot.id, start: slot.start, end: slot.end, until };
        let offered = WaitingEntry { offer: Some(offer), ..entry.became(now, WaitingStatus::Offered) };
        decision.changes.push(Change::update(entry, &offered));
        let occasion = Occasion::SlotOffered { entry: entry.id, slot: slot.id };
        decision.happenings.push(Happening::MessageRequested {
            message: MessageRequest { recipient: Some(entry.patient), occasion },
        });
        let by = HeldBy::Offer { entry: entry.id };
        let hold = Hold { id: entry.id.id(), patient: entry.patient, until, times: 1, ended: false, by };
        Some(Slot { hold: Some(hold), ..slot.clone() })
    }
}

type Decided = Result<(Decision, Answer), Refusal>;

impl CalendarView {
    pub(super) fn queue(&self) -> Queue<'_> {
        Queue(self.waiting.iter().collect())
    }

    fn entry(&self, id: WaitingEntryId) -> Result<&WaitingEntry, Refusal> {
        self.entries.get(&id).ok_or_else(|| Refusal::not_found("Waiting list entry"))
    }

    /// Puts someone on the list.
    pub(super) fn wait(&self, now: Time, new: &WaitingEntry, claims: &[ClaimOp]) -> Decided {
        let mut errors = FieldErrors::default();
        errors.check(new.until > now, "until", "Must not be past.");
        errors.check(new.until >= new.from, "until", "Must not be before from.");
        let last = now.plus(MAX_WAITING_DAYS * DAY);
        errors.check(new.until <= last, "until", "Must be within the next 400 days.");
        errors.finish()?;
        if self.waiting.len() >= MAX_WAITING {
            return Err(Refusal::conflict("waiting_list_full", "This doctor's waiting list is full."));
        }
        let mine = self.waiting.iter().filter(|entry| entry.patient == new.patient).count();
        if mine >= MAX_WAITING_OF_PATIENT {
            return Err(Refusal::conflict(
                "waiting_already",
                format!("This patient waits {MAX_WAITING_OF_PATIENT} times for this doctor already."),
            ));
        }
        let changes = vec![Change::create(new)];
        let decision = Decision { changes, claims: claims.to_vec(), happenings: Vec::new() };
        Ok((decision, Answer::Waiting(Box::new(new.clone()))))
    }

    /// Lets an offer go by; the next is offered the slot.
    pub(super) fn decline(&self, now: Time, id: WaitingEntryId) -> Decided {
        let entry = self.entry(id)?;
        let offer = entry.live_offer(now).ok_or_else(no_offer)?;
        let passed = entry.passed_by(now, offer.slot);
        Ok(self.given_back(now, entry, passed))
    }

    /// Takes someone off the list; a slot that they were offered goes to the next.
    pub(super) fn withdraw(&self, now: Time, id: WaitingEntryId) -> Decided {
        let entry = self.entry(id)?;
        if !entry.status.is_open() {
            return Ok((Decision::default(), Answer::Waiting(Box::new(entry.clone()))));
        }
        let withdrawn = WaitingEntry { offer: None, ..entry.became(now, WaitingStatus::Withdrawn) };
        Ok(self.given_back(now, entry, withdrawn))
    }

    /// Notices that a wait is over.
    pub(super) fn end_waiting(&self, now: Time, id: WaitingEntryId) -> Decided {
        let entry = self.entry(id)?;
        let mut decision = Decision::default();
        let mut new = entry.clone();
        if entry.status == WaitingStatus::Waiting && entry.until <= now {
            new = entry.became(now, WaitingStatus::Ended);
            decision.changes.push(Change::update(entry, &new));
        }
        Ok((decision, Answer::Waiting(Box::new(new))))
    }

    /// An entry changes, and the slot that it was offered, if it still is, becomes free.
    fn given_back(&self, now: Time, entry: &WaitingEntry, new: WaitingEntry) -> (Decision, Answer) {
        let mut decision = Decision { changes: vec![Change::update(entry, &new)], ..Decision::default() };
        let by = HeldBy::Offer { entry: entry.id };
        let slot = entry.offer.and_then(|offer| self.slots.get(&offer.slot));
        if let Some(slot) = slot.filter(|slot| slot.hold.is_some_and(|hold| hold.by == by && !hold.ended)) {
            let free = Slot { hold: None, ..slot.clone() };
            self.freed(now, slot, free, &mut self.queue().without(entry.patient), &mut decision);
        }
        (decision, Answer::Waiting(Box::new(new)))
    }

    /// The entry whose offer of a slot is over and was not noticed yet, as it waits on.
    pub(super) fn offer_lapsed(&self, now: Time, slot: &Slot) -> Option<Change> {
        let hold = slot.hold.filter(|hold| !hold.ended && !hold.is_live(now))?;
        let HeldBy::Offer { entry } = hold.by else { return None };
        let entry = self.entries.get(&entry).filter(|entry| entry.status == WaitingStatus::Offered)?;
        Some(Change::update(entry, &entry.passed_by(now, slot.id)))
    }

    /// The entry whose offer was accepted.
    pub(super) fn offer_accepted(
        &self,
        now: Time,
        entry: WaitingEntryId,
        appointment: AppointmentId,
    ) -> Option<Change> {
        let entry = self.entries.get(&entry)?;
        let booked =
            WaitingEntry { appointment: Some(appointment), ..entry.became(now, WaitingStatus::Booked) };
        Some(Change::update(entry, &booked))
    }
}

/// There is nothing to accept or decline.
pub fn no_offer() -> Refusal {
    Refusal::conflict("no_offer", "No slot is offered, or the offer is over.")
}
