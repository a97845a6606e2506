//! Breaking the glass: a doctor looks into a chart that nothing else opens to them, for a while, and says why.

use crate::id::{BreakGlassId, Id, UserId};
use crate::record::{Document, IndexRow, Key, List, RecordKind};
use crate::refusal::FieldErrors;
use crate::time::{MINUTE, Time};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// The shortest reason, in characters: an emergency has a name.
pub const MIN_REASON: usize = 10;
/// The longest.
pub const MAX_REASON: usize = 500;
/// How many minutes a chart may be opened for.
pub const MINUTES: RangeInclusive<i64> = 5..=24 * 60;

/// Who ended it early, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Time,
}

/// One doctor's opening of one chart. It lapses by itself, and stays to be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BreakGlass {
    /// Its id.
    pub id: BreakGlassId,
    /// Whose chart.
    pub patient: UserId,
    /// Who looks into it.
    pub doctor: UserId,
    /// Why, in the doctor's words.
    pub reason: String,
    /// Since when.
    pub opened_at: Time,
    /// Until when.
    pub until: Time,
    /// Where it was ended before.
    pub ended: Option<Ended>,
}

impl BreakGlass {
    /// An opening from now on; names what is wrong with reason and minutes.
    pub fn open(
        id: BreakGlassId,
        patient: UserId,
        doctor: UserId,
        reason: &str,
        minutes: i64,
        now: Time,
    ) -> Result<Self, crate::refusal::Refusal> {
        let reason = reason.trim();
        let mut errors = FieldErrors::default();
        errors.check(
            (MIN_REASON..=MAX_REASON).contains(&reason.chars().count()),
            "reason",
            "Must have 10 to 500 characters.",
        );
        errors.check(MINUTES.contains(&minutes), "minutes", "Must be from 5 to 1440.");
        errors.finish()?;
        let (reason, until) = (reason.to_owned(), now.plus(minutes * MINUTE));
        Ok(Self { id, patient, doctor, reason, opened_at: now, until, ended: None })
    }

    /// Whether it opens the chart now.
    pub fn is_active(&self, now: Time) -> bool {
        self.ended.is_none() && now < self.until
    }
}

impl Document for BreakGlass {
    const KIND: RecordKind = RecordKind::BreakGlass;
    fn record_id(&self) -> Id {
        self.id.id()
    }
    fn index(&self) -> Vec<IndexRow> {
        let sort = self.opened_at.sort_key();
        let mut rows = vec![IndexRow { list: List::BreakGlasses, eq: Key::all(), sort }];
        if self.ended.is_none() {
            let eq = Key::of(self.doctor.get()).and(self.patient.get());
            let sort = self.until.sort_key();
            rows.push(IndexRow { list: List::BreakGlassesByDoctorPatient, eq, sort });
        }
        rows
    }
}
