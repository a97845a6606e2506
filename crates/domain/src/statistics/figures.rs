//! The figures, and how they follow what subjects give.

use super::Fact;
use crate::decision::{Change, Decision};
use crate::id::Id;
use crate::record::{Document, IndexRow, Key, List, RecordKind};
use crate::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Added to a day's number for its record's id and its place in the list, which know no negative numbers.
const FIRST_DAY: i64 = 10_000_000;

/// What the figures of a hospital are of.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StatisticsHead {
    /// Which generation counts.
    pub generation: u64,
    /// The time zone whose days they are of: another one needs another generation.
    pub zone: String,
    /// Whether every subject that there was when the generation began has been counted.
    pub complete: bool,
    /// When the generation began.
    pub since: Option<Time>,
    /// [`WHAT_IS_COUNTED`] when it began: where more is counted now, another generation is needed.
    #[serde(default)]
    pub counted: u32,
}

/// Raise it where subjects give more than before, or something new gives: figures are then counted anew by themselves.
/// 1: consultations.
pub const WHAT_IS_COUNTED: u32 = 1;

impl Document for StatisticsHead {
    const KIND: RecordKind = RecordKind::StatisticsHead;
    fn record_id(&self) -> Id {
        Id::default()
    }
    fn index(&self) -> Vec<IndexRow> {
        Vec::new()
    }
}

/// What a subject gave when it was last counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contribution {
    /// The subject.
    pub subject: Id,
    /// In which generation.
    pub generation: u64,
    /// What.
    pub facts: Vec<Fact>,
}

impl Document for Contribution {
    const KIND: RecordKind = RecordKind::Contribution;
    fn record_id(&self) -> Id {
        self.subject
    }
    fn index(&self) -> Vec<IndexRow> {
        Vec::new()
    }
}

/// The figures of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayFigures {
    /// Days since 1970-01-01.
    pub day: i64,
    /// In which generation; of another, there are none.
    pub generation: u64,
    /// How much under each [`Fact::key`]; what is not there is nought.
    pub counts: BTreeMap<String, u64>,
}

impl DayFigures {
    /// A day's record and its place in the list.
    pub fn number(day: i64) -> u64 {
        u64::try_from(day.saturating_add(FIRST_DAY)).unwrap_or(1).max(1)
    }
}

impl Document for DayFigures {
    const KIND: RecordKind = RecordKind::DayFigures;
    fn record_id(&self) -> Id {
        Id::new(Self::number(self.day)).unwrap_or_default()
    }
    fn index(&self) -> Vec<IndexRow> {
        vec![IndexRow { list: List::StatisticsDays, eq: Key::all(), sort: Self::number(self.day) }]
    }
}

/// What a subject gives now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gives {
    /// The subject.
    pub subject: Id,
    /// What; nothing where it is not there any more, or gives nothing.
    pub facts: Vec<Fact>,
}

/// What must be in hand to count: the head, what the subjects gave, and every day that either touches.
#[derive(Debug, Clone, Default)]
pub struct StatisticsView {
    /// The head.
    pub head: StatisticsHead,
    /// What subjects gave.
    pub gave: BTreeMap<Id, Contribution>,
    /// Days by number.
    pub days: BTreeMap<i64, DayFigures>,
}

impl StatisticsView {
    /// The facts that a subject gave in this generation.
    pub fn given(&self, subject: Id) -> &[Fact] {
        match self.gave.get(&subject) {
            Some(gave) if gave.generation == self.head.generation => &gave.facts,
            _ => &[],
        }
    }

    /// Counts subjects: each gives what it gives in the place of what it gave.
    pub fn count(&self, subjects: &[Gives]) -> Decision {
        let mut decision = Decision::default();
        let mut moved: BTreeMap<(i64, &str), i64> = BTreeMap::new();
        for gives in subjects {
            let gave = self.given(gives.subject);
            if gave == gives.facts {
                continue;
            }
            for (facts, by) in [(gave, -1), (&gives.facts[..], 1)] {
                for fact in facts {
                    let amount = i64::try_from(fact.amount).unwrap_or(i64::MAX);
                    let moved = moved.entry((fact.day, &fact.key)).or_default();
                    *moved = moved.saturating_add(amount.saturating_mul(by));
                }
            }
            let new = Contribution {
                subject: gives.subject,
                generation: self.head.generation,
                facts: gives.facts.clone(),
            };
            decision.changes.push(match self.gave.get(&gives.subject) {
                Some(old) => Change::update(old, &new),
                None => Change::create(&new),
            });
        }
        let mut days: BTreeMap<i64, DayFigures> = BTreeMap::new();
        for ((day, key), by) in moved.into_iter().filter(|(_, by)| *by != 0) {
            let figures = days.entry(day).or_insert_with(|| self.day(day));
            let count = figures.counts.get(key).copied().unwrap_or(0).saturating_add_signed(by);
            if count == 0 {
                figures.counts.remove(key);
            } else {
                figures.counts.insert(key.to_owned(), count);
            }
        }
        decision.changes.extend(days.values().map(|new| match self.days.get(&new.day) {
            Some(old) => Change::update(old, new),
            None => Change::create(new),
        }));
        decision
    }

    /// A day's figures in this generation.
    fn day(&self, day: i64) -> DayFigures {
        let there = self.days.get(&day).filter(|figures| figures.generation == self.head.generation);
        let empty = || DayFigures { day, generation: self.head.generation, counts: BTreeMap::new() };
        there.cloned().unwrap_or_else(empty)
    }

    /// Begins a new generation: nothing is counted in it yet.
    pub fn restart(&self, zone: &str, now: Time) -> (Decision, StatisticsHead) {
        let next = StatisticsHead {
            generation: self.head.generation + 1,
            zone: zone.to_owned(),
            complete: false,
            since: Some(now),
            counted: WHAT_IS_COUNTED,
        };
        (Decision { changes: vec![Change::update(&self.head, &next)], ..Decision::default() }, next)
    }

    /// Says that everything has been counted.
    pub fn finish(&self) -> (Decision, StatisticsHead) {
        let next = StatisticsHead { complete: true, ..self.head.clone() };
        (Decision { changes: vec![Change::update(&self.head, &next)], ..Decision::default() }, next)
    }
}
