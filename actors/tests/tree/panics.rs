//! A panic costs the message that caused it.

use futures::future::join_all;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::Instant;
use ward_actors::shell::faults::Planned;
use ward_domain::id::Id;
use ward_domain::time::DAY;
use ward_test_kit::{Kit, reason, silence_planned_panics, start_of_time};

fn plan(kit: &Kit, id: Id, times: usize) {
    silence_planned_panics();
    kit.env.faults.add(Planned { kind: "encounter", id, times });
}

#[tokio::test]
async fn a_panic_harms_neither_neighbours_nor_the_next_message() {
    let kit = Kit::new().await;
    let city = kit.hospital("City").await;
    let doctor = kit.doctor(&city, "Ada").await;
    let patient = kit.patient(&city, "Pat").await;
    let slots = kit.open_slots(&city, doctor, start_of_time().plus(DAY), 1).await;
    let (ill, well) = (kit.encounter(&city, doctor).await.id(), kit.encounter(&city, doctor).await.id());

    plan(&kit, ill, 1);
    let (panicked, neighbour, booked) =
        tokio::join!(kit.look_at(&city, ill), kit.look_at(&city, well), kit.book(&city, &slots[0], patient));

    assert_eq!(reason(&panicked.unwrap_err()), "broken");
    assert_eq!(neighbour.unwrap().1, 1);
    assert!(booked.is_ok());
    let (state, version) = kit.look_at(&city, ill).await.unwrap();
    assert_eq!((state.encounter.unwrap().id.id(), version), (ill, 1));
}

#[tokio::test]
async fn messages_that_waited_behind_a_panic_are_answered_by_the_next_activation() {
    let kit = Kit::new().await;
    let city = kit.hospital("City").await;
    let doctor = kit.doctor(&city, "Ada").await;
    let id = kit.encounter(&city, doctor).await.id();

    plan(&kit, id, 1);
    let answers = join_all((0..32).map(|_| kit.look_at(&city, id))).await;

    assert_eq!(answers.iter().filter(|answer| answer.is_err()).count(), 1);
    assert!(answers.iter().flatten().all(|(_, version)| *version == 1));
}

#[tokio::test]
async fn after_panics_in_a_row_an_entity_is_left_alone_for_a_while() {
    let kit = Kit::new().await;
    let city = kit.hospital("City").await;
    let doctor = kit.doctor(&city, "Ada").await;
    let (id, other) = (kit.encounter(&city, doctor).await.id(), kit.encounter(&city, doctor).await.id());

    plan(&kit, id, 4);
    for _ in 0..4 {
        assert_eq!(reason(&kit.look_at(&city, id).await.unwrap_err()), "broken");
    }
    assert_eq!(reason(&kit.look_at(&city, id).await.unwrap_err()), "overloaded");
    assert!(kit.look_at(&city, other).await.is_ok());

    kit.clock.advance(1_000);
    assert_eq!(kit.look_at(&city, id).await.unwrap().1, 1);
}

/// The 95th of a hundred.
fn slow(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() * 95 / 100]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_panics_in_one_hospital_does_not_slow_another_down() {
    const PANICS: usize = 2_000;
    let kit = Arc::new(Kit::new().await);
    let (storm, calm) = (kit.hospital("Storm").await, kit.hospital("Calm").await);
    let doctor = kit.doctor(&calm, "Ada").await;
    let id = kit.encounter(&calm, doctor).await.id();
    let timed = async || {
        let began = Instant::now();
        assert_eq!(kit.look_at(&calm, id).await.unwrap().1, 1);
        began.elapsed()
    };
    let mut quiet = Vec::new();
    for _ in 0..500 {
        quiet.push(timed().await);
    }

    let (over, panics) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let driver = tokio::spawn({
        let (kit, over, panics) = (kit.clone(), over.clone(), panics.clone());
        async move {
            // Ten every ten milliseconds: a thousand a second, as far as the machine keeps up.
            let mut beat = tokio::time::interval(Duration::from_millis(10));
            for _ in 0..PANICS / 10 {
                beat.tick().await;
                let ids: Vec<Id> = (0..10).map(|_| kit.id()).collect();
                for id in &ids {
                    plan(&kit, *id, 1);
                }
                let ended = join_all(ids.iter().map(|id| kit.look_at(&storm, *id))).await;
                panics.fetch_add(ended.iter().filter(|answer| answer.is_err()).count(), Ordering::SeqCst);
            }
            over.store(true, Ordering::SeqCst);
        }
    });
    let mut stormy = Vec::new();
    while !over.load(Ordering::SeqCst) {
        stormy.push(timed().await);
    }
    driver.await.unwrap();

    assert_eq!(panics.load(Ordering::SeqCst), PANICS);
    let (quiet, stormy) = (slow(quiet), slow(stormy));
    assert!(stormy < (quiet * 20).max(Duration::from_millis(100)), "{quiet:?} became {stormy:?}");
}
