//! What the relay feeds to search. An index that is down costs searches, never letters.

use ward_actors::Actors;
use ward_actors::relay::RelayMessage;
use ward_domain::account::{Account, AccountCommand};
use ward_domain::encounter::EncounterCommand;
use ward_domain::encounter::transcript::{Segment, Speaker, Transcript};
use ward_domain::id::UserId;
use ward_domain::record::Document as _;
use ward_domain::tenancy::TenantScope;
use ward_domain::time::{DAY, HOUR};
use ward_search::{DocumentKind, SearchDocument, TextField};
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
    let edit = AccountCommand::Edit {
        profile: Box::new(profile),
        log_ins: Vec::new(),
        fingerprints: Vec::new(),
        own: false,
        if_version: None,
    };
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

#[tokio::test]
async fn a_rebuilding_feeds_what_was_fed_piece_by_piece() {
    let kit = Kit::new().await;
    let city = kit.hospital("City").await;
    let doctors = [kit.doctor(&city, "Ada").await, kit.doctor(&city, "Grace").await];
    let patients = [kit.patient(&city, "Pat").await, kit.patient(&city, "Nova").await];
    for (number, doctor) in doctors.into_iter().enumerate() {
        let start = start_of_time().plus([2 * DAY, 9 * DAY][number]);
        for slot in kit.open_slots(&city, doctor, start, MANY / 2).await {
            kit.book(&city, &slot, patients[number]).await.unwrap();
        }
    }
    let complaints = ["headache", "cough", "nausea"];
    for complaint in complaints {
        let id = kit.encounter(&city, doctors[0]).await.id();
        let text = format!("I have had a {complaint} for three weeks.");
        let segments = vec![Segment { start_ms: 0, end_ms: 0, speaker: Speaker::Patient, text }];
        let transcript = Box::new(Transcript { language: "en".into(), segments, confidence: None });
        let give = EncounterCommand::GiveTranscript { transcript, by: doctors[0], read: None };
        kit.tell_encounter(&city, id, give).await.unwrap();
    }
    let all = 4 + MANY + complaints.len();
    let has_note = |document: &SearchDocument| document.texts_of(TextField::Subjective).count() > 0;
    eventually("everything is fed", async || {
        let fed = kit.search.contents(&city);
        let notes = fed.values().filter(|document| has_note(document)).count();
        (fed.len() == all && notes == complaints.len()).then_some(())
    })
    .await;
    eventually("every event is passed on", async || {
        kit.env.store.pending_events(&city, 1).await.unwrap().is_empty().then_some(())
    })
    .await;
    let before = kit.search.contents(&city);

    let relay = Actors::of_hospital(&city);
    let fed = kit.actors.relays.ask(&city, relay, DEADLINE, RelayMessage::Rebuild).await.unwrap();
    assert_eq!(fed, all as u64);
    assert_eq!(kit.search.contents(&city), before);
    for complaint in complaints {
        let about: Vec<&SearchDocument> = before
            .values()
            .filter(|document| document.texts_of(TextField::Transcript).any(|said| said.contains(complaint)))
            .collect();
        let [about] = about[..] else { panic!("{complaint}: {about:?}") };
        let written: Vec<&str> = about.texts_of(TextField::Subjective).collect();
        assert!(written.concat().contains(complaint), "the note of another: {written:?}");
    }
}
