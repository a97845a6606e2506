//! Patients are reminded a day and half an hour before, once, whatever happens in between.

use ward_actors::Actors;
use ward_actors::reminders::RemindersDue;
use ward_domain::calendar::{Appointment, ReminderState, Slot};
use ward_domain::tenancy::TenantScope;
use ward_domain::time::{DAY, HOUR, MINUTE};
use ward_gateways::{Mail, MailError};
use ward_test_kit::{DEADLINE, Kit, eventually, start_of_time};

/// A hospital with an appointment in two days, and a further slot the day after.
async fn booked(kit: &Kit) -> (TenantScope, Appointment, Slot) {
    let city = kit.hospital("City").await;
    let doctor = kit.doctor(&city, "Ada").await;
    let patient = kit.patient(&city, "Pat").await;
    let slot = kit.open_slots(&city, doctor, start_of_time().plus(2 * DAY), 1).await.remove(0);
    let later = kit.open_slots(&city, doctor, start_of_time().plus(3 * DAY), 1).await.remove(0);
    let appointment = kit.book(&city, &slot, patient).await.unwrap();
    (city, appointment, later)
}

async fn letters(kit: &Kit, count: usize) -> Vec<Mail> {
    let letters =
        eventually("letters are sent", async || Some(kit.mail.letters()).filter(|all| all.len() >= count))
            .await;
    assert_eq!(letters.len(), count);
    letters
}

/// Every event is passed on and every attempt noted: what was not sent by now never will be.
async fn all_quiet(kit: &Kit, scope: &TenantScope) {
    eventually("all is quiet", async || {
        let none = kit.env.store.pending_events(scope, 1).await.unwrap().is_empty();
        (none && kit.env.tasks.is_empty()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_patient_is_reminded_a_day_and_half_an_hour_before() {
    let kit = Kit::new().await;
    let (city, appointment, _) = booked(&kit).await;
    kit.pass(DAY - 1).await;
    all_quiet(&kit, &city).await;
    assert_eq!(kit.mail.letters().len(), 0, "a millisecond too early");

    kit.pass(1).await;
    let first = letters(&kit, 1).await.remove(0);
    assert!(first.text.contains("tomorrow") && first.subject.contains("City"), "{}", first.text);
    all_quiet(&kit, &city).await;

    kit.pass(DAY - 30 * MINUTE).await;
    let second = letters(&kit, 2).await.remove(1);
    assert!(second.text.contains("in 30 minutes"), "{}", second.text);
    let after = kit.appointment(&city, appointment.id).await.unwrap();
    assert!(after.reminders.iter().all(|reminder| reminder.state == ReminderState::Sent));
}

#[tokio::test]
async fn a_reminder_told_ten_times_is_sent_once() {
    let kit = Kit::new().await;
    let (city, appointment, _) = booked(&kit).await;
    kit.clock.advance(DAY);
    for _ in 0..10 {
        let due = RemindersDue(vec![appointment.id]);
        kit.actors.reminders.ask(&city, Actors::of_hospital(&city), DEADLINE, due).await.unwrap();
        // Past the patience with which the reminders' actor itself holds back.
        kit.clock.advance(6_000);
    }
    letters(&kit, 1).await;
    all_quiet(&kit, &city).await;
    assert_eq!(kit.mail.letters().len(), 1);
}

#[tokio::test]
async fn reminders_survive_a_restart_of_the_tree() {
    let kit = Kit::embedded().await;
    let (city, _, _) = booked(&kit).await;
    let kit = kit.restarted().await;
    kit.pass(DAY).await;
    letters(&kit, 1).await;
    all_quiet(&kit, &city).await;

    let kit = kit.restarted().await;
    kit.pass(HOUR).await;
    all_quiet(&kit, &city).await;
    assert_eq!(kit.mail.letters().len(), 1, "what was sent is not sent again");
}

#[tokio::test]
async fn reminders_follow_a_reschedule() {
    let kit = Kit::new().await;
    let (city, appointment, later) = booked(&kit).await;
    kit.reschedule(&city, &appointment, &later).await.unwrap();
    kit.pass(DAY).await;
    all_quiet(&kit, &city).await;
    assert_eq!(kit.mail.letters().len(), 0, "the old time counts no more");
    kit.pass(DAY).await;
    letters(&kit, 1).await;
}

#[tokio::test]
async fn a_cancelled_appointment_reminds_nobody() {
    let kit = Kit::new().await;
    let (city, appointment, _) = booked(&kit).await;
    kit.cancel(&city, &appointment).await.unwrap();
    kit.pass(DAY).await;
    all_quiet(&kit, &city).await;
    assert_eq!(kit.mail.attempts().len(), 0);
}

#[tokio::test]
async fn a_letter_that_failed_is_sent_again_under_the_same_id() {
    let kit = Kit::new().await;
    let (city, _, _) = booked(&kit).await;
    kit.mail.fail_next(MailError::Later("451".into()));
    kit.pass(DAY).await;
    eventually("a first attempt", async || (kit.mail.attempts().len() == 1).then_some(())).await;
    all_quiet(&kit, &city).await;

    kit.pass(2 * MINUTE).await;
    letters(&kit, 1).await;
    let attempts = kit.mail.attempts();
    assert_eq!(attempts.len(), 2);
    assert_eq!(attempts[0], attempts[1]);
}
