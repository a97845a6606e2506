//! A slot: one bookable unit of a doctor's time (FHIR R4 Slot).

use super::Hold;
use crate::id::{AppointmentId, Id, SlotId, UserId};
use crate::record::{Document, IndexRow, Key, List, RecordKind};
use crate::refusal::{FieldErrors, Refusal};
use crate::time::{HOUR, MINUTE, Time};
use serde::{Deserialize, Serialize};

/// The longest slot, in hours.
pub const MAX_SLOT_HOURS: i64 = 24;
/// The most slots that one window is split into.
pub const MAX_SLOTS_AT_ONCE: usize = 200;

/// A slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Its id.
    pub id: SlotId,
    /// Whose time.
    pub doctor: UserId,
    /// First moment.
    pub start: Time,
    /// The moment after the last.
    pub end: Time,
    /// False where the doctor keeps it for themself.
    pub bookable: bool,
    /// Who has it.
    pub appointment: Option<AppointmentId>,
    /// Who holds it, or held it last while nobody has taken it since.
    #[serde(default)]
    pub hold: Option<Hold>,
    /// When it was opened.
    pub created_at: Time,
}

impl Slot {
    /// Whether it can be booked, as long as it is neither past nor held: [`Slot::is_free`] says it whole.
    pub const fn is_open(&self) -> bool {
        self.bookable && self.appointment.is_none()
    }
}

impl Document for Slot {
    const KIND: RecordKind = RecordKind::Slot;
    fn record_id(&self) -> Id {
        self.id.id()
    }
    fn index(&self) -> Vec<IndexRow> {
        let sort = self.start.sort_key();
        let doctor = Key::of(self.doctor.get());
        let mut rows = vec![
            IndexRow { list: List::Slots, eq: Key::all(), sort },
            IndexRow { list: List::SlotsByDoctor, eq: doctor.clone(), sort },
        ];
        match &self.hold {
            _ if !self.is_open() => {}
            // Not among the open ones until the hold is over, and someone is woken to notice that.
            Some(hold) if !hold.ended => {
                rows.push(IndexRow { list: List::SlotHoldsDue, eq: Key::all(), sort: hold.until.sort_key() });
            }
            _ => {
                rows.push(IndexRow { list: List::OpenSlots, eq: Key::all(), sort });
                rows.push(IndexRow { list: List::OpenSlotsByDoctor, eq: doctor, sort });
            }
        }
        rows
    }
}

/// Splits a window into slots of `minutes`, or leaves it whole. What is left at the end and shorter is no slot.
/// Lengths are elapsed time, so a window over a change of summer time has as many slots as it has hours.
pub fn split(start: Time, end: Time, minutes: Option<i64>, now: Time) -> Result<Vec<(Time, Time)>, Refusal> {
    let mut errors = FieldErrors::default();
    errors.check(end > start, "end_time", "Must be after start_time.");
    errors.check(start > now, "start_time", "Must be in the future.");
    errors.check(
        end.millis() - start.millis() <= MAX_SLOT_HOURS * HOUR,
        "end_time",
        "A window has at most 24 hours.",
    );
    errors.check(
        minutes.is_none_or(|m| (5..=MAX_SLOT_HOURS * 60).contains(&m)),
        "slot_minutes",
        "Must be 5 to 1440.",
    );
    errors.finish()?;
    let Some(minutes) = minutes else { return Ok(vec![(start, end)]) };
    let slots: Vec<_> = std::iter::successors(Some(start), |from| Some(from.plus(minutes * MINUTE)))
        .map(|from| (from, from.plus(minutes * MINUTE)))
        .take_while(|(_, until)| *until <= end)
        .collect();
    if slots.is_empty() {
        return Err(Refusal::field("slot_minutes", "The window is shorter than one slot."));
    }
    if slots.len() > MAX_SLOTS_AT_ONCE {
        return Err(Refusal::field(
            "slot_minutes",
            format!("A window gives at most {MAX_SLOTS_AT_ONCE} slots."),
        ));
    }
    Ok(slots)
}
