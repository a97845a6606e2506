//! No slot is booked twice and no patient is in two places.

use futures::future::join_all;
use std::sync::Arc;
use ward_domain::calendar::AppointmentStatus;
use ward_domain::time::{DAY, MINUTE};
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
