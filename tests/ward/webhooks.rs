//! Webhooks end to end: registered over MedCor, received by a real server.

use crate::kit::{Hospital, PLATFORM_EMAIL, Server};
use crate::process::letters;
use crate::receiver::Receiver;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use ward_domain::webhook::sign;

const WITHIN: Duration = Duration::from_secs(30);
const SECRET: &str = "your-webhook-secret";

async fn developers() -> Server {
    Server::start_with(|settings| {
        settings.webhooks.allow_private = true;
        settings.webhooks.timeout_ms = 2_000;
        settings.auth.session_hours = 1_000;
        settings.auth.access_minutes = 60_000;
    })
    .await
}

async fn register(server: &Server, hospital: &Hospital, receiver: &Receiver, events: Value) -> u64 {
    let body = json!({"url": receiver.url(), "events": events, "secret": SECRET});
    server.post("/api/webhooks/", &hospital.admin, body).await.expect(201)["id"].as_u64().unwrap()
}

fn appointments() -> Value {
    json!([
        "appointment.created",
        "appointment.confirmed",
        "appointment.rescheduled",
        "appointment.cancelled",
        "appointment.updated"
    ])
}

fn types(bodies: &[Value]) -> Vec<&str> {
    bodies.iter().map(|body| body["type"].as_str().unwrap()).collect()
}

/// Moves the clock. Ids are minted under a lease of seconds, which a clock that jumps runs out of.
async fn later(server: &Server, ms: i64) {
    server.clock.by(ms);
    server.house.env.ids.renew(&*server.house.env.store).await.unwrap();
}

/// Lets the clockwork go round until something is so.
async fn rounds(server: &Server, what: &str, so: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !so().await {
        server.clockwork.round().await.unwrap();
        assert!(began.elapsed() < WITHIN, "not so: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_to_an_appointment_arrives_signed_and_in_order() {
    let server = developers().await;
    let (hospital, receiver) = (Hospital::join(&server, "hooks").await, Receiver::start().await);
    let made = json!({"url": receiver.url(), "events": appointments(), "secret": SECRET});
    let reply = server.post("/api/webhooks/", &hospital.admin, made).await;
    assert!(reply.headers.contains_key("etag"));
    let made = reply.expect(201);
    assert_eq!((made["status"].as_str(), made.get("secret")), (Some("active"), None), "{made}");
    let (first, second) = (hospital.slot(&server, 48).await, hospital.slot(&server, 50).await);
    let id = hospital.book(&server, first).await.expect(201)["id"].as_u64().unwrap();
    let path = format!("/api/appointments/{id}/");
    server.post(&format!("{path}confirm/"), &hospital.doctor, Value::Null).await.expect(200);
    server.put(&path, &hospital.patient, json!({"slot": second})).await.expect(200);
    server.put(&path, &hospital.patient, json!({"notes": "I come by bus"})).await.expect(200);
    server.post(&format!("{path}cancel/"), &hospital.patient, json!({"reason": "Ill"})).await.expect(200);
    let bodies = receiver.until_taken(5, WITHIN).await;
    assert_eq!(
        types(&bodies),
        [
            "appointment.created",
            "appointment.confirmed",
            "appointment.rescheduled",
            "appointment.updated",
            "appointment.cancelled"
        ]
    );
    let data = &bodies[0]["data"];
    assert_eq!(
        (data["id"].as_u64(), data["doctor"].as_u64()),
        (Some(id), Some(hospital.doctor_id)),
        "{data}"
    );
    assert_eq!(
        (data["patient"].as_u64(), data["status"].as_str()),
        (Some(hospital.patient_id), Some("scheduled"))
    );
    assert_ne!(bodies[1]["data"]["start_time"], bodies[2]["data"]["start_time"]);
    for got in receiver.got() {
        assert_eq!(got.header("x-medcor-signature"), sign::plain(SECRET, &got.raw));
        let body = got.body();
        assert_eq!(body["id"], got.header("webhook-id"));
        let seconds = got.header("webhook-timestamp").parse().unwrap();
        let standard = sign::standard(SECRET, got.header("webhook-id"), seconds, &got.raw);
        assert_eq!(got.header("webhook-signature"), standard);
        assert!(got.header("user-agent").starts_with("Ward-Webhooks/"));
        let text = body.to_string();
        assert!(
            !["alice", "smith", "bus", "Ill", "checkup"].iter().any(|word| text.contains(word)),
            "{text}"
        );
    }
    // The log says so.
    let log = format!("/api/webhooks/{}/deliveries/", made["id"]);
    let all = server.until(&log, &hospital.admin, |page| {
        page["results"].as_array().unwrap().iter().filter(|one| one["status"] == "delivered").count() == 5
    });
    let page = all.await;
    assert_eq!(
        (page["count"].as_u64(), page["results"][0]["event_type"].as_str()),
        (Some(5), Some("appointment.cancelled"))
    );
    let one = &page["results"][4];
    assert_eq!((one["attempts"].as_u64(), one["status_code"].as_u64()), (Some(1), Some(200)), "{one}");
    let detail = server.get(&format!("{log}{}/", one["id"]), &hospital.admin).await.expect(200);
    assert_eq!((&detail["payload"], detail["attempt_log"].as_array().unwrap().len()), (&bodies[0], 1));
    assert_eq!(server.get(&format!("{log}?status=dead"), &hospital.admin).await.expect(200)["count"], 0);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_was_down_gets_everything_in_order_and_the_log_says_how() {
    let server = developers().await;
    let (hospital, receiver) = (Hospital::join(&server, "down").await, Receiver::start().await);
    let hook = register(&server, &hospital, &receiver, appointments()).await;
    receiver.answers(503);
    let slot = hospital.slot(&server, 480).await;
    let id = hospital.book(&server, slot).await.expect(201)["id"].as_u64().unwrap();
    server.post(&format!("/api/appointments/{id}/confirm/"), &hospital.doctor, Value::Null).await.expect(200);
    let log = format!("/api/webhooks/{hook}/deliveries/");
    let failed = |page: &Value| page["count"] == 2 && page["results"][1]["status"] == "failed";
    let page = server.until(&log, &hospital.admin, failed).await;
    let (second, first) = (&page["results"][0], &page["results"][1]);
    assert_eq!((first["status_code"].as_u64(), first["error"].as_str()), (Some(503), Some("answered 503")));
    assert!(first["next_attempt_at"].is_string() && second["next_attempt_at"].is_null(), "{page}");
    // Hours later, and down all the time.
    for attempts in 2..=6 {
        later(&server, 40 * 60_000).await;
        let noted = async || {
            let page = server.get(&log, &hospital.admin).await.expect(200);
            page["results"][1]["attempts"].as_u64() >= Some(attempts)
        };
        rounds(&server, "another attempt", noted).await;
    }
    assert!(
        receiver.got().iter().all(|got| got.body()["type"] == "appointment.created"),
        "the second passed the first"
    );
    receiver.answers(200);
    later(&server, 8 * 3_600_000).await;
    rounds(&server, "both arrive", async || receiver.taken().len() == 2).await;
    assert_eq!(types(&receiver.taken()), ["appointment.created", "appointment.confirmed"]);
    let done =
        |page: &Value| page["results"].as_array().unwrap().iter().all(|one| one["status"] == "delivered");
    let page = server.until(&log, &hospital.admin, done).await;
    assert_eq!(page["results"][1]["attempts"], 7, "{page}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_one_secret_replaces_another_both_sign() {
    let server = developers().await;
    let (hospital, receiver) = (Hospital::join(&server, "rotate").await, Receiver::start().await);
    let hook = register(&server, &hospital, &receiver, json!(["appointment.created"])).await;
    let path = format!("/api/webhooks/{hook}/");
    let rotated = server
        .post(&format!("{path}rotate/"), &hospital.admin, json!({"overlap_hours": 2}))
        .await
        .expect(200);
    let new = rotated["secret"].as_str().unwrap().to_owned();
    assert!(new.starts_with("whsec_") && rotated["previous_secret_until"].is_string(), "{rotated}");
    assert_eq!(server.get(&path, &hospital.admin).await.expect(200).get("secret"), None);
    let ping = server.post(&format!("{path}test/"), &hospital.admin, Value::Null).await.expect(201);
    assert_eq!(ping["event_type"], "ping");
    receiver.until_taken(1, WITHIN).await;
    let got = receiver.got().remove(0);
    assert_eq!(got.header("x-medcor-signature"), sign::plain(&new, &got.raw));
    assert_eq!(got.header("x-medcor-signature-old"), sign::plain(SECRET, &got.raw));
    assert_eq!(got.header("webhook-signature").split(' ').count(), 2);
    later(&server, 2 * 3_600_000).await;
    server.post(&format!("{path}test/"), &hospital.admin, Value::Null).await.expect(201);
    receiver.until_taken(2, WITHIN).await;
    let got = receiver.got().remove(1);
    assert_eq!(
        (got.header("x-medcor-signature-old"), got.header("webhook-signature").split(' ').count()),
        ("", 1)
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_takes_nothing_for_three_days_is_disabled_and_a_replay_makes_it_good() {
    let server = developers().await;
    let (hospital, receiver) = (Hospital::join(&server, "dead").await, Receiver::start().await);
    let hook = register(&server, &hospital, &receiver, appointments()).await;
    receiver.answers(500);
    let slot = hospital.slot(&server, 24 * 30).await;
    let id = hospital.book(&server, slot).await.expect(201)["id"].as_u64().unwrap();
    let path = format!("/api/webhooks/{hook}/");
    let is_disabled = async || server.get(&path, &hospital.admin).await.expect(200)["status"] == "disabled";
    rounds(&server, "it is disabled", async || {
        later(&server, 3_600_000).await;
        is_disabled().await
    })
    .await;
    rounds(&server, "the hospital is written to", async || {
        let all = letters(server.folder.path());
        all.iter().any(|letter| {
            letter["to"] == "admin@citygeneral.com"
                && letter["subject"] == "A webhook is disabled"
                && letter["body"].as_str().unwrap().contains("127.0.0.1")
        })
    })
    .await;
    // What happens now is written down and not sent.
    server.post(&format!("/api/appointments/{id}/confirm/"), &hospital.doctor, Value::Null).await.expect(200);
    let dead = format!("{path}deliveries/?status=dead");
    server.until(&dead, &hospital.admin, |page| page["count"] == 2).await;
    let all = json!({"since": "2020-01-01", "until": "2099-01-01"});
    let refused = server.post(&format!("{path}replay/"), &hospital.admin, all.clone()).await.expect(409);
    assert_eq!(refused["error"]["code"], "WEBHOOK_DISABLED");
    receiver.answers(200);
    server.post(&format!("{path}enable/"), &hospital.admin, Value::Null).await.expect(200);
    let replayed = server.post(&format!("{path}replay/"), &hospital.admin, all).await.expect(200);
    assert_eq!(replayed["count"], 2);
    let taken = receiver.until_taken(2, WITHIN).await;
    assert_eq!(types(&taken), ["appointment.created", "appointment.confirmed"]);
    // And one of them once more, by its id: the same event.
    let done = |page: &Value| page["count"] == 2;
    let page = server.until(&format!("{path}deliveries/?status=delivered"), &hospital.admin, done).await;
    let one = page["results"][1]["id"].as_u64().unwrap();
    let before = receiver.got().len();
    server.post(&format!("{path}deliveries/{one}/replay/"), &hospital.admin, Value::Null).await.expect(200);
    rounds(&server, "it comes again", async || receiver.got().len() == before + 1).await;
    assert_eq!(receiver.got().last().unwrap().body(), taken[0]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_leads_home_is_refused_and_wrong_bodies_name_their_fields() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "refused").await;
    // As the document prints it.
    let printed = json!({"url": "https://your-server.com/webhook", "events": ["appointment.created", "appointment.cancelled"], "secret": SECRET});
    let made = server.post("/api/webhooks/", &hospital.admin, printed.clone()).await.expect(201);
    assert_eq!(made["events"], printed["events"]);
    for (field, value, part) in [
        ("url", json!("https://127.0.0.1/hook"), "public"),
        ("url", json!("https://localhost/hook"), "public"),
        ("url", json!("https://169.254.169.254/latest/"), "public"),
        ("url", json!("https://[::ffff:10.0.0.8]/"), "public"),
        ("url", json!("https://2130706433/"), "public"),
        ("url", json!("http://your-server.com/webhook"), "https://"),
        ("url", json!("https://me:word@your-server.com/"), "password"),
        ("url", json!("no url"), "URL"),
        ("events", json!(["appointment.exploded"]), "appointment.created, appointment.updated"),
        ("events", json!([]), "at least one"),
        ("secret", json!("short"), "16 to 256"),
    ] {
        let mut body = printed.clone();
        body[field] = value.clone();
        let refused = server.post("/api/webhooks/", &hospital.admin, body.clone()).await.expect(400);
        let said = refused["error"]["details"][field][0].as_str().unwrap_or_default();
        assert!(said.contains(part), "{field} {value}: {refused}");
        let path = format!("/api/webhooks/{}/", made["id"]);
        let refused = server.put(&path, &hospital.admin, json!({ field: value })).await.expect(400);
        assert!(refused["error"]["details"][field][0].is_string(), "{refused}");
    }
    assert_eq!(server.get("/api/webhooks/", &hospital.admin).await.expect(200)["count"], 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_are_their_hospitals_administrators_and_nobody_elses() {
    let server = Server::start().await;
    let (here, there) = (Hospital::join(&server, "ours").await, Hospital::join(&server, "theirs").await);
    let body = json!({"url": "https://hooks.example/", "events": ["patient.created"]});
    let key = [("idempotency-key", "once"), ("content-type", "application/json")];
    let bearer = format!("Bearer {}", here.admin);
    let headers = [key.as_slice(), &[("authorization", bearer.as_str())]].concat();
    let first = server.send("POST", "/medcor/api/webhooks/", &headers, body.to_string()).await.expect(201);
    assert!(first["secret"].as_str().unwrap().starts_with("whsec_"));
    let again = server.send("POST", "/medcor/api/webhooks/", &headers, body.to_string()).await.expect(201);
    assert_eq!((&again["id"], again.get("secret")), (&first["id"], None));
    let path = format!("/api/webhooks/{}/", first["id"]);
    for tail in ["", "deliveries/", "deliveries/1/"] {
        server.get(&format!("{path}{tail}"), &there.admin).await.expect(404);
    }
    for tail in ["enable/", "rotate/", "test/", "deliveries/1/replay/"] {
        server.post(&format!("{path}{tail}"), &there.admin, Value::Null).await.expect(404);
    }
    server.call("DELETE", &path, &there.admin, &Value::Null).await.expect(404);
    let platform = server.log_in(PLATFORM_EMAIL, crate::kit::PLATFORM_PASSWORD).await;
    for token in [&here.doctor, &here.patient, &platform] {
        server.get(&path, token).await.expect(403);
        server.post("/api/webhooks/", token, body.clone()).await.expect(403);
        server.get("/api/webhooks/", token).await.expect(403);
    }
    let reply = server.get(&path, &here.admin).await;
    let tag = reply.headers["etag"].to_str().unwrap().to_owned();
    let edit = json!({"events": ["patient.updated", "patient.created"]}).to_string();
    let with = |tag: &str| {
        [headers.as_slice(), &[("if-match", tag)]]
            .concat()
            .into_iter()
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
            .collect::<Vec<_>>()
    };
    let send = async |tag: &str| {
        let all = with(tag);
        let all: Vec<_> = all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        server.send("PUT", &format!("/medcor{path}"), &all, edit.clone()).await
    };
    assert_eq!(send("\"99\"").await.status, 412);
    assert_eq!(send(&tag).await.expect(200)["events"], json!(["patient.created", "patient.updated"]));
    server.call("DELETE", &path, &here.admin, &Value::Null).await.expect(204);
    server.get(&path, &here.admin).await.expect(404);
    assert_eq!(server.get("/api/webhooks/", &here.admin).await.expect(200)["count"], 0);
    server.stop().await;
}
