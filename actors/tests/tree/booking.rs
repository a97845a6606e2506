//! No slot is booked twice and no patient is in two places.

use futures::future::join_all;
use std::sync::Arc;
use ward_domain::calendar::AppointmentStatus;
use ward_domain::id::UserId;
use ward_domain::record::AggregateKind;
use ward_domain::tenancy::TenantScope;
use ward_domain::time::{DAY, MINUTE};
use ward_store::AggregateRef;
use ward_test_kit::{Kit, reason, start_of_time};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_sixty_four_who_race_for_a_slot_one_books_it() {
    let kit = Arc::new(Kit::embedded().await);
    let city = kit.hospital("City").await;
    let doctor = kit.doctor(&city, "Ada").await;
    let slot = kit.open_slots(&city, doctor, start_of_time().plus(DAY), 1).await.remove(0);
    let mut racers = Vec::new();
    for number in 0..64 {
        let patient = kit.patient(&city, &format!("Patient {number}")).await;
        let (kit, slot) = (kit.clone(), slot.clone());
        racers.push(tokio::spawn(async move { kit.book(&city, &slot, patient).await }));
    }

    let (mut booked, mut refused) = (Vec::new(), Vec::new());
    for ended in join_all(racers).await {
        match ended.unwrap() {
            Ok(appointment) => booked.push(appointment),
            Err(failure) => refused.push(reason(&failure)),
        }
    }

    assert_eq!(booked.len(), 1);
    assert_eq!(refused, ["slot_taken"; 63]);
    assert_eq!(kit.slot(&city, slot.id).await.appointment, Some(booked[0].id));
    assert_eq!(kit.appointments(&city).await, booked);
}

async fn version(kit: &Kit, city: &TenantScope, doctor: UserId) -> u64 {
    let calendar = AggregateRef { kind: AggregateKind::Calendar, id: doctor.id() };
    kit.env.store.version(city, calendar).await.unwrap()
}

#[tokio::test]
async fn bookings_that_wait_behind_each_other_share_a_commit() {
    let kit = Kit::embedded().await;
    let city = kit.hospital("City").await;
    let doctor = kit.doctor(&city, "Ada").await;
    let slots = kit.open_slots(&city, doctor, start_of_time().plus(DAY), 48).await;
    let mut patients = Vec::new();
    for number in 0..slots.len() {
        patients.push(kit.patient(&city, &format!("Patient {number}")).await);
    }
    let before = version(&kit, &city, doctor).await;

    let all = slots.iter().zip(&patients).map(|(slot, patient)| kit.book(&city, slot, *patient));
    for (ended, slot) in join_all(all).await.into_iter().zip(&slots) {
        assert_eq!(kit.slot(&city, slot.id).await.appointment, Some(ended.unwrap().id));
    }

    let commits = version(&kit, &city, doctor).await - before;
    assert!(commits <= 4, "{commits} commits for {} bookings", slots.len());
}

#[tokio::test]
async fn who_is_refused_holds_up_nobody_of_the_same_commit() {
    let kit = Kit::embedded().await;
    let city = kit.hospital("City").await;
    let (ada, bob) = (kit.doctor(&city, "Ada").await, kit.doctor(&city, "Bob").await);
    let start = start_of_time().plus(DAY);
    let (slots, at_bob) =
        (kit.open_slots(&city, ada, start, 6).await, kit.open_slots(&city, bob, start, 6).await);
    let mut patients = Vec::new();
    for number in 0..5 {
        patients.push(kit.patient(&city, &format!("Patient {number}")).await);
    }
    let [quick, late, busy, twice, last] = patients[..] else { panic!("five patients") };
    kit.book(&city, &at_bob[1], busy).await.unwrap();
    let before = version(&kit, &city, ada).await;

    let wanted =
        [(0, quick), (0, late), (1, busy), (2, twice), (3, twice), (4, last), (4, twice)].into_iter();
    let ended = join_all(wanted.map(|(at, patient)| kit.book(&city, &slots[at], patient))).await;

    let words: Vec<_> = ended.iter().map(|one| one.as_ref().map_or_else(reason, |_| "booked")).collect();
    let first = ["booked", "slot_taken", "patient_busy", "booked", "booked", "booked", "slot_taken"];
    assert_eq!(words, first);
    let holders = [Some(quick), None, Some(twice), Some(twice), Some(last), None];
    let booked = kit.appointments(&city).await;
    for (slot, holder) in slots.iter().zip(holders) {
        let of = booked.iter().find(|one| one.slot == slot.id).map(|one| one.patient);
        assert_eq!(of, holder, "{}", slot.start);
    }
    assert!(version(&kit, &city, ada).await - before < 4);
}

#[tokio::test]
async fn a_patient_is_with_one_doctor_at_a_time() {
    let kit = Kit::new().await;
    let city = kit.hospital("City").await;
    let (ada, bob) = (kit.doctor(&city, "Ada").await, kit.doctor(&city, "Bob").await);
    let (pat, sam) = (kit.patient(&city, "Pat").await, kit.patient(&city, "Sam").await);
    let start = start_of_time().plus(DAY);
    let at_ada = kit.open_slots(&city, ada, start, 1).await.remove(0);
    // Half an hour that begins in the midst of the other, and the one after it.
    let at_bob = kit.open_slots(&city, bob, start.plus(15 * MINUTE), 2).await;

    let first = kit.book(&city, &at_ada, pat).await.unwrap();
    assert_eq!(reason(&kit.book(&city, &at_bob[0], pat).await.unwrap_err()), "patient_busy");
    assert!(kit.book(&city, &at_bob[1], pat).await.is_ok());
    assert!(kit.book(&city, &at_bob[0], sam).await.is_ok());
    assert_eq!(kit.slot(&city, at_ada.id).await.appointment, Some(first.id));
}

#[tokio::test]
async fn a_cancelled_appointment_frees_the_slot_and_the_patient() {
    let kit = Kit::new().await;
    let city = kit.hospital("City").await;
    let (ada, bob) = (kit.doctor(&city, "Ada").await, kit.doctor(&city, "Bob").await);
    let (pat, sam) = (kit.patient(&city, "Pat").await, kit.patient(&city, "Sam").await);
    let start = start_of_time().plus(DAY);
    let at_ada = kit.open_slots(&city, ada, start, 1).await.remove(0);
    let at_bob = kit.open_slots(&city, bob, start, 1).await.remove(0);

    let off = kit.book(&city, &at_ada, pat).await.unwrap();
    let off = kit.cancel(&city, &off).await.unwrap();
    assert_eq!(off.status, AppointmentStatus::Cancelled);
    assert_eq!(kit.slot(&city, at_ada.id).await.appointment, None);
    assert!(kit.book(&city, &at_bob, pat).await.is_ok());
    let next = kit.book(&city, &at_ada, sam).await.unwrap();

    // Cancelling again takes nothing from who has the slot now.
    kit.cancel(&city, &off).await.unwrap();
    assert_eq!(kit.slot(&city, at_ada.id).await.appointment, Some(next.id));
}

#[tokio::test]
async fn a_moved_appointment_takes_its_claims_along() {
    let kit = Kit::new().await;
    let city = kit.hospital("City").await;
    let (ada, bob) = (kit.doctor(&city, "Ada").await, kit.doctor(&city, "Bob").await);
    let pat = kit.patient(&city, "Pat").await;
    let start = start_of_time().plus(DAY);
    let at_ada = kit.open_slots(&city, ada, start, 2).await;
    let at_bob = kit.open_slots(&city, bob, start, 2).await;

    let booked = kit.book(&city, &at_ada[0], pat).await.unwrap();
    let moved = kit.reschedule(&city, &booked, &at_ada[1]).await.unwrap();

    assert_eq!((moved.slot, moved.start, moved.rescheduled), (at_ada[1].id, at_ada[1].start, true));
    assert_eq!(kit.slot(&city, at_ada[0].id).await.appointment, None);
    assert_eq!(kit.slot(&city, at_ada[1].id).await.appointment, Some(booked.id));
    assert_eq!(reason(&kit.book(&city, &at_bob[1], pat).await.unwrap_err()), "patient_busy");
    assert!(kit.book(&city, &at_bob[0], pat).await.is_ok());
    assert_eq!(reason(&kit.reschedule(&city, &moved, &at_ada[0]).await.unwrap_err()), "patient_busy");
}
