//! Two processes of Ward on one keyspace: neither is trusted to be the only one.
//!
//! `WARD_TWO_SLOTS` and `WARD_TWO_PAUSE` (seconds) make the runs longer than they are in `make test`.

use crate::kit::{Client, Hospital, Reply};
use crate::process::Process;
use crate::server;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use ward_domain::time::{Clock as _, Time};
use ward_gateways::mail::server::Server as SmtpServer;
use ward_store_scylla::{Options, migrations};

/// Callers of each process.
const CALLERS: usize = 16;
const HALF_HOUR: i64 = 1_800_000;

/// A keyspace, and two processes on it.
struct Two {
    options: Options,
    processes: Vec<Process>,
}

async fn two(name: &str) -> Two {
    two_with(name, &[]).await
}

async fn two_with(name: &str, more: &[(&str, &str)]) -> Two {
    let shared = server::shared_options();
    let options = Options { keyspace: format!("{}_{name}", shared.keyspace), ..shared };
    migrations::migrate(&options, 1).await.unwrap();
    let (nodes, replication) = (options.nodes.join(","), options.replication.to_string());
    let mut settings = vec![
        ("WARD__STORE__BACKEND", "scylla"),
        ("WARD__STORE__SCYLLA__NODES", nodes.as_str()),
        ("WARD__STORE__SCYLLA__KEYSPACE", options.keyspace.as_str()),
        ("WARD__STORE__SCYLLA__REPLICATION", &replication),
        ("WARD__STORE__SCYLLA__REQUEST_TIMEOUT_MS", "20000"),
        ("WARD__SERVER__DEADLINE_SECONDS", "120"),
        // Both seal with one key.
        ("WARD__KEYS__MASTER", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="),
    ];
    settings.extend(more);
    let processes = vec![Process::start(&settings), Process::start(&settings)];
    Two { options, processes }
}

impl Two {
    fn clients(&self) -> [&Client; 2] {
        [&self.processes[0].client, &self.processes[1].client]
    }

    async fn end(self) {
        drop(self.processes);
        migrations::drop_keyspace(&self.options).await.unwrap();
    }
}

#[allow(clippy::disallowed_methods, reason = "a test reads its own settings")]
fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().map_or(otherwise, |text| text.parse().unwrap())
}

fn now() -> Time {
    ward::wiring::SystemClock.now()
}

/// Slots of a doctor, a half hour each, from some hours on.
async fn slots(client: &Client, hospital: &Hospital, doctor: u64, hours: i64, count: u64) -> Vec<u64> {
    let begins = now().plus(hours * 2 * HALF_HOUR);
    let mut ids = Vec::new();
    while (ids.len() as u64) < count {
        let some = i64::try_from((count - ids.len() as u64).min(48)).unwrap();
        let from = begins.plus(i64::try_from(ids.len()).unwrap() * HALF_HOUR);
        let window = json!({"doctor": doctor, "start_time": from.to_string(), "end_time": from.plus(some * HALF_HOUR).to_string(),
            "slot_minutes": 30, "is_available": true});
        let made =
            client.post("/api/appointments/availability-slots/", &hospital.admin, window).await.expect(201);
        ids.extend(made["slots"].as_array().unwrap().iter().map(|slot| slot["id"].as_u64().unwrap()));
    }
    ids
}

/// A doctor and the patient who books with them: patients are at one place at a time, so each doctor has one of their own.
struct Pair {
    doctor: u64,
    patient: u64,
    token: String,
    slots: Vec<u64>,
}

async fn pairs(client: &Client, hospital: &Hospital, name: &str, count: u64, slots_each: u64) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for pair in 0..count {
        let (doctor, _) =
            Hospital::person(client, &hospital.admin, hospital.id, name, "doctor", &format!("doctor{pair}"))
                .await;
        let (patient, token) = Hospital::person(
            client,
            &hospital.admin,
            hospital.id,
            name,
            "patient",
            &format!("patient{pair}"),
        )
        .await;
        let slots = slots(client, hospital, doctor, 48, slots_each).await;
        pairs.push(Pair { doctor, patient, token, slots });
    }
    pairs
}

async fn book(client: &Client, pair: &Pair, slot: u64) -> Reply {
    let body = json!({"patient": pair.patient, "doctor": pair.doctor, "slot": slot});
    client.post("/api/appointments/", &pair.token, body).await
}

/// Books all slots through a process; gives how many answers of each status there were. With another `order` each goes
/// before the other now and then.
async fn book_all(client: &Client, pairs: &Arc<Vec<Pair>>, order: usize) -> BTreeMap<u16, usize> {
    let all: Arc<Vec<(usize, u64)>> = Arc::new(
        (0..pairs[0].slots.len())
            .flat_map(|slot| pairs.iter().enumerate().map(move |(pair, of)| (pair, of.slots[slot])))
            .collect(),
    );
    let next = Arc::new(AtomicUsize::new(0));
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..CALLERS {
        let (client, all, next, pairs) = (client.clone(), all.clone(), next.clone(), pairs.clone());
        callers.spawn(async move {
            let mut statuses = Vec::new();
            while let Some((pair, slot)) = all.get(next.fetch_add(1, Ordering::Relaxed) ^ order) {
                let reply = book(&client, &pairs[*pair], *slot).await;
                assert!(matches!(reply.status, 201 | 409 | 503), "{}: {}", reply.status, reply.text);
                statuses.push(reply.status);
            }
            statuses
        });
    }
    let mut counts = BTreeMap::new();
    for status in callers.join_all().await.into_iter().flatten() {
        *counts.entry(status).or_default() += 1;
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_processes_book_at_once_is_booked_once() {
    let two = two("book").await;
    let [first, second] = two.clients();
    let hospital = Hospital::join(first, "both").await;
    let wanted = number("WARD_TWO_SLOTS", 400);
    let pairs = Arc::new(pairs(first, &hospital, "both", 10, wanted / 10).await);
    let begun = Instant::now();
    let (one, other) = tokio::join!(book_all(first, &pairs, 0), book_all(second, &pairs, 1));
    let of = |status| one.get(&status).unwrap_or(&0) + other.get(&status).unwrap_or(&0);
    println!("{wanted} slots from two processes in {:?}: {one:?} and {other:?}", begun.elapsed());
    assert_eq!(of(201) as u64, wanted, "{one:?} {other:?}");
    assert_eq!(of(409) as u64, wanted, "{one:?} {other:?}");
    for client in [first, second] {
        let all = client.get("/api/appointments/", &hospital.admin).await.expect(200);
        assert_eq!(all["count"].as_u64(), Some(wanted));
    }
    two.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_was_held_up_in_mid_commit_does_no_harm() {
    let two = two("paused").await;
    let [first, second] = two.clients();
    let hospital = Hospital::join(first, "paused").await;
    let pause = Duration::from_secs(number("WARD_TWO_PAUSE", 62));
    let pairs = Arc::new(pairs(first, &hospital, "paused", 8, 20).await);
    let (held, going) = (first.clone(), second.clone());
    let (early, late) = (pairs.clone(), pairs.clone());
    let one = tokio::spawn(async move { book_all(&held, &early, 0).await });
    // In the midst of its commits.
    first.until("/api/appointments/", &hospital.admin, |all| all["count"].as_u64() >= Some(20)).await;
    two.processes[0].signal("STOP");
    let begun = Instant::now();
    let other = book_all(&going, &late, 1).await;
    let left = pause.saturating_sub(begun.elapsed());
    tokio::time::sleep(left).await;
    two.processes[0].signal("CONT");
    let one = one.await.unwrap();
    // What had no answer in time is asked for again: it is booked, by whoever it was.
    let again = book_all(second, &pairs, 0).await;
    assert_eq!(again.get(&409), Some(&160), "{one:?} {other:?} {again:?}");
    for client in [first, second] {
        let all = client.get("/api/appointments/", &hospital.admin).await.expect(200);
        assert_eq!(all["count"], 160, "{one:?} {other:?}");
    }
    println!("held up for {:?}: {one:?}; the other meanwhile: {other:?}", begun.elapsed());
    two.end().await;
}

/// A slot of which a reminder is due in a few seconds, half an hour before it begins, in both processes.
async fn soon(client: &Client, hospital: &Hospital) -> u64 {
    let soon = now().plus(HALF_HOUR + 5_000);
    let window = json!({"doctor": hospital.doctor_id, "start_time": soon.to_string(), "end_time": soon.plus(HALF_HOUR).to_string(), "is_available": true});
    let slot: Value =
        client.post("/api/appointments/availability-slots/", &hospital.admin, window).await.expect(201);
    slot["id"].as_u64().unwrap()
}

/// The server has the letter at once and says so three seconds later: long enough for the other process to find it due.
#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_is_long_on_its_way_leaves_once() {
    let mut server = SmtpServer::start(&[]).await;
    let port = server.port.to_string();
    let mail = [
        ("WARD__MAIL__TRANSPORT", "smtp"),
        ("WARD__MAIL__SMTP__HOST", "127.0.0.1"),
        ("WARD__MAIL__SMTP__PORT", port.as_str()),
        ("WARD__MAIL__SMTP__SECURITY", "none"),
    ];
    let two = two_with("slow", &mail).await;
    let [first, second] = two.clients();
    let hospital = Hospital::join(first, "slow").await;
    let (patient, token) =
        Hospital::person(first, &hospital.admin, hospital.id, "slow", "patient", "slow").await;
    let slot = soon(second, &hospital).await;
    let body = json!({"patient": patient, "doctor": hospital.doctor_id, "slot": slot});
    first.post("/api/appointments/", &token, body).await.expect(201);
    let reminds = |mail: &Value| {
        let subject =
            |header: &Value| header[0] == "Subject" && header[1].as_str().unwrap().starts_with("Reminder");
        mail["headers"].as_array().unwrap().iter().any(subject)
    };
    while !reminds(&server.next("mail").await) {}
    // Both clockworks go round several times more, before the answer and after it.
    let more = async { while !reminds(&server.next("mail").await) {} };
    assert!(tokio::time::timeout(Duration::from_secs(7), more).await.is_err(), "a reminder left twice");
    two.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_sent_to_both_counts_once_and_a_reminder_leaves_once() {
    let two = two("once").await;
    let [first, second] = two.clients();
    let hospital = Hospital::join(first, "once").await;
    let slots = slots(first, &hospital, hospital.doctor_id, 48, 12).await;
    let bearer = format!("Bearer {}", hospital.patient);
    for (round, slot) in slots.iter().enumerate() {
        let key = format!("key-{round}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            ("idempotency-key", key.as_str()),
        ];
        let body =
            json!({"patient": hospital.patient_id, "doctor": hospital.doctor_id, "slot": slot}).to_string();
        let send = |client: &Client| {
            let (client, body) = (client.clone(), body.clone());
            async move { client.send("POST", "/api/appointments/", &headers, body).await }
        };
        let (one, other) = tokio::join!(send(first), send(second));
        let mut booked = Vec::new();
        for (client, mut reply) in [(first, one), (second, other)] {
            // Both under way at once: one is told to ask again.
            let begun = Instant::now();
            while reply.status == 409 && begun.elapsed() < Duration::from_secs(30) {
                tokio::time::sleep(Duration::from_millis(20)).await;
                reply = send(client).await;
            }
            booked.push(reply.expect(201)["id"].clone());
        }
        assert_eq!(booked[0], booked[1]);
    }
    let count = async |client: &Client| {
        client.get("/api/appointments/", &hospital.patient).await.expect(200)["count"].as_u64()
    };
    assert_eq!((count(first).await, count(second).await), (Some(12), Some(12)));

    let slot = soon(second, &hospital).await;
    hospital.book(first, slot).await.expect(201);
    let reminds = |letter: &Value| letter["subject"].as_str().unwrap().starts_with("Reminder");
    let letters = || {
        let all = two.processes.iter().flat_map(Process::letters);
        all.filter(reminds).count()
    };
    let begun = Instant::now();
    while letters() == 0 {
        assert!(begun.elapsed() < Duration::from_mins(1), "no reminder left");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // Both clockworks go round several times more.
    let seen = Instant::now();
    while seen.elapsed() < Duration::from_secs(4) {
        assert_eq!(letters(), 1, "a reminder left twice");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    two.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_passwords_are_counted_together() {
    let two = two("guess").await;
    let [first, second] = two.clients();
    Hospital::join(first, "guess").await;
    let guess = async |client: &Client, password: &str| {
        let body = json!({"email": "smith@guess.example", "password": password});
        client.post("/medcor/api/auth/login/", "", body).await.status
    };
    for client in [first, second, first, second, first] {
        assert_eq!(guess(client, "not this one").await, 401);
    }
    for client in [second, first] {
        assert_eq!(guess(client, "not this one").await, 429);
        assert_eq!(guess(client, crate::kit::PASSWORD).await, 429);
    }
    two.end().await;
}
