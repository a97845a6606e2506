//! What the relay feeds to search. An index that is down costs searches, never letters.

use ward_domain::account::{Account, AccountCommand};
use ward_domain::id::UserId;
use ward_domain::record::Document as _;
use ward_domain::tenancy::TenantScope;
use ward_domain::time::{DAY, HOUR};
use ward_search::{DocumentKind, TextField};
use ward_test_kit::{DEADLINE, Kit, eventually, start_of_time};

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

/// More appointments than are fed anew at a time.
const MANY: usize = 150;

async fn rename(kit: &Kit, scope: &TenantScope, user: UserId, name: &str) {
    let stored = kit.env.store.get(scope, Account::KIND, user.id()).await.unwrap().unwrap();
    let account: Account = serde_json::from_slice(&stored.body).unwrap();
    let mut profile = account.profile;
    profile.first_name = name.into();
    let edit = AccountCommand::Edit { profile: Box::new(profile), log_ins: Vec::new(), if_version: None };
    kit.actors.accounts.ask(scope, user.id(), DEADLINE, edit).await.unwrap();
}

#[tokio::test]
async fn a_new_name_reaches_every_appointment_though_the_process_restarts_before() {
    let kit = Kit::new().await;
    let city = kit.hospital("City").await;
    let (doctor, patient) = (kit.doctor(&city, "Ada").await, kit.patient(&city, "Pat").await);
    for slot in kit.open_slots(&city, doctor, start_of_time().plus(2 * DAY), MANY).await {
        kit.book(&city, &slot, patient).await.unwrap();
    }
    let says = |kit: &Kit, field, name| kit.search.say(&city, DocumentKind::Appointment, field, name);
    let all = async |kit: &Kit, field, name: &'static str| {
        eventually(name, async || (says(kit, field, name) == MANY).then_some(())).await;
    };
    all(&kit, TextField::PatientName, "Pat").await;

    // The event is committed and not yet passed on when the process ends.
    kit.search.set_down(true);
    rename(&kit, &city, patient, "Nova").await;
    let kit = kit.restarted().await;
    kit.search.set_down(false);
    kit.pass(HOUR).await;
    all(&kit, TextField::PatientName, "Nova").await;
    assert_eq!(says(&kit, TextField::PatientName, "Pat"), 0);

    rename(&kit, &city, doctor, "Grace").await;
    all(&kit, TextField::DoctorName, "Grace").await;
    eventually("the outbox is empty", async || {
        kit.env.store.pending_events(&city, 1).await.unwrap().is_empty().then_some(())
    })
    .await;
}
