//! Figures that are rolled up as things happen: how much of what, on which day of the hospital.
//!
//! A *subject* (an appointment, a patient, a consultation) gives *facts*: on this day, so much under this heading. What it gives is a pure
//! function of its document as it is now, and what it gave last is kept beside the figures (its [`Contribution`]). To count
//! a subject is to replace what it gave by what it gives, in one commit with the days that change: so it does no harm to
//! count one twice, late, or out of order, and figures are exact whenever every change was counted at least once since.
//!
//! Figures are of a *generation*. A recount begins a new one, in which nothing has been counted yet, and counts every
//! subject that there is; what older generations left is as good as absent, so a recount that was broken off is begun
//! again.

mod encounters;
mod facts;
mod figures;

pub use encounters::{EncounterFigures, facts_of_encounter};
pub use facts::{
    Fact, Heading, Measure, Subject, TYPES, date_of, day_number, facts_of_appointment, facts_of_patient, key,
};
pub use figures::{Contribution, DayFigures, Gives, StatisticsHead, StatisticsView, WHAT_IS_COUNTED};

#[cfg(test)]
mod tests;
