//! The idle are let go; nothing is lost by it.

use crate::admission::{hold_courier, take};
use futures::future::join_all;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use ward_actors::{Actors, Limits};
use ward_domain::time::{HOUR, MINUTE};
use ward_test_kit::{Kit, Setup, eventually};

#[tokio::test]
async fn the_idle_go_when_their_time_is_over_and_come_back_as_they_were() {
    let kit = Kit::new().await;
    let city = kit.hospital("City").await;
    let doctor = kit.doctor(&city, "Ada").await;
    let id = kit.encounter(&city, doctor).await.id();

    kit.actors.sweep();
    assert_eq!(kit.actors.encounters.len(), 1, "it was used just now");
    kit.clock.advance(HOUR);
    eventually("all are let go", async || {
        // Who is told of the encounter late begins to be idle late.
        kit.clock.advance(MINUTE);
        kit.actors.sweep();
        kit.actors.counts().iter().all(|(_, alive)| *alive == 0).then_some(())
    })
    .await;

    assert_eq!(kit.look_at(&city, id).await.unwrap().1, 1);
}

#[tokio::test]
async fn none_goes_with_a_message_in_hand() {
    let kit = Arc::new(Kit::new().await);
    let city = kit.hospital("City").await;
    let letter = hold_courier(&kit, &city).await;
    let busy = tokio::spawn({
        let (kit, letter) = (kit.clone(), letter.clone());
        async move { take(&kit, &city, &letter).await }
    });
    eventually("the courier is busy", async || {
        kit.actors.couriers.snapshot(1).first().filter(|courier| courier.in_hand == 1).map(|_| ())
    })
    .await;

    kit.clock.advance(HOUR);
    kit.actors.sweep();
    assert_eq!(kit.actors.couriers.len(), 1);

    // Nor when the one who asked has gone away.
    busy.abort();
    assert!(busy.await.unwrap_err().is_cancelled());
    kit.actors.sweep();
    assert_eq!(kit.actors.couriers.len(), 1);

    kit.register.release();
    eventually("the letter went out all the same", async || (kit.mail.letters().len() == 1).then_some(()))
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_while_a_sweep_never_ends() {
    // Idle at once: every sweep takes whatever has nothing in hand.
    let limits = Limits { idle: Duration::ZERO, ..Limits::default() };
    let kit = Arc::new(Kit::start(Setup { limits, ..Setup::default() }).await);
    let city = kit.hospital("City").await;
    let doctor = kit.doctor(&city, "Ada").await;
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(kit.encounter(&city, doctor).await.id());
    }
    let over = Arc::new(AtomicBool::new(false));
    let sweeper = tokio::task::spawn_blocking({
        let (actors, over): (Arc<Actors>, _) = (kit.actors.clone(), over.clone());
        move || {
            let mut gone = 0;
            while !over.load(Ordering::SeqCst) {
                gone += actors.encounters.sweep();
            }
            gone
        }
    });
    let askers = (0..16_usize).map(|number| {
        let (kit, id) = (kit.clone(), ids[number % 4]);
        tokio::spawn(async move {
            for _ in 0..100 {
                assert_eq!(kit.look_at(&city, id).await.unwrap().1, 1);
            }
        })
    });
    for asker in join_all(askers).await {
        asker.unwrap();
    }
    over.store(true, Ordering::SeqCst);
    assert!(sweeper.await.unwrap() > 0, "nothing was ever let go: this tested nothing");
}
