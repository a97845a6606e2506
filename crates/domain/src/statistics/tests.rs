use super::facts::{date_of, day_number, key};
use super::*;
use crate::calendar::AppointmentStatus;
use crate::decision::Decision;
use crate::id::Id;
use crate::record::RecordKind;
use crate::time::Time;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn id(number: u64) -> Id {
    Id::new(number).unwrap()
}

fn fact(day: i64, status: AppointmentStatus, doctor: u64) -> Vec<Fact> {
    [Heading::All, Heading::Doctor(id(doctor).into())]
        .into_iter()
        .map(|heading| Fact::new(day, Measure::Begin(status), heading))
        .collect()
}

/// Takes on what was decided, as the store does.
fn take(view: &mut StatisticsView, decision: &Decision) {
    for change in &decision.changes {
        let body = change.body.as_ref().unwrap();
        match change.kind {
            RecordKind::Contribution => {
                view.gave.insert(change.id, serde_json::from_slice(body).unwrap());
            }
            RecordKind::DayFigures => {
                let day: DayFigures = serde_json::from_slice(body).unwrap();
                view.days.insert(day.day, day);
            }
            RecordKind::StatisticsHead => view.head = serde_json::from_slice(body).unwrap(),
            other => panic!("{other:?}"),
        }
    }
}

/// The figures of this generation, day by day.
fn figures(view: &StatisticsView) -> BTreeMap<i64, BTreeMap<String, u64>> {
    let now = view.days.values().filter(|day| day.generation == view.head.generation);
    now.filter(|day| !day.counts.is_empty()).map(|day| (day.day, day.counts.clone())).collect()
}

#[test]
fn days_have_numbers_and_figures_have_names() {
    for (text, number) in
        [("1970-01-01", 0), ("1969-12-31", -1), ("2025-03-03", 20_150), ("2024-02-29", 19_782)]
    {
        let date = text.parse().unwrap();
        assert_eq!((day_number(date), date_of(number)), (number, Some(date)), "{text}");
    }
    assert_eq!(key(Measure::Booked, Heading::Type("checkup")), "booked/type/checkup");
    assert_eq!(
        key(Measure::Begin(AppointmentStatus::NoShow), Heading::Doctor(id(7).into())),
        "no_show/doctor/7"
    );
}

#[test]
fn a_subject_counted_twice_counts_once_and_a_changed_one_moves() {
    let mut view = StatisticsView::default();
    let gives = |facts| vec![Gives { subject: id(1), facts }];
    let first = gives(fact(5, AppointmentStatus::Scheduled, 7));
    for expected in [2, 0] {
        let decision = view.count(&first);
        assert_eq!(decision.changes.len(), expected);
        take(&mut view, &decision);
    }
    let decision = view.count(&gives(fact(6, AppointmentStatus::Cancelled, 7)));
    take(&mut view, &decision);
    let expected = BTreeMap::from([("cancelled".to_owned(), 1), ("cancelled/doctor/7".to_owned(), 1)]);
    assert_eq!(figures(&view), BTreeMap::from([(6, expected)]));
    let decision = view.count(&gives(Vec::new()));
    take(&mut view, &decision);
    assert_eq!(figures(&view), BTreeMap::new());
}

#[test]
fn a_new_generation_begins_with_nothing() {
    let mut view = StatisticsView::default();
    let subjects = vec![Gives { subject: id(1), facts: fact(5, AppointmentStatus::Completed, 7) }];
    let decision = view.count(&subjects);
    take(&mut view, &decision);
    let before = figures(&view);
    let (decision, _) = view.restart("Europe/Madrid", Time::from_millis(0));
    take(&mut view, &decision);
    assert_eq!((figures(&view), view.head.complete), (BTreeMap::new(), false));
    let decision = view.count(&subjects);
    take(&mut view, &decision);
    let (decision, _) = view.finish();
    take(&mut view, &decision);
    assert_eq!((figures(&view), view.head.complete), (before, true));
}

proptest! {
    /// Whatever changed, came twice or late, in whatever batches: the figures are those of what the subjects give now.
    #[test]
    fn figures_are_those_of_what_stands(
        steps in prop::collection::vec((1_u64..12, 0_i64..5, 0_usize..5, 1_u64..4, any::<bool>()), 1..80),
    ) {
        let mut view = StatisticsView::default();
        let mut now: BTreeMap<u64, Vec<Fact>> = BTreeMap::new();
        let mut batch: Vec<u64> = Vec::new();
        for (subject, day, status, doctor, flush) in steps {
            now.insert(subject, fact(day, AppointmentStatus::ALL[status], doctor));
            batch.extend([subject, subject]);
            if flush {
                batch.sort_unstable();
                batch.dedup();
                let subjects: Vec<_> =
                    batch.iter().map(|one| Gives { subject: id(*one), facts: now[one].clone() }).collect();
                let decision = view.count(&subjects);
                take(&mut view, &decision);
                // The last of it again.
                let again = view.count(&subjects[subjects.len() - 1..]);
                prop_assert!(again.is_empty());
            }
        }
        let all: Vec<_> = now.iter().map(|(one, facts)| Gives { subject: id(*one), facts: facts.clone() }).collect();
        let decision = view.count(&all);
        take(&mut view, &decision);
        let mut expected: BTreeMap<i64, BTreeMap<String, u64>> = BTreeMap::new();
        for fact in now.values().flatten() {
            *expected.entry(fact.day).or_default().entry(fact.key.clone()).or_default() += 1;
        }
        prop_assert_eq!(figures(&view), expected);
    }
}
