//! Bookings that wait behind each other go together, and each is answered by itself.

use futures::future::join_all;
use std::sync::Arc;
use ward_actors::shell::Failure;
use ward_actors::shell::faults::Planned;
use ward_domain::calendar::{Appointment, Slot, WaitingStatus};
use ward_domain::id::UserId;
use ward_domain::record::{AggregateKind, ClaimKey, ClaimOp};
use ward_domain::tenancy::TenantScope;
use ward_domain::time::DAY;
use ward_store::{AggregateRef, Faulty, Plan};
use ward_test_kit::{Kit, reason, silence_planned_panics, start_of_time};

/// Books each slot for a patient of its own, all at once.
async fn book_all(
    kit: &Kit,
    city: &TenantScope,
    slots: &[Slot],
    patients: &[UserId],
) -> Vec<Result<Appointment, Failure>> {
    join_all(slots.iter().zip(patients).map(|(slot, patient)| kit.book(city, slot, *patient))).await
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
    let patients = kit.patients(&city, slots.len()).await;
    let before = version(&kit, &city, doctor).await;

    for (ended, slot) in book_all(&kit, &city, &slots, &patients).await.into_iter().zip(&slots) {
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
    let [quick, late, busy, twice, last] = kit.patients(&city, 5).await[..] else { panic!("five") };
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
async fn offers_holds_and_keys_are_each_ones_own_in_a_commit_of_many() {
    let kit = Kit::embedded().await;
    let city = kit.hospital("City").await;
    let ada = kit.doctor(&city, "Ada").await;
    let [waiting, holder, keyed, other] = kit.patients(&city, 4).await[..] else { panic!("four") };
    let entry = kit.wait_for(&city, ada, waiting).await;
    // The first is offered to who waits.
    let slots = kit.open_slots(&city, ada, start_of_time().plus(DAY), 6).await;
    kit.hold(&city, &slots[1], holder).await.unwrap();
    kit.hold(&city, &slots[2], holder).await.unwrap();
    let key = ClaimOp::Take { key: ClaimKey::request(&[7; 32]), body: Vec::new(), expires: None };
    let under_key = |at: usize| kit.book_claiming(&city, &slots[at], keyed, vec![key.clone()]);
    let book = |at: usize, patient| kit.book(&city, &slots[at], patient);
    let (offered, vain, one, two, key_one, key_two, last) = tokio::join!(
        book(0, waiting),
        book(1, other),
        book(1, holder),
        book(2, holder),
        under_key(3),
        under_key(4),
        book(5, other)
    );

    // Who cannot go with the others comes after them.
    assert_eq!(reason(&vain.unwrap_err()), "slot_taken");
    assert_eq!(reason(&key_two.unwrap_err()), "repeated");
    for (at, booked) in [(0, offered), (1, one), (2, two), (3, key_one), (5, last)] {
        assert_eq!(kit.slot(&city, slots[at].id).await.appointment, Some(booked.unwrap().id), "{at}");
    }
    assert_eq!(kit.slot(&city, slots[4].id).await.appointment, None);
    let entry = kit.waiting(&city, entry.id).await;
    assert_eq!(entry.status, WaitingStatus::Booked);
}

#[tokio::test]
async fn a_panic_costs_one_booking_of_many() {
    let kit = Kit::embedded().await;
    let city = kit.hospital("City").await;
    let doctor = kit.doctor(&city, "Ada").await;
    let slots = kit.open_slots(&city, doctor, start_of_time().plus(DAY), 40).await;
    let patients = kit.patients(&city, slots.len()).await;
    silence_planned_panics();
    kit.env.faults.add(Planned { kind: "calendar", id: doctor.id(), times: 1 });

    let ended = book_all(&kit, &city, &slots, &patients).await;

    let broken: Vec<_> = ended.iter().filter_map(|one| one.as_ref().err()).map(reason).collect();
    assert_eq!(broken, ["broken"]);
    assert_eq!(kit.appointments(&city).await.len(), slots.len() - 1);
}

/// What each was told is so: booked, not booked, or not known.
#[tokio::test]
async fn what_each_was_told_on_a_bad_store_is_true() {
    let mut told = [0; 3];
    for seed in 1..=8 {
        let sound = Kit::embedded().await;
        let city = sound.hospital("City").await;
        let doctor = sound.doctor(&city, "Ada").await;
        let slots = sound.open_slots(&city, doctor, start_of_time().plus(DAY), 40).await;
        let patients = sound.patients(&city, slots.len()).await;
        let rough = sound.over(Arc::new(Faulty::new(sound.env.store.clone(), Plan::rough(seed)))).await;

        let ended = book_all(&rough, &city, &slots, &patients).await;
        rough.actors.stop(ward_test_kit::DEADLINE).await;

        for (ended, slot) in ended.into_iter().zip(&slots) {
            let holds = sound.slot(&city, slot.id).await.appointment;
            match ended {
                Ok(appointment) => {
                    assert_eq!(holds, Some(appointment.id), "seed {seed}");
                    told[0] += 1;
                }
                Err(Failure::Refused(refusal)) => {
                    assert_eq!(holds, None, "seed {seed}: {refusal}");
                    told[1] += 1;
                }
                Err(Failure::Unknown(_)) => told[2] += 1,
                Err(other) => panic!("seed {seed}: {other}"),
            }
        }
    }
    assert!(told[0] > 100 && told[1] > 0, "{told:?}");
}
