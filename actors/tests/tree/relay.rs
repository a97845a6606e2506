//! A search index that is down costs searches, never letters.

use ward_domain::time::{DAY, HOUR};
use ward_search::DocumentKind;
use ward_test_kit::{Kit, eventually, start_of_time};

/// More than a relay takes in hand at a time.
const CROWD: usize = 300;

#[tokio::test]
async fn events_that_wait_for_the_index_do_not_hold_letters_up_and_are_fed_when_it_is_back() {
    let kit = Kit::new().await;
    kit.search.set_down(true);
    let city = kit.hospital("City").await;
    let doctor = kit.doctor(&city, "Ada").await;
    let patient = kit.patient(&city, "Pat").await;
    let mut last = patient;
    for number in 0..CROWD {
        last = kit.patient(&city, &format!("Patient {number}")).await;
    }
    let slot = kit.open_slots(&city, doctor, start_of_time().plus(2 * DAY), 1).await.remove(0);
    let booked = kit.book(&city, &slot, patient).await.unwrap();
    assert!(kit.env.store.pending_events(&city, 1_000).await.unwrap().len() > CROWD);

    kit.pass(DAY).await;
    eventually("the reminder is sent", async || (kit.mail.letters().len() == 1).then_some(())).await;
    assert!(!kit.search.holds(&city, DocumentKind::Appointment, booked.id.id()));

    kit.search.set_down(false);
    kit.pass(HOUR).await;
    eventually("every event is passed on", async || {
        kit.env.store.pending_events(&city, 1).await.unwrap().is_empty().then_some(())
    })
    .await;
    assert!(kit.search.holds(&city, DocumentKind::Appointment, booked.id.id()));
    assert!(kit.search.holds(&city, DocumentKind::Account, last.id()));
    assert_eq!(kit.mail.letters().len(), 1);
}
