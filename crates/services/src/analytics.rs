//! Figures of consultations: a doctor's own, or for the administrator the hospital's.

use crate::hospital::check_period;
use crate::{Ctx, Fail, House};
use jiff::civil::Date;
use jiff::{Span, ToSpan as _};
use ward_domain::policy::{Action, Grant, Resource, grant};
use ward_domain::refusal::Refusal;
use ward_domain::statistics::{EncounterFigures, date_of, day_number};

/// Days of the hospital.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// This one.
    Today,
    /// The week of today, from Monday on (ISO 8601).
    Week,
    /// The month of today.
    Month,
    /// The quarter of the year.
    Quarter,
    /// The year.
    Year,
    /// From one day to another, both inclusive.
    Custom(Date, Date),
}

impl Period {
    /// Its first and its last day.
    fn days(self, today: Date) -> (Date, Date) {
        // A calendar that ends before the period does ends it.
        let after = |date: Date, span: Span| date.saturating_add(span);
        match self {
            Self::Today => (today, today),
            Self::Week => {
                let monday = after(today, (-i64::from(today.weekday().to_monday_zero_offset())).days());
                (monday, after(monday, 6.days()))
            }
            Self::Month => (today.first_of_month(), today.last_of_month()),
            Self::Quarter => {
                let before = (today.month() - 1) % 3;
                let first = after(today.first_of_month(), (-i64::from(before)).months());
                (first, after(first, 2.months()).last_of_month())
            }
            Self::Year => (today.first_of_year(), today.last_of_year()),
            Self::Custom(from, until) => (from, until),
        }
    }
}

/// Figures of consultations over a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dashboard {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// All days together.
    pub total: EncounterFigures,
    /// Each day.
    pub by_day: Vec<(Date, EncounterFigures)>,
    /// False where so much waits to be counted that some of it is not in yet.
    pub up_to_date: bool,
}

/// The figures of a period, in days of the hospital.
pub async fn dashboard(house: &House, ctx: &Ctx, period: Period) -> Result<Dashboard, Fail> {
    let (resource, action) = (Resource::EncounterStatistics, Action::Read);
    house.permit(ctx, resource, action, true).await?;
    // Whose figures are all that they may see sees their own.
    let doctor = (grant(ctx.role, resource, action) == Grant::Own).then_some(ctx.user);
    let (from, until) = period.days(house.zone(ctx).await.date(ctx.now));
    check_period(from, until)?;
    let (days, up_to_date) = house.days_of_figures(&ctx.scope, (from, until), ctx.deadline).await?;
    let mut total = EncounterFigures::default();
    let mut by_day = Vec::new();
    for number in day_number(from)..=day_number(until) {
        let mut figures = EncounterFigures::default();
        if let Some(day) = days.get(&number) {
            figures.add(day, doctor);
            total.add(day, doctor);
        }
        let date =
            date_of(number).ok_or_else(|| Refusal::impossible("no_such_day", "There is no such day."))?;
        by_day.push((date, figures));
    }
    house.trace_list(ctx, resource, Vec::new()).await?;
    Ok(Dashboard { from, until, total, by_day, up_to_date })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn periods_are_those_of_the_calendar() {
        let today = date(2024, 2, 29);
        for (period, from, until) in [
            (Period::Today, today, today),
            (Period::Week, date(2024, 2, 26), date(2024, 3, 3)),
            (Period::Month, date(2024, 2, 1), date(2024, 2, 29)),
            (Period::Quarter, date(2024, 1, 1), date(2024, 3, 31)),
            (Period::Year, date(2024, 1, 1), date(2024, 12, 31)),
        ] {
            assert_eq!(period.days(today), (from, until), "{period:?}");
        }
        assert_eq!(Period::Quarter.days(date(2025, 12, 31)), (date(2025, 10, 1), date(2025, 12, 31)));
        assert_eq!(Period::Week.days(date(2025, 1, 1)), (date(2024, 12, 30), date(2025, 1, 5)));
    }
}
