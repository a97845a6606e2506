//! What MedCor added, with two servers on one keyspace: what is done at one stands at the other, and nothing is done twice.

use super::pair;
use crate::kit::{Hospital, PASSWORD, PLATFORM_EMAIL, PLATFORM_PASSWORD, Server};
use crate::receiver::Receiver;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use ward_store_scylla::migrations;

const SLOTS: &str = "/api/appointments/availability-slots/";
const WAITING: &str = "/api/appointments/waiting-list/";
const LINKS: &str = "/api/appointments/calendar-links/";
const PLANS: &str = "/api/subscription-plans/";

fn path_of(url: &Value) -> String {
    let url = url.as_str().unwrap();
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest[rest.find('/').unwrap()..].to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_waiting_lists_and_feeds_of_two_servers_are_one() {
    let (options, _keys, first, second) = pair("desk", |_| {}).await;
    let hospital = Hospital::join(&first, "desk").await;
    let (bob_id, bob) =
        Hospital::person(&first, &hospital.admin, hospital.id, "desk", "patient", "bob").await;

    // Of two who want to hold a slot through two servers one holds it, and the other can neither hold nor book it.
    let slot = hospital.slot(&first, 48).await;
    let hold = format!("{SLOTS}{slot}/hold/");
    let (one, two) =
        tokio::join!(first.post(&hold, &hospital.patient, json!({})), second.post(&hold, &bob, json!({})));
    let mut answers = [one.status, two.status];
    answers.sort_unstable();
    assert_eq!(answers, [201, 409], "{} {}", one.text, two.text);
    let (holder, holder_id, other, other_id) = match one.status {
        201 => (&hospital.patient, hospital.patient_id, &bob, bob_id),
        _ => (&bob, bob_id, &hospital.patient, hospital.patient_id),
    };
    let body = |patient| json!({"patient": patient, "doctor": hospital.doctor_id, "slot": slot});
    assert_eq!(second.post("/api/appointments/", other, body(other_id)).await.status, 409);
    let booked = second.post("/api/appointments/", holder, body(holder_id)).await.expect(201);

    // Who joined the list at one is offered what becomes free at the other.
    let day = |days: i64| first.house.env.now().plus(days * 86_400_000).date_utc();
    let place = json!({"doctor": hospital.doctor_id, "from": day(0), "until": day(10)});
    let waits = first.post(WAITING, other, place).await.expect(201);
    let cancel = format!("/api/appointments/{}/cancel/", booked["id"]);
    second.post(&cancel, holder, Value::Null).await.expect(200);
    let entry = format!("{WAITING}{}/", waits["id"]);
    let offered = first.until(&entry, other, |entry| entry["status"] == "offered").await;
    assert_eq!(offered["offer"]["slot"].as_u64(), Some(slot));
    let taken = second.post(&format!("{entry}accept/"), other, Value::Null).await;
    assert!([200, 201].contains(&taken.status), "{}", taken.text);
    assert_eq!(first.get(&entry, other).await.expect(200)["status"], "booked");

    // A link of one opens at the other, shows what the other booked, and is over for both.
    let link = first.post(LINKS, &hospital.doctor, json!({})).await.expect(201);
    let feed = path_of(&link["url"]);
    let shown = second.get(&feed, "").await;
    assert_eq!((shown.status, shown.text.matches("BEGIN:VEVENT").count()), (200, 2), "{}", shown.text);
    let revoked = format!("{LINKS}{}/", link["id"]);
    second.call("DELETE", &revoked, &hospital.doctor, &Value::Null).await.expect(204);
    assert_eq!(first.get(&feed, "").await.status, 404);
    second.stop().await;
    first.stop().await;
    migrations::drop_keyspace(&options).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_of_two_servers_tell_every_event() {
    let (options, _keys, first, second) = pair("hooks", |settings| {
        settings.webhooks.allow_private = true;
        settings.webhooks.timeout_ms = 5_000;
    })
    .await;
    let hospital = Hospital::join(&first, "hooks").await;
    let receiver = Receiver::failing_every(7).await;
    let body = json!({"url": receiver.url(), "events": ["appointment.created", "appointment.confirmed"],
        "secret": "your-webhook-secret"});
    let hook = first.post("/api/webhooks/", &hospital.admin, body).await.expect(201)["id"].as_u64().unwrap();
    // What one registered the other knows within a moment, but not at once.
    let one = format!("/api/webhooks/{hook}/");
    second.get(&one, &hospital.admin).await.expect(200);
    tokio::time::sleep(Duration::from_millis(1_500)).await;

    let mut expected = BTreeSet::new();
    for number in 0..10 {
        let (here, there) = if number % 2 == 0 { (&first, &second) } else { (&second, &first) };
        let slot = hospital.slot(&first, 48 + number).await;
        let id = hospital.book(here, slot).await.expect(201)["id"].as_u64().unwrap();
        there
            .post(&format!("/api/appointments/{id}/confirm/"), &hospital.doctor, Value::Null)
            .await
            .expect(200);
        expected.extend([(id, "appointment.created"), (id, "appointment.confirmed")]);
    }
    let taken = receiver.until_taken(expected.len(), Duration::from_secs(90)).await;
    let told: BTreeSet<(u64, &str)> = taken
        .iter()
        .map(|event| {
            (
                event["data"]["appointment"].as_u64().or(event["data"]["id"].as_u64()).unwrap(),
                event["type"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!((told, taken.len()), (expected, 20));
    // One process made the deliveries and both show them.
    let mut logs = BTreeMap::new();
    for (name, server) in [("first", &first), ("second", &second)] {
        let path = format!("{one}deliveries/?status=delivered&page_size=100");
        let log = server.until(&path, &hospital.admin, |log| log["count"] == 20).await;
        logs.insert(name, log["results"].clone());
    }
    assert_eq!(logs["first"], logs["second"]);
    second.stop().await;
    first.stop().await;
    migrations::drop_keyspace(&options).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn plans_specialties_figures_and_merges_of_two_servers_are_one() {
    let (options, _keys, first, second) = pair("catalogue", |_| {}).await;
    let hospital = Hospital::join(&first, "catalogue").await;
    let platform = second.log_in(PLATFORM_EMAIL, PLATFORM_PASSWORD).await;
    let admin = &hospital.admin;

    let plan = json!({"name": "Care", "code": "care", "price": "49.90", "currency": "EUR",
        "billing_period": "monthly", "max_doctors": 2, "max_patients": 10, "max_members": 20,
        "max_appointments_per_month": 100});
    let plan = second.post(PLANS, &platform, plan).await.expect(201)["id"].as_u64().unwrap();
    first.post(&format!("{PLANS}{plan}/subscribe/"), admin, Value::Null).await.expect(200);
    let current = format!("{PLANS}current/");
    second.until(&current, admin, |current| current["plan_code"] == "care").await;
    // One place is left: who is admitted at one counts at the other.
    let doctor = |who: &str| {
        json!({"email": format!("{who}@catalogue.example"), "password": PASSWORD, "first_name": who,
        "last_name": "Tester", "role": "doctor"})
    };
    first.post("/api/auth/users/", admin, doctor("one")).await.expect(201);
    second.until("/api/auth/users/?role=doctor", admin, |listed| listed["count"] == 2).await;
    let refused = second.post("/api/auth/users/", admin, doctor("two")).await.expect(403);
    assert_eq!(refused["error"]["code"], "QUOTA_EXCEEDED", "{refused}");

    let found = second.get("/api/specialty/?search=Cardiology", admin).await.expect(200);
    let body =
        json!({"doctor": hospital.doctor_id, "specialty": found["results"][0]["id"], "is_primary": true});
    second.post("/api/specialty/doctor-specialties/", admin, body).await.expect(201);
    let assigned = format!("/api/specialty/doctor-specialties/?doctor={}", hospital.doctor_id);
    assert_eq!(first.get(&assigned, admin).await.expect(200)["count"], 1);

    for (number, server) in [&first, &second, &first, &second].into_iter().enumerate() {
        let slot = hospital.slot(&first, 48 + i64::try_from(number).unwrap()).await;
        hospital.book(server, slot).await.expect(201);
    }
    let figures = format!("/api/hospitals/{}/statistics/", hospital.id);
    let booked = |figures: &Value| figures["period_totals"]["booked"] == 4;
    let rolled = first.until(&figures, admin, booked).await;
    second.until(&figures, admin, booked).await;
    first.post("/ops/statistics/recount", &platform, json!({"hospital": hospital.id})).await.expect(200);
    let recounted = second.until(&figures, admin, booked).await;
    assert_eq!(recounted["by_day"], rolled["by_day"]);

    // What stands in the chart of a duplicate that one server wrote, the other merges.
    let patient = async |server: &Server, email: &str| {
        let body = json!({"email": email, "password": PASSWORD, "first_name": "Ana", "last_name": "Ruiz",
            "role": "patient", "date_of_birth": "1985-03-20"});
        server.post("/api/auth/users/", admin, body).await.expect(201)["id"].as_u64().unwrap()
    };
    let survivor = patient(&first, "ana@catalogue.example").await;
    let duplicate = patient(&second, "ruiz@catalogue.example").await;
    let record = json!({"patient": duplicate, "title": "Shoulder"});
    let record =
        first.post("/api/medical-records/", &hospital.doctor, record).await.expect(201)["id"].clone();
    let body = json!({"duplicate": duplicate, "reason": "Registered twice"});
    let merge = format!("/api/auth/users/patients/{survivor}/merge/");
    assert_eq!(second.post(&merge, admin, body).await.expect(200)["moved_documents"], 1);
    let path = format!("/api/medical-records/{record}/");
    let edit = json!({"title": "Left shoulder", "edit_reason": "side"});
    let edited = first.put(&path, &hospital.doctor, edit).await.expect(200);
    assert_eq!((&edited["patient"], &edited["version"]), (&json!(survivor), &json!(2)));
    let listed = second.get(&format!("/api/medical-records/?patient={survivor}"), admin).await.expect(200);
    assert_eq!((&listed["count"], &listed["results"][0]["title"]), (&json!(1), &json!("Left shoulder")));
    second.stop().await;
    first.stop().await;
    migrations::drop_keyspace(&options).await.unwrap();
}
