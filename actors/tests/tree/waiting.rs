//! Holds and the waiting list under races, restarts and a clock that moves.

use futures::future::join_all;
use std::sync::Arc;
use ward_domain::calendar::{CalendarCommand, MAX_HOLDS, OFFER_MINUTES, Slot, WaitingStatus};
use ward_domain::record::{Key, List};
use ward_domain::tenancy::TenantScope;
use ward_domain::time::{DAY, MINUTE};
use ward_store::ListQuery;
use ward_test_kit::{Kit, eventually, reason, start_of_time};

async fn open(kit: &Kit, scope: &TenantScope) -> usize {
    let query = ListQuery::all(List::OpenSlots, Key::all());
    kit.env.store.list(scope, &query).await.unwrap().rows.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_sixty_four_who_race_for_a_held_slot_its_holder_books_it() {
    let kit = Arc::new(Kit::embedded().await);
    let city = kit.hospital("City").await;
    let doctor = kit.doctor(&city, "Ada").await;
    let slot = kit.open_slots(&city, doctor, start_of_time().plus(DAY), 1).await.remove(0);
    let patients = kit.patients(&city, 64).await;
    let holder = patients[40];
    kit.hold(&city, &slot, holder).await.unwrap();

    let racers = patients.iter().enumerate().map(|(number, patient)| {
        let (kit, slot, patient) = (kit.clone(), slot.clone(), *patient);
        tokio::spawn(async move {
            // Half of them would hold it, half book it.
            if number % 2 == 0 {
                kit.book(&city, &slot, patient).await.map(|booked| Some(booked.patient))
            } else {
                kit.hold(&city, &slot, patient).await.map(|_| None)
            }
        })
    });
    let (mut booked, mut refused) = (Vec::new(), Vec::new());
    for ended in join_all(racers).await {
        match ended.unwrap() {
            Ok(patient) => booked.push(patient),
            Err(failure) => refused.push(reason(&failure)),
        }
    }
    assert_eq!(booked, [Some(holder)]);
    assert!(refused.iter().all(|reason| ["slot_held", "slot_taken"].contains(reason)), "{refused:?}");
    assert_eq!(kit.appointments(&city).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_sixty_four_who_race_to_hold_a_slot_one_does() {
    let kit = Arc::new(Kit::embedded().await);
    let city = kit.hospital("City").await;
    let doctor = kit.doctor(&city, "Ada").await;
    let slot = kit.open_slots(&city, doctor, start_of_time().plus(DAY), 1).await.remove(0);
    let racers = kit.patients(&city, 64).await.into_iter().map(|patient| {
        let (kit, slot) = (kit.clone(), slot.clone());
        tokio::spawn(async move { kit.hold(&city, &slot, patient).await })
    });
    let ended: Vec<_> = join_all(racers).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(ended.iter().filter(|ended| ended.is_ok()).count(), 1);
    let refused: Vec<_> = ended.iter().filter_map(|ended| ended.as_ref().err()).map(reason).collect();
    assert_eq!(refused, ["slot_held"; 63]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_patient_who_races_for_holds_with_many_doctors_gets_three() {
    let kit = Arc::new(Kit::embedded().await);
    let city = kit.hospital("City").await;
    let pat = kit.patient(&city, "Pat").await;
    let mut slots: Vec<Slot> = Vec::new();
    for number in 0..8 {
        let doctor = kit.doctor(&city, &format!("Doctor {number}")).await;
        slots.extend(kit.open_slots(&city, doctor, start_of_time().plus(DAY), 2).await);
    }
    let racers = slots.iter().map(|slot| {
        let (kit, slot) = (kit.clone(), slot.clone());
        tokio::spawn(async move { kit.hold(&city, &slot, pat).await })
    });
    let ended: Vec<_> = join_all(racers).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(ended.iter().filter(|ended| ended.is_ok()).count(), usize::from(MAX_HOLDS));
    let refused: Vec<_> = ended.iter().filter_map(|ended| ended.as_ref().err()).map(reason).collect();
    assert!(
        refused.iter().all(|reason| ["too_many_holds", "hold_seat_taken"].contains(reason)),
        "{refused:?}"
    );
    // One that is given back, or is over, is had again.
    let held = ended.iter().find_map(|ended| ended.as_ref().ok()).unwrap();
    let free = slots.iter().find(|slot| !ended.iter().flatten().any(|held| held.id == slot.id)).unwrap();
    assert_eq!(reason(&kit.hold(&city, free, pat).await.unwrap_err()), "too_many_holds");
    kit.calendar(&city, held.doctor, CalendarCommand::Release(held.id)).await.unwrap();
    kit.hold(&city, free, pat).await.unwrap();
    kit.clock.advance(10 * MINUTE);
    let another = slots.iter().rev().find(|slot| slot.id != free.id && slot.id != held.id).unwrap();
    kit.hold(&city, another, pat).await.unwrap();
}

#[tokio::test]
async fn a_hold_that_is_over_stands_open_again_though_the_process_restarts_before() {
    let kit = Kit::embedded().await;
    let city = kit.hospital("City").await;
    let (doctor, pat) = (kit.doctor(&city, "Ada").await, kit.patient(&city, "Pat").await);
    let slot = kit.open_slots(&city, doctor, start_of_time().plus(DAY), 1).await.remove(0);
    kit.hold(&city, &slot, pat).await.unwrap();
    let kit = kit.restarted().await;
    kit.pass(10 * MINUTE - 1).await;
    assert_eq!(open(&kit, &city).await, 0, "it is held");
    // The rule goes by the time: before anyone has noticed, it blocks nobody.
    kit.clock.advance(1);
    let sam = kit.patient(&city, "Sam").await;
    assert!(kit.slot(&city, slot.id).await.is_free(kit.env.now(), Some(sam)));
    kit.pass(0).await;
    eventually("the slot is open again", async || (open(&kit, &city).await == 1).then_some(())).await;
    kit.book(&city, &slot, sam).await.unwrap();
}

#[tokio::test]
async fn an_offer_goes_by_mail_and_from_one_to_the_next_through_a_restart() {
    let kit = Kit::embedded().await;
    let city = kit.hospital("City").await;
    let doctor = kit.doctor(&city, "Ada").await;
    let patients = kit.patients(&city, 3).await;
    let slot = kit.open_slots(&city, doctor, start_of_time().plus(2 * DAY), 1).await.remove(0);
    let booked = kit.book(&city, &slot, patients[0]).await.unwrap();
    let first = kit.wait_for(&city, doctor, patients[1]).await;
    kit.clock.advance(1);
    let second = kit.wait_for(&city, doctor, patients[2]).await;

    kit.cancel(&city, &booked).await.unwrap();
    let letters = eventually("an offer is sent", async || {
        Some(kit.mail.letters()).filter(|letters| letters.len() == 1)
    })
    .await;
    assert!(letters[0].text.contains("waiting list") && letters[0].text.contains("Ada"), "{:?}", letters[0]);
    assert_eq!(kit.waiting(&city, first.id).await.status, WaitingStatus::Offered);

    let kit = kit.restarted().await;
    kit.pass(OFFER_MINUTES * MINUTE).await;
    eventually("the next is offered it", async || {
        (kit.waiting(&city, second.id).await.status == WaitingStatus::Offered).then_some(())
    })
    .await;
    assert_eq!(kit.waiting(&city, first.id).await.status, WaitingStatus::Waiting);
    eventually("and told so", async || (kit.mail.letters().len() == 2).then_some(())).await;
    assert_eq!(reason(&kit.book(&city, &slot, patients[1]).await.unwrap_err()), "slot_held");
    kit.book(&city, &slot, patients[2]).await.unwrap();
    assert_eq!(kit.waiting(&city, second.id).await.status, WaitingStatus::Booked);

    // Who is left waits until their time is over.
    kit.pass(31 * DAY).await;
    eventually("the wait is over", async || {
        (kit.waiting(&city, first.id).await.status == WaitingStatus::Ended).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slots_that_become_free_at_once_are_each_offered_to_one() {
    let kit = Arc::new(Kit::embedded().await);
    let city = kit.hospital("City").await;
    let doctor = kit.doctor(&city, "Ada").await;
    let slots = kit.open_slots(&city, doctor, start_of_time().plus(2 * DAY), 16).await;
    let patients = kit.patients(&city, 32).await;
    let mut booked = Vec::new();
    for (slot, patient) in slots.iter().zip(&patients) {
        booked.push(kit.book(&city, slot, *patient).await.unwrap());
    }
    let mut entries = Vec::new();
    for patient in &patients[16..] {
        entries.push(kit.wait_for(&city, doctor, *patient).await.id);
    }
    let cancelled = booked.into_iter().map(|booked| {
        let kit = kit.clone();
        tokio::spawn(async move { kit.cancel(&city, &booked).await.unwrap() })
    });
    join_all(cancelled).await;
    let mut offered = Vec::new();
    for id in entries {
        offered.extend(kit.waiting(&city, id).await.offer.map(|offer| offer.slot));
    }
    offered.sort_unstable();
    let mut all: Vec<_> = slots.iter().map(|slot| slot.id).collect();
    all.sort_unstable();
    assert_eq!(offered, all);
}
