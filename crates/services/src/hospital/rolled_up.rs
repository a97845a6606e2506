//! A hospital's figures over a period, from what is rolled up as things happen.

use crate::{Fail, House};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::time::Duration;
use ward_actors::Actors;
use ward_actors::statistics::StatisticsMessage;
use ward_domain::id::{Id, UserId};
use ward_domain::record::{Document as _, Key, List};
use ward_domain::refusal::Refusal;
use ward_domain::statistics::{DayFigures, Heading, Measure, TYPES, date_of, day_number, key};
use ward_domain::tenancy::TenantScope;
use ward_store::query::MAX_PAGE;
use ward_store::{Bounds, ListQuery};

/// The most days of one period.
pub const MAX_DAYS: i64 = 366;

/// How much of each measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums([u64; Measure::ALL.len()]);

impl Sums {
    /// How much of one.
    pub fn of(&self, measure: Measure) -> u64 {
        Measure::ALL.iter().position(|one| *one == measure).map_or(0, |at| self.0[at])
    }

    fn add(&mut self, day: &DayFigures, heading: Heading) {
        for (sum, measure) in self.0.iter_mut().zip(Measure::ALL) {
            *sum += day.counts.get(&key(measure, heading)).copied().unwrap_or(0);
        }
    }

    fn is_nothing(&self) -> bool {
        self.0.iter().all(|sum| *sum == 0)
    }
}

/// Figures over a period of days of the hospital, both inclusive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolledUp {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// All days together.
    pub total: Sums,
    /// Each day.
    pub by_day: Vec<(Date, Sums)>,
    /// Each doctor who had anything.
    pub by_doctor: Vec<(UserId, Sums)>,
    /// Each type of appointment that there was.
    pub by_type: Vec<(&'static str, Sums)>,
    /// False where so much waits to be counted that some of it is not in yet.
    pub up_to_date: bool,
}

/// Refuses a period that is none, or too long.
pub(crate) fn check(from: Date, until: Date) -> Result<(), Refusal> {
    if until < from {
        return Err(Refusal::field("date_to", "Must not be before date_from."));
    }
    if day_number(until) - day_number(from) >= MAX_DAYS {
        return Err(Refusal::field("date_from", format!("A period has at most {MAX_DAYS} days.")));
    }
    Ok(())
}

impl House {
    /// The figures of a period. What was committed before is in them: the statistics catch up first.
    pub(super) async fn rolled_up(
        &self,
        scope: &TenantScope,
        (from, until): (Date, Date),
        deadline: Duration,
    ) -> Result<RolledUp, Fail> {
        let (days, up_to_date) = self.days_of_figures(scope, (from, until), deadline).await?;
        Ok(summed(from, until, &days, up_to_date))
    }

    /// The days of a period that have figures, by their numbers, and whether all that was committed before is in them.
    pub(crate) async fn days_of_figures(
        &self,
        scope: &TenantScope,
        (from, until): (Date, Date),
        deadline: Duration,
    ) -> Result<(BTreeMap<i64, DayFigures>, bool), Fail> {
        let actor = Actors::of_hospital(scope);
        let counted = self.actors.statistics.ask(scope, actor, deadline, StatisticsMessage::CatchUp).await?;
        let bounds = Bounds {
            from: DayFigures::number(day_number(from)),
            until: DayFigures::number(day_number(until)),
        };
        let query = ListQuery { bounds, limit: MAX_PAGE, ..ListQuery::all(List::StatisticsDays, Key::all()) };
        let ids: Vec<Id> = self.env.store.list(scope, &query).await?.rows.iter().map(|row| row.id).collect();
        let mut days = BTreeMap::new();
        for stored in self.env.store.get_many(scope, DayFigures::KIND, &ids).await? {
            let day: DayFigures = stored.document()?;
            if day.generation == counted.generation {
                days.insert(day.day, day);
            }
        }
        Ok((days, counted.up_to_date))
    }
}

fn summed(from: Date, until: Date, days: &BTreeMap<i64, DayFigures>, up_to_date: bool) -> RolledUp {
    let mut total = Sums::default();
    let mut by_day = Vec::new();
    let mut by_doctor: BTreeMap<UserId, Sums> = BTreeMap::new();
    let mut by_type = TYPES.map(|kind| (kind, Sums::default()));
    for number in day_number(from)..=day_number(until) {
        let mut sums = Sums::default();
        if let Some(day) = days.get(&number) {
            sums.add(day, Heading::All);
            total.add(day, Heading::All);
            for doctor in doctors(day) {
                by_doctor.entry(doctor).or_default().add(day, Heading::Doctor(doctor));
            }
            for (kind, sums) in &mut by_type {
                sums.add(day, Heading::Type(kind));
            }
        }
        by_day.extend(date_of(number).map(|date| (date, sums)));
    }
    RolledUp {
        from,
        until,
        total,
        by_day,
        by_doctor: by_doctor.into_iter().collect(),
        by_type: by_type.into_iter().filter(|(_, sums)| !sums.is_nothing()).collect(),
        up_to_date,
    }
}

/// The doctors whom a day's figures name, each once.
fn doctors(day: &DayFigures) -> std::collections::BTreeSet<UserId> {
    let named = day.counts.keys().filter_map(|key| key.split_once("/doctor/"));
    named.filter_map(|(_, id)| Id::from_number(id).ok()).map(Into::into).collect()
}
