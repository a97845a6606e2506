//! Figures that are rolled up are those of a recount, whatever came twice, late, or was cut off.

use std::collections::BTreeMap;
use ward_actors::Actors;
use ward_actors::relay::RelayMessage;
use ward_actors::statistics::{Counted, StatisticsMessage};
use ward_domain::calendar::{Appointment, CalendarCommand};
use ward_domain::id::Id;
use ward_domain::record::{Document as _, Key, List};
use ward_domain::statistics::{DayFigures, Subject, facts_of_appointment};
use ward_domain::tenancy::TenantScope;
use ward_domain::time::{DAY, HOUR};
use ward_domain::zone::Zone;
use ward_store::ListQuery;
use ward_test_kit::{DEADLINE, Kit, start_of_time};

type Figures = BTreeMap<(i64, String), u64>;

async fn tell(kit: &Kit, scope: &TenantScope, message: StatisticsMessage) -> Counted {
    kit.actors.statistics.ask(scope, Actors::of_hospital(scope), DEADLINE, message).await.unwrap()
}

/// The figures as they are kept.
async fn kept(kit: &Kit, scope: &TenantScope, generation: u64) -> Figures {
    let query = ListQuery::all(List::StatisticsDays, Key::all());
    let ids: Vec<Id> =
        kit.env.store.list(scope, &query).await.unwrap().rows.iter().map(|row| row.id).collect();
    let mut figures = Figures::new();
    for stored in kit.env.store.get_many(scope, DayFigures::KIND, &ids).await.unwrap() {
        let day: DayFigures = stored.document().unwrap();
        if day.generation == generation {
            figures.extend(day.counts.into_iter().map(|(key, count)| ((day.day, key), count)));
        }
    }
    figures
}

/// The same, counted by hand from the appointments that there are; patients beside them.
async fn by_hand(kit: &Kit, scope: &TenantScope, patients: u64) -> Figures {
    let mut figures = Figures::new();
    for appointment in kit.appointments(scope).await {
        for fact in facts_of_appointment(&appointment, &Zone::UTC) {
            *figures.entry((fact.day, fact.key)).or_default() += 1;
        }
    }
    let today = ward_domain::statistics::day_number(Zone::UTC.date(start_of_time()));
    figures.insert((today, "new_patients".to_owned()), patients);
    figures
}

/// A number that looks drawn, and is the same in every run.
fn drawn(state: &mut u64, below: u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % below
}

/// Bookings, changes and cancellations as they come, with time passing.
async fn a_day(kit: &Kit, scope: &TenantScope, state: &mut u64) {
    let doctors = [kit.doctor(scope, "Ada").await, kit.doctor(scope, "Bea").await];
    let patient = kit.patient(scope, "Pat").await;
    let mut booked: Vec<Appointment> = Vec::new();
    for (number, doctor) in doctors.into_iter().enumerate() {
        let first = kit.env.now().plus((2 + i64::try_from(number).unwrap()) * DAY);
        let slots = kit.open_slots(scope, doctor, first, 40).await;
        for pair in slots.chunks(2).take(15) {
            let Ok(appointment) = kit.book(scope, &pair[0], patient).await else { continue };
            let id = appointment.id;
            match drawn(state, 6) {
                0 => drop(kit.cancel(scope, &appointment).await.unwrap()),
                1 => drop(kit.reschedule(scope, &appointment, &pair[1]).await.unwrap()),
                2 => drop(kit.calendar(scope, doctor, CalendarCommand::Confirm(id)).await.unwrap()),
                3 => drop(kit.calendar(scope, doctor, CalendarCommand::Complete(id)).await.unwrap()),
                _ => {}
            }
            booked.push(appointment);
            if drawn(state, 5) == 0 {
                // Some of what happened is told at once, and told again.
                let these: Vec<_> = booked.iter().map(|one| Subject::Appointment(one.id.id())).collect();
                tell(kit, scope, StatisticsMessage::Count(these)).await;
            }
        }
    }
}

#[tokio::test]
async fn what_is_rolled_up_is_what_a_recount_counts() {
    let kit = Kit::new().await;
    let city = kit.hospital("City").await;
    let other = kit.hospital("Other").await;
    let mut state = 7;
    a_day(&kit, &other, &mut state).await;
    a_day(&kit, &city, &mut state).await;
    let now = tell(&kit, &city, StatisticsMessage::CatchUp).await;
    assert!(now.up_to_date);
    let expected = by_hand(&kit, &city, 1).await;
    assert!(expected.len() > 20, "{expected:?}");
    assert_eq!(kept(&kit, &city, now.generation).await, expected);

    // The index is down: what waits for it comes up again and again, and counts once.
    kit.search.set_down(true);
    a_day(&kit, &city, &mut state).await;
    for _ in 0..3 {
        let work = RelayMessage::Work;
        kit.actors.relays.ask(&city, Actors::of_hospital(&city), DEADLINE, work).await.unwrap();
    }
    let waiting = kit.env.store.pending_events(&city, 1_000).await.unwrap().len();
    assert!(waiting > 0);
    let expected = by_hand(&kit, &city, 2).await;
    assert_eq!(kept(&kit, &city, now.generation).await, expected);

    // The process ends before they are passed on; the next one finds them, and changes nothing.
    let kit = kit.restarted().await;
    kit.search.set_down(false);
    kit.pass(HOUR).await;
    let after = tell(&kit, &city, StatisticsMessage::CatchUp).await;
    assert_eq!(kept(&kit, &city, after.generation).await, expected);

    // A recount is another generation with the same figures.
    let recounted = tell(&kit, &city, StatisticsMessage::Recount).await;
    assert_eq!(recounted.generation, after.generation + 1);
    assert_eq!(kept(&kit, &city, recounted.generation).await, expected);
    assert_eq!(recounted.subjects, kit.appointments(&city).await.len() as u64 + 2);
}
