//! The calendar for people: feeds that calendar programs read, holds that expire, a waiting list that offers what becomes
//! free.

use crate::kit::{Hospital, PASSWORD, Reply, Server};
use crate::programs::run;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use ward_domain::time::{DAY, MINUTE, Time};

const LINKS: &str = "/api/appointments/calendar-links/";
const WAITING: &str = "/api/appointments/waiting-list/";
const SLOTS: &str = "/api/appointments/availability-slots/";

/// A link to somebody's calendar: its id and its whole address.
async fn link(server: &Server, token: &str, body: Value) -> (u64, String) {
    let made = server.post(LINKS, token, body).await.expect(201);
    (made["id"].as_u64().unwrap(), made["url"].as_str().unwrap().to_owned())
}

/// The path of an address of the test's own server.
fn path<'a>(server: &Server, url: &'a str) -> &'a str {
    url.strip_prefix(&format!("http://{}", server.address)).unwrap()
}

/// Moves the clock. With it the lease on ids is over, which a running clock would have renewed long before.
async fn later(server: &Server, ms: i64) {
    server.clock.by(ms);
    server.house.env.ids.renew(&*server.house.env.store).await.unwrap();
}

/// What two parsers read, which know nothing of each other.
async fn parsed(server: &Server, url: &str) -> Value {
    run(server, "feed.py", &[url]).await
}

fn event(feed: &Value, appointment: u64) -> Value {
    let uid = format!("{appointment}@ward");
    let events = feed["events"].as_array().unwrap();
    events.iter().find(|event| event["uid"] == uid.as_str()).cloned().unwrap_or_default()
}

async fn book(server: &Server, hospital: &Hospital, slot: u64) -> u64 {
    hospital.book(server, slot).await.expect(201)["id"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_follows_its_appointments_through_summer_time_and_is_read_by_two_parsers() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "feeds").await;
    let zone = json!({"name": "St. Mary, Wing B", "time_zone": "Europe/Madrid"});
    server.put(&format!("/api/hospitals/{}/", hospital.id), &hospital.admin, zone).await.expect(200);
    let (_, doctors) = link(&server, &hospital.doctor, json!({})).await;
    let (_, named) =
        link(&server, &hospital.admin, json!({"doctor": hospital.doctor_id, "with_names": true})).await;
    let (_, patients) = link(&server, &hospital.patient, json!({})).await;
    assert_eq!(parsed(&server, &doctors).await["events"], json!([]));

    // Over three hundred days clocks change at least once.
    let mut booked = Vec::new();
    for days in [2, 100, 200, 300] {
        let slot = hospital.slot(&server, days * 24).await;
        booked.push(book(&server, &hospital, slot).await);
    }
    let feed = parsed(&server, &doctors).await;
    assert_eq!(feed["events"].as_array().unwrap().len(), 4);
    for id in &booked {
        let appointment = server.get(&format!("/api/appointments/{id}/"), &hospital.doctor).await.expect(200);
        let whole = |field: &str| {
            let time = Time::parse(appointment[field].as_str().unwrap()).unwrap();
            Time::from_millis(time.seconds() * 1000).to_string()
        };
        let expected = json!({"uid": format!("{id}@ward"), "start": whole("start_time"), "end": whole("end_time"),
            "summary": "Appointment (consultation)", "location": "St. Mary, Wing B", "status": "TENTATIVE", "sequence": 0});
        assert_eq!(event(&feed, *id), expected);
    }

    // Each change is a further revision of the same event.
    let at = |id: u64, verb: &str| format!("/api/appointments/{id}/{verb}");
    server.post(&at(booked[0], "confirm/"), &hospital.doctor, json!({})).await.expect(200);
    let elsewhere = hospital.slot(&server, 51).await;
    server.put(&at(booked[1], ""), &hospital.patient, json!({"slot": elsewhere})).await.expect(200);
    server.post(&at(booked[1], "confirm/"), &hospital.doctor, json!({})).await.expect(200);
    server.post(&at(booked[2], "cancel/"), &hospital.patient, json!({"reason": "Secret"})).await.expect(200);
    let feed = parsed(&server, &doctors).await;
    let said = |id: u64| (event(&feed, id)["status"].clone(), event(&feed, id)["sequence"].clone());
    assert_eq!(said(booked[0]), (json!("CONFIRMED"), json!(1)));
    assert_eq!(said(booked[1]), (json!("CONFIRMED"), json!(2)));
    assert_eq!(said(booked[2]), (json!("CANCELLED"), json!(1)));

    // Names stand there only where that was asked for; why, nowhere.
    let summary = |feed: &Value| event(feed, booked[0])["summary"].as_str().unwrap().to_owned();
    assert_eq!(summary(&parsed(&server, &named).await), "alice Tester (consultation)");
    assert_eq!(summary(&parsed(&server, &patients).await), "Appointment with smith Tester");
    for url in [&doctors, &named, &patients] {
        let text = server.get(path(&server, url), "").await.text;
        assert!(!text.contains("Regular checkup") && !text.contains("Secret"), "{text}");
        assert_eq!(text.contains("alice"), url == &named, "{text}");
    }

    // Thirty days on a cancelled one is gone, and only that one.
    later(&server, 31 * DAY).await;
    let feed = parsed(&server, &doctors).await;
    assert_eq!(
        (event(&feed, booked[2]), event(&feed, booked[3])["sequence"].clone()),
        (Value::Null, json!(0))
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_shows_its_calendar_to_whoever_has_it_until_it_is_revoked() {
    let server = Server::start().await;
    let (hospital, other) = (Hospital::join(&server, "links").await, Hospital::join(&server, "else").await);
    let slot = hospital.slot(&server, 48).await;
    book(&server, &hospital, slot).await;
    let (id, url) = link(&server, &hospital.doctor, json!({"with_names": true})).await;
    let feed = path(&server, &url).to_owned();

    // What has not changed is not sent again.
    let first = server.get(&feed, "").await;
    assert_eq!((first.status, first.headers["cache-control"].to_str().unwrap()), (200, "private, no-cache"));
    let (tag, changed) = (first.headers["etag"].clone(), first.headers["last-modified"].clone());
    let again = async |name: &str, value: &http::HeaderValue| {
        server.send("GET", &feed, &[(name, value.to_str().unwrap())], "").await.status
    };
    assert_eq!((again("if-none-match", &tag).await, again("if-modified-since", &changed).await), (304, 304));
    let later = hospital.slot(&server, 50).await;
    book(&server, &hospital, later).await;
    assert_eq!(again("if-none-match", &tag).await, 200);

    // Its address is kept nowhere: not in the list, the figures, or what lies on the disk.
    let text = feed.rsplit('/').next().unwrap().trim_end_matches(".ics").to_owned();
    let listed = server.get(LINKS, &hospital.doctor).await.expect(200);
    assert_eq!((listed["count"].clone(), listed["results"][0]["id"].as_u64()), (json!(1), Some(id)));
    assert!(!listed.to_string().contains(&text) && listed["results"][0].get("url").is_none());
    assert_eq!(server.get(LINKS, &hospital.admin).await.expect(200)["count"], 1);
    assert_eq!(server.get(LINKS, &hospital.patient).await.expect(200)["count"], 0);
    let metrics = server.get("/metrics", "").await.text;
    assert!(metrics.contains("route=\"/api/appointments/calendar/{link}\"") && !metrics.contains(&text));

    // Every reading stands in the trail, with whom it named.
    let trail = format!("/healthcare/api/audit/logs/?action=read&patient={}", hospital.patient_id);
    let trail = server.get(&trail, &hospital.admin).await.expect(200);
    let entries = trail["data"]["results"].as_array().unwrap();
    let readings = entries.iter().filter(|entry| entry.to_string().contains("calendar_link")).count();
    assert_eq!(readings, 4, "{trail}");

    // A letter more, less or other, another hospital's and one without its end are nothing.
    let nothing = async |feed: &str| {
        let reply = server.get(feed, "").await;
        assert_eq!(reply.status, 404, "{feed}: {}", reply.text);
    };
    for position in [0, 5, 9, 14, 20, 42] {
        let mut altered = text.clone();
        let letter = if &text[position..=position] == "A" { "B" } else { "A" };
        altered.replace_range(position..=position, letter);
        nothing(&format!("/api/appointments/calendar/{altered}.ics")).await;
    }
    nothing(&feed.replace(".ics", "")).await;
    nothing("/api/appointments/calendar/.ics").await;
    let (_, theirs) = link(&server, &other.doctor, json!({})).await;
    let theirs = path(&server, &theirs).rsplit('/').next().unwrap().to_owned();
    // Another hospital's name before this one's secret.
    nothing(&format!("/api/appointments/calendar/{}{}.ics", &theirs[..9], &text[9..])).await;

    // Only whose it is, and the administrator, revoke it; then it is nothing at once.
    let one = format!("{LINKS}{id}/");
    for token in [&hospital.patient, &other.admin, &other.doctor] {
        assert_eq!(server.call("DELETE", &one, token, &Value::Null).await.status, 404);
    }
    assert_eq!(server.get(&feed, "").await.status, 200);
    server.call("DELETE", &one, &hospital.doctor, &Value::Null).await.expect(204);
    nothing(&feed).await;
    // So is the calendar of who may not log in any more.
    let (_, url) = link(&server, &hospital.admin, json!({"doctor": hospital.doctor_id})).await;
    let feed = path(&server, &url).to_owned();
    assert_eq!(server.get(&feed, "").await.status, 200);
    server
        .post(&format!("/api/auth/users/{}/deactivate/", hospital.doctor_id), &hospital.admin, json!({}))
        .await
        .expect(200);
    nothing(&feed).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn links_are_made_once_by_those_who_have_a_calendar() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "makers").await;
    let refused = async |token: &str, body: Value, status: u16| {
        let reply = server.post(LINKS, token, body).await;
        assert_eq!(reply.status, status, "{}", reply.text);
        reply.json()["error"]["details"].as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(refused(&hospital.patient, json!({"with_names": true}), 400).await, ["with_names"]);
    assert_eq!(refused(&hospital.admin, json!({}), 400).await, ["doctor"]);
    assert_eq!(refused(&hospital.admin, json!({"doctor": hospital.patient_id}), 400).await, ["doctor"]);
    refused(&hospital.patient, json!({"doctor": hospital.doctor_id}), 403).await;

    let bearer = format!("Bearer {}", hospital.doctor);
    let headers = [("authorization", bearer.as_str()), ("idempotency-key", "once")];
    let first = server.send("POST", LINKS, &headers, "").await.expect(201);
    let again = server.send("POST", LINKS, &headers, "").await.expect(201);
    assert_eq!((&first["id"], &again["url"]), (&again["id"], &Value::Null), "the address is told once");
    for _ in 1..20 {
        link(&server, &hospital.doctor, json!({})).await;
    }
    let full = server.post(LINKS, &hospital.doctor, json!({})).await.expect(409);
    assert_eq!(full["error"]["code"], "TOO_MANY_LINKS");
    server.stop().await;
}

fn code(reply: Reply, status: u16) -> String {
    reply.expect(status)["error"]["code"].as_str().unwrap().to_owned()
}

/// How many slots can be booked, as the list of them says.
async fn available(server: &Server, token: &str) -> u64 {
    server.get(&format!("{SLOTS}?is_available=true"), token).await.expect(200)["count"].as_u64().unwrap()
}

async fn available_within_a_moment(server: &Server, token: &str, count: u64) {
    let began = Instant::now();
    while available(server, token).await != count {
        assert!(began.elapsed() < Duration::from_secs(20), "the list does not come to {count}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_slot_is_the_holders_until_it_expires() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "holds").await;
    let (other, bob) =
        Hospital::person(&server, &hospital.admin, hospital.id, "holds", "patient", "bob").await;
    let (first, second) = (hospital.slot(&server, 48).await, hospital.slot(&server, 50).await);
    let hold = format!("{SLOTS}{first}/hold/");
    let held = server.post(&hold, &hospital.patient, json!({"minutes": 15})).await.expect(201);
    assert_eq!((held["patient"].as_u64(), &held["is_renewed"]), (Some(hospital.patient_id), &json!(false)));

    // Others hear that it is held, and what is free instead.
    let body = json!({"patient": other, "doctor": hospital.doctor_id, "slot": first});
    let clash = server.post("/api/appointments/", &bob, body.clone()).await.expect(409);
    assert_eq!(clash["error"]["code"], "SLOT_HELD");
    assert_eq!(clash["error"]["alternatives"][0]["slot"].as_u64(), Some(second));
    let clash = server.post(&hold, &bob, json!({})).await.expect(409);
    assert_eq!(clash["error"]["alternatives"].as_array().unwrap().len(), 1);
    let seen = async |token: &str| server.get(&format!("{SLOTS}{first}/"), token).await.expect(200);
    assert_eq!(seen(&hospital.patient).await["is_available"], true);
    let shown = seen(&bob).await;
    assert_eq!((&shown["is_available"], &shown["held_until"]), (&json!(false), &held["expires_at"]));
    assert_eq!(available(&server, &bob).await, 1);
    // A stranger cannot give it back, nor learn whose it is.
    assert_eq!(server.call("DELETE", &hold, &bob, &Value::Null).await.status, 404);

    // It expires by the clock alone; the list says so within a moment.
    later(&server, 15 * MINUTE).await;
    assert_eq!(seen(&bob).await["is_available"], true);
    available_within_a_moment(&server, &bob, 2).await;
    server.post("/api/appointments/", &bob, body).await.expect(201);

    // What is held is booked by its holder and so used up; what is given back is everyone's.
    let third = hospital.slot(&server, 52).await;
    let hold = |slot: u64| format!("{SLOTS}{slot}/hold/");
    server.post(&hold(second), &hospital.admin, json!({"patient": hospital.patient_id})).await.expect(201);
    book(&server, &hospital, second).await;
    server.post(&hold(third), &hospital.patient, Value::Null).await.expect(201);
    server.call("DELETE", &hold(third), &hospital.patient, &Value::Null).await.expect(204);
    assert_eq!(server.call("DELETE", &hold(third), &hospital.patient, &Value::Null).await.status, 404);
    assert_eq!(available(&server, &bob).await, 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_are_few_short_and_renewed_once() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "limits").await;
    let mut slots = Vec::new();
    for hours in 0..4 {
        slots.push(hospital.slot(&server, 48 + hours).await);
    }
    let hold = |slot: u64| format!("{SLOTS}{slot}/hold/");
    let bearer = format!("Bearer {}", hospital.patient);
    let headers = [("authorization", bearer.as_str()), ("idempotency-key", "once")];
    let made = server.send("POST", &hold(slots[0]), &headers, "").await.expect(201);
    assert_eq!(server.send("POST", &hold(slots[0]), &headers, "").await.expect(201)["id"], made["id"]);
    let renewed = server.post(&hold(slots[0]), &hospital.patient, json!({"minutes": 30})).await.expect(201);
    assert_eq!(renewed["is_renewed"], true);
    assert_eq!(code(server.post(&hold(slots[0]), &hospital.patient, json!({})).await, 409), "HOLD_RENEWED");
    for slot in &slots[1..3] {
        server.post(&hold(*slot), &hospital.patient, json!({})).await.expect(201);
    }
    assert_eq!(code(server.post(&hold(slots[3]), &hospital.patient, json!({})).await, 409), "TOO_MANY_HOLDS");
    let long = server.post(&hold(slots[3]), &hospital.patient, json!({"minutes": 31})).await.expect(400);
    assert!(long["error"]["details"]["minutes"][0].is_string());
    // Somebody else's patient is nobody to a patient.
    let (other, _) =
        Hospital::person(&server, &hospital.admin, hospital.id, "limits", "patient", "bob").await;
    assert_eq!(server.post(&hold(slots[3]), &hospital.patient, json!({"patient": other})).await.status, 403);
    server.stop().await;
}

/// Letters that left, by whom they went to.
async fn letter_to(server: &Server, to: &str) -> Value {
    let began = Instant::now();
    loop {
        let files = std::fs::read_dir(server.folder.path().join("outbox/mail"));
        let letters =
            files.into_iter().flatten().filter_map(|file| std::fs::read_to_string(file.ok()?.path()).ok());
        let mut letters = letters.filter_map(|text| serde_json::from_str::<Value>(&text).ok());
        if let Some(letter) = letters.find(|letter| letter["to"] == to) {
            return letter;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "no letter to {to}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_that_becomes_free_is_offered_by_mail_to_one_after_the_other() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "queue").await;
    let person =
        async |who| Hospital::person(&server, &hospital.admin, hospital.id, "queue", "patient", who).await;
    let ((bob_id, bob), (_, carol)) = (person("bob").await, person("carol").await);
    let slot = hospital.slot(&server, 72).await;
    let appointment = book(&server, &hospital, slot).await;
    let day = |days: i64| server.house.env.now().plus(days * DAY).date_utc();
    let place = json!({"doctor": hospital.doctor_id, "from": day(0), "until": day(10), "notes": "Mornings"});
    let first = server.post(WAITING, &bob, place.clone()).await.expect(201);
    let third = server.post(WAITING, &carol, place.clone()).await.expect(201);
    let at = |entry: &Value, verb: &str| format!("{WAITING}{}/{verb}", entry["id"]);
    assert_eq!((&first["status"], first["patient"].as_u64()), (&json!("waiting"), Some(bob_id)));
    assert_eq!(code(server.post(&at(&first, "accept/"), &bob, json!({})).await, 409), "NO_OFFER");

    // Who joined first is offered what is given up; who gave it up joins behind.
    server
        .post(&format!("/api/appointments/{appointment}/cancel/"), &hospital.patient, json!({}))
        .await
        .expect(200);
    let second = server.post(WAITING, &hospital.patient, place).await.expect(201);
    let offered = server.get(&at(&first, ""), &bob).await.expect(200);
    assert_eq!((&offered["status"], offered["offer"]["slot"].as_u64()), (&json!("offered"), Some(slot)));
    let letter = letter_to(&server, "bob@queue.example").await;
    assert!(letter["body"].as_str().unwrap().contains("smith Tester"), "{letter}");
    assert_eq!(available(&server, &carol).await, 0);
    let body = json!({"doctor": hospital.doctor_id, "slot": slot});
    assert_eq!(code(server.post("/api/appointments/", &carol, body).await, 409), "SLOT_HELD");

    // What lapses goes to the next by itself.
    later(&server, 30 * MINUTE).await;
    assert_eq!(code(server.post(&at(&first, "accept/"), &bob, json!({})).await, 409), "NO_OFFER");
    letter_to(&server, "carol@queue.example").await;
    let took_over = server.until(&at(&third, ""), &carol, |entry| entry["status"] == "offered").await;
    assert_eq!(took_over["offer"]["slot"].as_u64(), Some(slot));
    assert_eq!(server.get(&at(&first, ""), &bob).await.expect(200)["status"], "waiting");

    // To accept is to book, once, however often it is said.
    let bearer = format!("Bearer {carol}");
    let headers = [("authorization", bearer.as_str()), ("idempotency-key", "yes")];
    let booked = server.send("POST", &at(&third, "accept/"), &headers, "").await.expect(201);
    assert_eq!((booked["slot"].as_u64(), &booked["notes"]), (Some(slot), &json!("Mornings")));
    assert_eq!(
        server.send("POST", &at(&third, "accept/"), &headers, "").await.expect(201)["id"],
        booked["id"]
    );
    let done = server.get(&at(&third, ""), &carol).await.expect(200);
    assert_eq!((&done["status"], &done["appointment"]), (&json!("booked"), &booked["id"]));

    // A new slot goes to who is in front now; declined, to the next; withdrawn, to everyone.
    let fresh = hospital.slot(&server, 96).await;
    let of = async |entry: &Value| server.get(&at(entry, ""), &hospital.admin).await.expect(200);
    assert_eq!(of(&first).await["offer"]["slot"].as_u64(), Some(fresh));
    let declined = server.post(&at(&first, "decline/"), &bob, json!({})).await.expect(200);
    assert_eq!((&declined["status"], &declined["offer"]), (&json!("waiting"), &Value::Null));
    assert_eq!(of(&second).await["offer"]["slot"].as_u64(), Some(fresh));
    server.call("DELETE", &at(&second, ""), &hospital.patient, &Value::Null).await.expect(204);
    assert_eq!(of(&second).await["status"], "withdrawn");
    available_within_a_moment(&server, &bob, 1).await;

    // One sees one's own; a patient is not told of another's.
    assert_eq!(server.get(&at(&first, ""), &carol).await.status, 404);
    assert_eq!(server.post(&at(&first, "decline/"), &carol, json!({})).await.status, 404);
    for (token, count) in [(&bob, 1), (&carol, 1), (&hospital.doctor, 3), (&hospital.admin, 3)] {
        assert_eq!(server.get(WAITING, token).await.expect(200)["count"], count);
    }
    let waiting = server.get(&format!("{WAITING}?status=waiting"), &hospital.admin).await.expect(200);
    assert_eq!(waiting["results"][0]["id"], first["id"]);

    // Quietly over when its days are.
    later(&server, 11 * DAY).await;
    let token = server.log_in("bob@queue.example", PASSWORD).await;
    server.until(&at(&first, ""), &token, |entry| entry["status"] == "ended").await;
    server.stop().await;
}
