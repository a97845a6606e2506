//! Holds: a slot that is one patient's for a few minutes, while they make up their mind or answer an offer.
//!
//! A hold ends by its time, whoever notices and when: one that is over blocks nothing. What notices is the clockwork,
//! and only so that the slot stands among the open ones again and the next on the waiting list hears of it.

use super::waiting::Queue;
use super::{Answer, CalendarView, Slot};
use crate::decision::{Change, Decision};
use crate::id::{AppointmentId, Id, SlotId, UserId, WaitingEntryId};
use crate::record::{ClaimKey, ClaimOp};
use crate::refusal::Refusal;
use crate::time::{MINUTE, Time};
use serde::{Deserialize, Serialize};

/// How long a hold is unless asked otherwise, in minutes.
pub const HOLD_MINUTES: i64 = 10;
/// The longest hold, in minutes.
pub const MAX_HOLD_MINUTES: i64 = 30;
/// The most holds of one patient at a time, with all doctors together.
pub const MAX_HOLDS: u8 = 3;
/// How often in a row a patient may hold one slot: once, and renewed once.
const MAX_TIMES: u32 = 2;
/// How long after its end a hold still counts as the one before.
const IN_A_ROW: i64 = MAX_HOLD_MINUTES * MINUTE;

/// Why a slot is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum HeldBy {
    /// The patient asked for it.
    Patient {
        /// Which of their few holds it is.
        seat: u8,
    },
    /// It was offered to someone on the waiting list.
    Offer {
        /// Whose place it is.
        entry: WaitingEntryId,
    },
}

/// A hold on a slot. One that has ended stays with its slot until the next, so that nobody holds it without end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Its id; of an offer, the waiting entry's.
    pub id: Id,
    /// Whose.
    pub patient: UserId,
    /// The first moment at which it is over.
    pub until: Time,
    /// How often in a row this patient has held the slot.
    pub times: u32,
    /// True once it was let go, or someone noticed that it is over.
    pub ended: bool,
    /// Why.
    #[serde(flatten)]
    pub by: HeldBy,
}

impl Hold {
    /// Whether it keeps others away.
    pub fn is_live(&self, now: Time) -> bool {
        !self.ended && self.until > now
    }
}

impl Slot {
    /// The hold that keeps others away, if there is one.
    pub fn live_hold(&self, now: Time) -> Option<&Hold> {
        self.hold.as_ref().filter(|hold| hold.is_live(now))
    }

    /// Whether this patient could book it now, as far as the slot goes. Without a patient: whether anyone could.
    pub fn is_free(&self, now: Time, patient: Option<UserId>) -> bool {
        let held = self.live_hold(now).is_some_and(|hold| Some(hold.patient) != patient);
        self.is_open() && self.start > now && !held
    }

    /// The slot when its hold has ended at a moment.
    fn let_go(&self, at: Time) -> Self {
        let hold = self.hold.map(|hold| Hold { ended: true, until: hold.until.min(at), ..hold });
        Self { hold, ..self.clone() }
    }
}

/// A hold as the caller wants it.
#[derive(Debug, Clone)]
pub struct NewHold {
    /// Its id, minted by the use case.
    pub id: Id,
    /// Which slot.
    pub slot: SlotId,
    /// For whom.
    pub patient: UserId,
    /// For how long.
    pub minutes: i64,
}

type Decided = Result<(Decision, Answer), Refusal>;

impl CalendarView {
    /// Holds a slot, or renews the patient's own hold.
    pub(super) fn hold(&self, now: Time, new: &NewHold, claims: &[ClaimOp]) -> Decided {
        let slot = self.bookable(now, new.slot, new.patient)?;
        let before = slot.hold.filter(|hold| {
            hold.patient == new.patient
                && matches!(hold.by, HeldBy::Patient { .. })
                && hold.until.plus(IN_A_ROW) > now
        });
        let times = before.map_or(1, |hold| hold.times + 1);
        let seat = match slot.live_hold(now).map(|hold| hold.by) {
            Some(HeldBy::Offer { .. }) => {
                return Err(Refusal::conflict(
                    "slot_offered",
                    "This slot is offered to this patient already.",
                ));
            }
            _ if times > MAX_TIMES => {
                return Err(Refusal::conflict(
                    "hold_renewed",
                    "This slot was held and renewed already: book it, or leave it to others for a while.",
                ));
            }
            Some(HeldBy::Patient { seat }) => seat,
            None => *self.seats.first().ok_or_else(|| {
                Refusal::conflict(
                    "too_many_holds",
                    format!("A patient holds at most {MAX_HOLDS} slots at a time."),
                )
            })?,
        };
        let until = now.plus(new.minutes * MINUTE).min(slot.start);
        let by = HeldBy::Patient { seat };
        let hold = Hold { id: new.id, patient: new.patient, until, times, ended: false, by };
        let kept = Slot { hold: Some(hold), ..slot.clone() };
        let mut decision = Decision { claims: claims.to_vec(), ..Decision::default() };
        let key = ClaimKey::patient_hold(new.patient, seat);
        decision.claims.push(ClaimOp::Take { key, body: Vec::new(), expires: Some(until) });
        decision.changes.push(Change::update(slot, &kept));
        decision.changes.extend(self.offer_lapsed(now, slot));
        Ok((decision, Answer::Slot(Box::new(kept))))
    }

    /// Gives a held slot back before its time; an offer that is given back is declined.
    pub(super) fn release(&self, now: Time, id: SlotId) -> Decided {
        let missing = || Refusal::not_found("Hold");
        let slot = self.slots.get(&id).ok_or_else(missing)?;
        let hold = slot.live_hold(now).ok_or_else(missing)?;
        let seat = match hold.by {
            HeldBy::Offer { entry } => return self.decline(now, entry),
            HeldBy::Patient { seat } => seat,
        };
        let mut decision = Decision::default();
        decision.claims.push(ClaimOp::Release { key: ClaimKey::patient_hold(hold.patient, seat) });
        let mut queue = self.queue().without(hold.patient);
        let free = self.freed(now, slot, slot.let_go(now), &mut queue, &mut decision);
        Ok((decision, Answer::Slot(Box::new(free))))
    }

    /// Notices that a hold is over: the slot stands open, or is offered to the next.
    pub(super) fn lapse(&self, now: Time, id: SlotId) -> Decided {
        let slot = self.slots.get(&id).ok_or_else(|| Refusal::not_found("Slot"))?;
        let Some(hold) = slot.hold.filter(|hold| !hold.ended && !hold.is_live(now)) else {
            return Ok((Decision::default(), Answer::Slot(Box::new(slot.clone()))));
        };
        let mut decision = Decision::default();
        decision.changes.extend(self.offer_lapsed(now, slot));
        let mut queue = self.queue().without(hold.patient);
        let free = self.freed(now, slot, slot.let_go(now), &mut queue, &mut decision);
        Ok((decision, Answer::Slot(Box::new(free))))
    }

    /// What becomes of a slot that is free (again): it is offered to who has waited longest for one like it, else it
    /// stands open. `free` is the slot before anyone is offered it, `old` as it is kept.
    pub(super) fn freed(
        &self,
        now: Time,
        old: &Slot,
        free: Slot,
        queue: &mut Queue<'_>,
        decision: &mut Decision,
    ) -> Slot {
        let new = queue.offer(now, self.offer_minutes, &free, decision).unwrap_or(free);
        decision.changes.push(Change::update(old, &new));
        new
    }

    /// A slot as an appointment takes it, with what that does to its hold.
    pub(super) fn taken(&self, now: Time, slot: &Slot, appointment: AppointmentId, decision: &mut Decision) {
        match slot.live_hold(now).map(|hold| (hold.patient, hold.by)) {
            Some((patient, HeldBy::Patient { seat })) => {
                decision.claims.push(ClaimOp::Release { key: ClaimKey::patient_hold(patient, seat) });
            }
            Some((_, HeldBy::Offer { entry })) => {
                decision.changes.extend(self.offer_accepted(now, entry, appointment));
            }
            None => decision.changes.extend(self.offer_lapsed(now, slot)),
        }
        let taken = Slot { appointment: Some(appointment), hold: None, ..slot.clone() };
        decision.changes.push(Change::update(slot, &taken));
    }
}
