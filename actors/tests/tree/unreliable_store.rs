//! Booking on a store that refuses, forgets to answer and loses requests.

use std::collections::BTreeMap;
use std::sync::Arc;
use ward_domain::calendar::Slot;
use ward_domain::time::DAY;
use ward_store::{Faulty, Plan};
use ward_test_kit::{Kit, start_of_time};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_stands_exactly_once() {
    for seed in 1..=3 {
        acknowledged_stands(seed).await;
    }
}

async fn acknowledged_stands(seed: u64) {
    let sound = Kit::embedded().await;
    let city = sound.hospital("City").await;
    let mut slots = Vec::new();
    for number in 0..3 {
        let doctor = sound.doctor(&city, &format!("Doctor {number}")).await;
        slots.extend(sound.open_slots(&city, doctor, start_of_time().plus(DAY), 6).await);
    }
    let slots = Arc::new(slots);
    let faulty = Arc::new(Faulty::new(sound.env.store.clone(), Plan::rough(seed)));
    let rough = Arc::new(sound.over(faulty.clone()).await);

    let mut tasks = Vec::new();
    for number in 0..8 {
        let patient = sound.patient(&city, &format!("Patient {number}")).await;
        let (rough, slots) = (rough.clone(), slots.clone());
        tasks.push(tokio::spawn(async move {
            let mut acknowledged = Vec::new();
            for step in 0..slots.len() {
                let slot = &slots[(number + step * 5) % slots.len()];
                acknowledged.extend(rough.book(&city, slot, patient).await);
            }
            acknowledged
        }));
    }
    let mut acknowledged = Vec::new();
    for task in tasks {
        acknowledged.extend(task.await.unwrap());
    }

    assert!(faulty.injected().faults() > 10, "seed {seed}: {:?}", faulty.injected());
    assert!(!acknowledged.is_empty(), "seed {seed}: nothing was booked");
    rough.actors.stop(ward_test_kit::DEADLINE).await;
    // Past the faults: what the store really holds. A booking whose caller heard nothing may stand too.
    let standing = sound.appointments(&city).await;
    for booked in &acknowledged {
        assert_eq!(standing.iter().filter(|one| one.id == booked.id).count(), 1, "seed {seed}: {booked:?}");
    }
    let mut holders = BTreeMap::new();
    let mut hours = BTreeMap::new();
    for one in &standing {
        assert_eq!(holders.insert(one.slot, one.id), None, "seed {seed}: a slot has two");
        assert_eq!(
            hours.insert((one.patient, one.start), one.id),
            None,
            "seed {seed}: a patient is in two places"
        );
    }
    for Slot { id, .. } in slots.iter() {
        assert_eq!(
            sound.slot(&city, *id).await.appointment,
            holders.get(id).copied(),
            "seed {seed}: slot {id}"
        );
    }
}
