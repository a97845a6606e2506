//! A thousand events, and a process that is killed again and again: none is lost, and none comes before what came before it.

use crate::kit::Hospital;
use crate::process::Process;
use crate::receiver::Receiver;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use ward_domain::time::Clock as _;

/// Doctors, and bookings with each: every one is booked and confirmed.
const DOCTORS: usize = 10;
const BOOKINGS: usize = 50;
/// How often the process is killed.
const KILLS: u64 = 5;
/// How long all of it may take to arrive.
const WITHIN: Duration = Duration::from_mins(5);

/// Sends a request until it is answered, whoever is killed meanwhile: under one key, it counts once.
async fn insist(port: u16, path: &str, token: &str, key: &str, body: &Value) -> Value {
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<bytes::Bytes>>();
    loop {
        let request = http::Request::builder()
            .method("POST")
            .uri(format!("http://127.0.0.1:{port}{path}"))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .header("idempotency-key", key)
            .body(Full::new(bytes::Bytes::from(body.to_string())))
            .unwrap();
        if let Ok(response) = client.request(request).await {
            let status = response.status().as_u16();
            if let Ok(body) = response.into_body().collect().await {
                let body = body.to_bytes();
                match status {
                    200 | 201 => return serde_json::from_slice(&body).unwrap(),
                    409 | 429 | 503 => {}
                    _ => panic!("{path}: {status} {}", String::from_utf8_lossy(&body)),
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_events_none_is_lost_and_none_is_early_though_the_process_is_killed() {
    let receiver = Receiver::failing_every(211).await;
    let port = crate::process::port_of_its_own();
    let listen = format!("127.0.0.1:{port}");
    let settings = [
        ("WARD__SERVER__LISTEN", listen.as_str()),
        ("WARD__WEBHOOKS__ALLOW_PRIVATE", "true"),
        ("WARD__WEBHOOKS__TIMEOUT_MS", "1000"),
        ("WARD__TENANCY__DEFAULT_PLAN", "unlimited"),
    ];
    let mut process = Process::start(&settings);
    let hospital = Hospital::join(&process.client, "killed").await;
    let hook = json!({"url": receiver.url(), "events": ["appointment.created", "appointment.confirmed"]});
    process.client.post("/api/webhooks/", &hospital.admin, hook).await.expect(201);
    let mut drivers = tokio::task::JoinSet::new();
    for number in 0..DOCTORS {
        let person = async |role: &str| {
            let who = format!("{role}{number}");
            Hospital::person(&process.client, &hospital.admin, hospital.id, "killed", role, &who).await.0
        };
        let (doctor, patient) = (person("doctor").await, person("patient").await);
        let start = ward::wiring::SystemClock.now().plus(48 * 3_600_000);
        let end = start.plus(i64::try_from(BOOKINGS).unwrap() * 15 * 60_000);
        let window = json!({"doctor": doctor, "start_time": start.to_string(), "end_time": end.to_string(), "slot_minutes": 15});
        let opened = process
            .client
            .post("/api/appointments/availability-slots/", &hospital.admin, window)
            .await
            .expect(201);
        let slots: Vec<u64> =
            opened["slots"].as_array().unwrap().iter().map(|slot| slot["id"].as_u64().unwrap()).collect();
        assert_eq!(slots.len(), BOOKINGS);
        let admin = hospital.admin.clone();
        drivers.spawn(async move {
            for slot in slots {
                let body = json!({"doctor": doctor, "patient": patient, "slot": slot});
                let booked =
                    insist(port, "/medcor/api/appointments/", &admin, &format!("book-{slot}"), &body).await;
                let path = format!("/medcor/api/appointments/{}/confirm/", booked["id"]);
                insist(port, &path, &admin, &format!("confirm-{slot}"), &Value::Null).await;
            }
        });
    }
    for kill in 0..KILLS {
        tokio::time::sleep(Duration::from_millis(700 + kill * 311 % 900)).await;
        process = process.killed_and_started(&settings);
    }
    while let Some(done) = drivers.join_next().await {
        done.unwrap();
    }
    // Once more, with everything that is on its way.
    process = process.killed_and_started(&settings);
    let taken = receiver.until_taken(2 * DOCTORS * BOOKINGS, WITHIN).await;
    assert_eq!(taken.len(), 2 * DOCTORS * BOOKINGS);
    let mut lines: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    let mut kinds: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for body in &taken {
        let number = body["id"].as_str().unwrap().trim_start_matches("evt_").parse().unwrap();
        lines.entry(body["data"]["doctor"].as_u64().unwrap()).or_default().push(number);
        kinds
            .entry(body["data"]["id"].as_u64().unwrap())
            .or_default()
            .push(body["type"].as_str().unwrap().to_owned());
    }
    assert_eq!((lines.len(), kinds.len()), (DOCTORS, DOCTORS * BOOKINGS));
    for (doctor, numbers) in lines {
        assert!(numbers.is_sorted(), "of doctor {doctor} something came early: {numbers:?}");
    }
    for (appointment, kinds) in kinds {
        assert_eq!(kinds, ["appointment.created", "appointment.confirmed"], "{appointment}");
    }
    let again = receiver.got().len() - taken.len();
    println!(
        "{} events, {again} of them more than once or refused, through {} kills",
        taken.len(),
        KILLS + 1
    );
    drop(process);
}
