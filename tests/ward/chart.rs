//! Charts: who reads, who writes, what is kept of what was, and what happens in an emergency.

use crate::kit::{Client, Hospital, Reply, Server};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use ward_domain::chart::{ChartVersion, MedicalRecord};
use ward_domain::record::{Document as _, Key, List};
use ward_domain::tenancy::TenantId;
use ward_store::ListQuery;

const RECORDS: &str = "/api/medical-records/";
const TREATMENTS: &str = "/api/treatments/";
/// As a client may send it: unknown keys, and numbers that a float would spell otherwise.
const VITAL_SIGNS: &str = r#"{"blood_pressure": "120/80", "heart_rate": 72, "temperature": 98.60, "weight": 7e1, "own": {"key": [1.0]}}"#;

/// A hospital with a second doctor, and with tokens that live as long as a test may move the clock.
async fn clinic(name: &'static str) -> (Server, Hospital, (u64, String)) {
    let server = Server::start_with(|settings| {
        settings.auth.access_minutes = 60 * 24 * 365 * 30;
        settings.auth.session_hours = 24 * 365 * 30;
    })
    .await;
    let hospital = Hospital::join(&server, name).await;
    let jones = person(&server, &hospital, "doctor", "jones").await;
    (server, hospital, jones)
}

async fn person(server: &Client, hospital: &Hospital, role: &str, who: &str) -> (u64, String) {
    Hospital::person(server, &hospital.admin, hospital.id, hospital.name, role, who).await
}

async fn made(server: &Client, path: &str, token: &str, body: Value) -> u64 {
    server.post(path, token, body).await.expect(201)["id"].as_u64().unwrap()
}

async fn record(server: &Client, hospital: &Hospital, title: &str) -> u64 {
    made(server, RECORDS, &hospital.doctor, json!({"patient": hospital.patient_id, "title": title})).await
}

/// A request with more headers than a token.
async fn send(
    server: &Client,
    method: &str,
    path: &str,
    token: &str,
    more: (&str, &str),
    body: &str,
) -> Reply {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json"), more];
    server.send(method, path, &headers, body.to_owned()).await
}

/// Moves the clock, and renews what lapses with it.
async fn pass(server: &Server, ms: i64) {
    server.clock.by(ms);
    server.house.env.ids.renew(&*server.house.env.store).await.unwrap();
}

/// How often an action of the trail stands there.
async fn traced(server: &Client, hospital: &Hospital, action: &str) -> u64 {
    let path = format!("/healthcare/api/audit/logs/?action={action}");
    server.get(&path, &hospital.admin).await.expect(200)["data"]["count"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_kept_to_the_letter_and_read_by_those_whom_it_concerns() {
    let (server, hospital, (_, jones)) = clinic("letter").await;
    let (_, bob) = person(&server, &hospital, "patient", "bob").await;
    let (_, desk) = person(&server, &hospital, "staff", "desk").await;
    let there = Hospital::join(&server, "elsewhere").await;
    let body = format!(
        r#"{{"patient": {}, "record_type": "general", "title": "Initial Health Assessment",
            "description": "Patient initial consultation and health history", "diagnosis": "General checkup - healthy",
            "symptoms": "None", "vital_signs": {VITAL_SIGNS}}}"#,
        hospital.patient_id
    );
    let key = ("idempotency-key", "once");
    let created = send(&server, "POST", RECORDS, &hospital.doctor, key, &body).await;
    assert!(created.text.contains(VITAL_SIGNS), "{}", created.text);
    let created = created.expect(201);
    assert_eq!(created["doctor"], hospital.doctor_id);
    let again = send(&server, "POST", RECORDS, &hospital.doctor, key, &body).await.expect(201);
    assert_eq!(created["id"], again["id"]);

    let path = format!("{RECORDS}{}/", created["id"]);
    for (who, token, status) in [
        ("the author", &hospital.doctor, 200),
        ("the patient", &hospital.patient, 200),
        ("the administrator", &hospital.admin, 200),
        ("another doctor", &jones, 403),
        ("another patient", &bob, 404),
        ("the desk", &desk, 403),
        ("a doctor of another hospital", &there.doctor, 404),
        ("the administrator of another hospital", &there.admin, 404),
    ] {
        for path in [path.clone(), format!("{path}versions/")] {
            let reply = server.get(&path, token).await;
            assert_eq!(reply.status, status, "{who} at {path}: {}", reply.text);
        }
    }
    assert!(server.get(&path, &hospital.patient).await.text.contains(VITAL_SIGNS));
    // Lists: the author's own, the patient's own, the hospital's; nobody else's.
    let of_alice = format!("{RECORDS}?patient={}", hospital.patient_id);
    for (list, token, count) in [
        (RECORDS, &hospital.doctor, 1),
        (RECORDS, &hospital.patient, 1),
        (RECORDS, &hospital.admin, 1),
        (RECORDS, &jones, 0),
        (RECORDS, &bob, 0),
        (RECORDS, &there.admin, 0),
        (of_alice.as_str(), &hospital.doctor, 1),
        (of_alice.as_str(), &jones, 0),
        (of_alice.as_str(), &bob, 0),
        (&*format!("{of_alice}&record_type=general"), &hospital.admin, 1),
        (&*format!("{of_alice}&record_type=other"), &hospital.admin, 0),
        (&*format!("{of_alice}&doctor={}", hospital.doctor_id), &hospital.patient, 1),
        (&*format!("{RECORDS}?date_to=2020-01-01"), &hospital.admin, 0),
    ] {
        assert_eq!(server.get(list, token).await.expect(200)["count"], count, "{list}");
    }
    server.get(RECORDS, &desk).await.expect(403);
    let chart = format!("{RECORDS}patient/{}/", hospital.patient_id);
    for (token, status) in [
        (&hospital.patient, 200),
        (&hospital.admin, 200),
        (&jones, 403),
        (&bob, 404),
        (&desk, 403),
        (&there.doctor, 404),
    ] {
        server.get(&chart, token).await.expect(status);
    }
    // Only doctors write, and only of patients of their hospital.
    for (token, status) in [(&hospital.admin, 403), (&hospital.patient, 403), (&desk, 403)] {
        let body = json!({"patient": hospital.patient_id, "title": "x"});
        server.post(RECORDS, token, body).await.expect(status);
    }
    for foreign in [there.patient_id, hospital.doctor_id, 5] {
        let refused = server.post(RECORDS, &hospital.doctor, json!({"patient": foreign, "title": "x"})).await;
        assert_eq!(refused.expect(400)["error"]["details"]["patient"][0], "There is no such patient.");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_version_is_kept_and_of_two_edits_on_one_version_one_is_told() {
    let (server, hospital, (_, jones)) = clinic("versions").await;
    let id = record(&server, &hospital, "First").await;
    let path = format!("{RECORDS}{id}/");
    let read = server.get(&path, &hospital.doctor).await;
    let etag = read.headers["etag"].to_str().unwrap().to_owned();
    let edit = async |title: &str| {
        let body =
            json!({"title": title, "vital_signs": {"temperature": 37}, "edit_reason": "measured again"});
        send(&server, "PUT", &path, &hospital.doctor, ("if-match", &etag), &body.to_string()).await
    };
    let (one, two) = tokio::join!(edit("Second"), edit("Third"));
    let mut answers = [one.status, two.status];
    answers.sort_unstable();
    assert_eq!(answers, [200, 412], "{} {}", one.text, two.text);
    let won = if one.status == 200 { one.json() } else { two.json() };
    assert_eq!((&won["version"], &won["edit_reason"]), (&json!(2), &json!("measured again")));

    // What changes nothing makes no version; what is not there is no edit.
    let same = server.put(&path, &hospital.doctor, json!({"title": won["title"]})).await.expect(200);
    assert_eq!(same["version"], 2);
    for (token, status) in [(&jones, 403), (&hospital.admin, 403), (&hospital.patient, 403)] {
        server.put(&path, token, json!({"title": "mine"})).await.expect(status);
        server.call("DELETE", &path, token, &Value::Null).await.expect(status);
    }
    let versions = server.get(&format!("{path}versions/"), &hospital.patient).await.expect(200);
    assert_eq!(versions["count"], 2);
    let newest = &versions["results"][0];
    assert_eq!((&newest["version"], &newest["author"]), (&json!(2), &json!(hospital.doctor_id)));
    assert_eq!(newest["reason"], "measured again");
    let changes = json!([
        {"field": "title", "before": "First", "after": won["title"]},
        {"field": "vital_signs", "before": "{}", "after": "{\"temperature\":37}"},
    ]);
    assert_eq!(newest["changes"], changes);
    assert_eq!(versions["results"][1]["changes"], json!([]));
    // The page after the first shows what its versions changed too.
    let paged = server.get(&format!("{path}versions/?page_size=1"), &hospital.doctor).await.expect(200);
    assert_eq!((&paged["results"][0]["changes"], &paged["count"]), (&changes, &json!(2)));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn treatments_and_prescriptions_with_what_they_are_warned_of() {
    let (server, hospital, (jones_id, jones)) = clinic("treat").await;
    let slot = hospital.slot(&server, 2).await;
    let appointment = hospital.book(&server, slot).await.expect(201)["id"].as_u64().unwrap();
    let allergies = json!({"allergies": "Penicillin (rash in 2010); no known food allergies"});
    let user = format!("/api/auth/users/{}/", hospital.patient_id);
    server.put(&user, &hospital.admin, allergies).await.expect(200);
    let (bob_id, _) = person(&server, &hospital, "patient", "bob").await;

    let tomorrow = server.house.env.now().plus(86_400_000).date_utc();
    let body = json!({"appointment": appointment, "patient": hospital.patient_id, "doctor": hospital.doctor_id,
        "diagnosis": "Mild hypertension", "treatment_plan": "Lifestyle changes and medication",
        "notes": "Monitor blood pressure weekly", "follow_up_required": true, "follow_up_date": tomorrow});
    let treatment = server.post(TREATMENTS, &hospital.doctor, body.clone()).await.expect(201);
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(treatment[name], *value, "{name}");
    }
    let changed = |field: &str, value: Value| {
        let mut body = body.clone();
        body[field] = value;
        body
    };
    for (token, body, status, field) in [
        (&hospital.doctor, changed("patient", json!(bob_id)), 400, "appointment"),
        (&jones, changed("doctor", json!(jones_id)), 400, "appointment"),
        (&jones, changed("doctor", json!(hospital.doctor_id)), 400, "doctor"),
        (&hospital.doctor, changed("appointment", json!(7)), 400, "appointment"),
        (&hospital.doctor, changed("follow_up_date", json!("2025-02-20")), 422, "follow_up_date"),
        (&hospital.doctor, changed("follow_up_date", json!("soon")), 400, "follow_up_date"),
    ] {
        let refused = server.post(TREATMENTS, token, body).await.expect(status);
        assert!(refused["error"]["details"][field][0].is_string(), "{field}: {refused}");
    }
    // Without appointment, doctor and date.
    made(&server, TREATMENTS, &jones, json!({"patient": bob_id, "follow_up_required": true})).await;

    let path = format!("{TREATMENTS}{}/prescriptions/", treatment["id"]);
    let lisinopril = json!({"medication_name": "Lisinopril", "dosage": "10mg", "frequency": "Once daily",
        "duration": "30 days", "instructions": "Take with food in the morning"});
    let first = server.post(&path, &hospital.doctor, lisinopril.clone()).await.expect(201);
    for (name, value) in lisinopril.as_object().unwrap() {
        assert_eq!(first[name], *value, "{name}");
    }
    assert_eq!((&first["warnings"], &first["status"]), (&json!([]), &json!("active")));
    let warned = async |name: &str| {
        let made = server.post(&path, &hospital.doctor, json!({"medication_name": name})).await.expect(201);
        let one = format!("{TREATMENTS}prescriptions/{}/", made["id"]);
        assert_eq!(server.get(&one, &hospital.doctor).await.expect(200)["warnings"], made["warnings"]);
        (one, made["warnings"].clone())
    };
    let (_, amoxicillin) = warned("Amoxicillin 500 mg").await;
    assert_eq!(
        (&amoxicillin[0]["kind"], &amoxicillin[0]["with"]),
        (&json!("allergy"), &json!("penicillins"))
    );
    let (ramipril, twice) = warned("Ramipril 5mg").await;
    assert_eq!((&twice[0]["kind"], &twice[0]["with"]), (&json!("duplicate"), &json!("Lisinopril")));
    assert_eq!(warned("Paracetamol").await.1, json!([]));
    // An edit is warned too; what is stopped is not, and warns nobody.
    let renamed =
        server.put(&ramipril, &hospital.doctor, json!({"medication_name": "Keflex"})).await.expect(200);
    assert_eq!(renamed["warnings"][0]["kind"], "allergy", "{renamed}");
    let stopped = json!({"status": "stopped", "edit_reason": "allergy"});
    let stopped = server.put(&ramipril, &hospital.doctor, stopped).await.expect(200);
    assert_eq!((&stopped["warnings"], &stopped["version"]), (&json!([]), &json!(3)));
    let versions = server.get(&format!("{ramipril}versions/"), &hospital.patient).await.expect(200);
    assert_eq!(versions["results"][0]["changes"][0]["after"], "stopped");
    let listed = server.get(&path, &hospital.patient).await.expect(200);
    assert_eq!(
        (&listed["count"], &listed["results"][0]["medication_name"]),
        (&json!(4), &json!("Paracetamol"))
    );
    // Another doctor's treatment takes no prescription from a doctor to whom the chart is closed. In their own they are
    // warned of what is there, without being told what it is called.
    let refused = server.post(&path, &jones, json!({"medication_name": "x"})).await.expect(403);
    assert_eq!(refused["error"]["code"], "CHART_CLOSED");
    let own = made(&server, TREATMENTS, &jones, json!({"patient": hospital.patient_id})).await;
    let own = format!("{TREATMENTS}{own}/prescriptions/");
    let zestril = server.post(&own, &jones, json!({"medication_name": "Zestril"})).await.expect(201);
    let warning = &zestril["warnings"][0];
    assert_eq!(
        (&warning["kind"], &warning["with"]),
        (&json!("duplicate"), &json!("lisinopril")),
        "{zestril}"
    );
    assert!(!warning["message"].as_str().unwrap().contains("Lisinopril"), "{zestril}");
    let edited = json!({"follow_up_date": "2025-01-01"});
    let edit = format!("{TREATMENTS}{}/", treatment["id"]);
    server.put(&edit, &hospital.doctor, edited).await.expect(422);
    let edited = server.put(&edit, &hospital.doctor, json!({"follow_up_date": null})).await.expect(200);
    assert_eq!((&edited["follow_up_date"], &edited["version"]), (&Value::Null, &json!(2)));
    server.stop().await;
}

/// The letters to the hospital itself.
fn letters(server: &Server) -> Vec<Value> {
    let folder = server.folder.path().join("outbox/mail");
    let Ok(files) = std::fs::read_dir(folder) else { return Vec::new() };
    let letters = files.filter_map(|file| std::fs::read_to_string(file.ok()?.path()).ok());
    let letters = letters.filter_map(|text| serde_json::from_str::<Value>(&text).ok());
    letters.filter(|letter| letter["to"] == "admin@citygeneral.com").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chart_opens_by_an_appointment_that_is_near_and_by_broken_glass_for_a_while() {
    let (server, hospital, (jones_id, jones)) = clinic("glass").await;
    let id = record(&server, &hospital, "Secret").await;
    let (chart, one) = (format!("{RECORDS}patient/{}/", hospital.patient_id), format!("{RECORDS}{id}/"));
    let sees = async |status: u16| {
        server.get(&chart, &jones).await.expect(status);
        server.get(&one, &jones).await.expect(status)
    };
    let refused = sees(403).await;
    assert_eq!(refused["error"]["code"], "CHART_CLOSED");
    assert!(refused["error"]["message"].as_str().unwrap().contains("break the glass"), "{refused}");

    // In an emergency.
    let glass = format!("{chart}break-glass/");
    for (body, field) in [
        (json!({}), "reason"),
        (json!({"reason": "short"}), "reason"),
        (json!({"reason": "unconscious, alone", "minutes": 4}), "minutes"),
        (json!({"reason": "unconscious, alone", "minutes": 1441}), "minutes"),
    ] {
        let refused = server.post(&glass, &jones, body).await.expect(400);
        assert!(refused["error"]["details"][field][0].is_string(), "{refused}");
    }
    for token in [&hospital.admin, &hospital.patient] {
        server.post(&glass, token, json!({"reason": "unconscious, alone"})).await.expect(403);
    }
    let body = json!({"reason": "unconscious with chest pain", "minutes": 30}).to_string();
    let key = ("idempotency-key", "glass");
    let opened = send(&server, "POST", &glass, &jones, key, &body).await.expect(201);
    assert_eq!(send(&server, "POST", &glass, &jones, key, &body).await.expect(201)["id"], opened["id"]);
    assert_eq!(opened["is_active"], true);
    sees(200).await;
    server.put(&one, &jones, json!({"title": "mine"})).await.expect(403);

    // The hospital is told, without a clinical word or the patient's name; and the trail knows.
    let began = Instant::now();
    while letters(&server).is_empty() {
        assert!(began.elapsed() < Duration::from_secs(20), "no letter");
        server.clockwork.round().await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let all = letters(&server);
    let text = all[0]["body"].as_str().unwrap();
    assert_eq!((all.len(), &all[0]["to"]), (1, &json!("admin@citygeneral.com")), "{all:?}");
    assert!(text.contains("jones") && text.contains(&hospital.patient_id.to_string()), "{text}");
    assert!(!text.contains("alice") && !text.contains("chest"), "{text}");
    for (action, count) in [("break_glass", 1), ("read_break_glass", 1), ("list_break_glass", 1)] {
        assert_eq!(traced(&server, &hospital, action).await, count, "{action}");
    }
    let list = format!("{RECORDS}break-glass/");
    let listed = server.get(&list, &hospital.admin).await.expect(200);
    let found = &listed["results"][0];
    assert_eq!((&listed["count"], &found["doctor"]), (&json!(1), &json!(jones_id)));
    assert_eq!(found["reason"], "unconscious with chest pain");
    server.get(&list, &jones).await.expect(403);

    // It lapses by itself; another is ended early, by the doctor or the administrator and nobody else.
    pass(&server, 31 * 60_000).await;
    sees(403).await;
    for by in [&jones, &hospital.admin] {
        let opened = made(&server, &glass, &jones, json!({"reason": "unconscious again"})).await;
        sees(200).await;
        let end = format!("{RECORDS}break-glass/{opened}/end/");
        server.post(&end, &hospital.doctor, Value::Null).await.expect(403);
        server.post(&end, &hospital.patient, Value::Null).await.expect(403);
        let ended = server.post(&end, by, Value::Null).await.expect(200);
        assert_eq!(ended["is_active"], false);
        sees(403).await;
        assert_eq!(server.post(&end, by, Value::Null).await.expect(200)["ended_at"], ended["ended_at"]);
    }

    // By an appointment, as long as it is near and not cancelled.
    let book = async |days: i64| {
        let start = server.house.env.now().plus(days * 86_400_000);
        let end = start.plus(1_800_000);
        let slot = json!({"doctor": jones_id, "start_time": start.to_string(), "end_time": end.to_string()});
        let slots = "/api/appointments/availability-slots/";
        let slot = made(&server, slots, &hospital.admin, slot).await;
        let booking = json!({"patient": hospital.patient_id, "doctor": jones_id, "slot": slot});
        made(&server, "/api/appointments/", &hospital.patient, booking).await
    };
    let whole = format!("{RECORDS}?patient={}", hospital.patient_id);
    book(100).await;
    sees(403).await;
    assert_eq!(server.get(&whole, &jones).await.expect(200)["count"], 0);
    pass(&server, 11 * 86_400_000).await;
    sees(200).await;
    assert_eq!(server.get(&whole, &jones).await.expect(200)["count"], 1);
    pass(&server, 178 * 86_400_000).await;
    sees(200).await;
    pass(&server, 2 * 86_400_000).await;
    sees(403).await;
    let booked = book(1).await;
    sees(200).await;
    let cancel = format!("/api/appointments/{booked}/cancel/");
    server.post(&cancel, &hospital.admin, Value::Null).await.expect(200);
    sees(403).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_is_shown_to_nobody_and_goes_for_good_after_ten_years() {
    let (server, hospital, _) = clinic("retention").await;
    let (kept, gone) = (record(&server, &hospital, "Kept").await, record(&server, &hospital, "Gone").await);
    let path = format!("{RECORDS}{gone}/");
    server.put(&path, &hospital.doctor, json!({"title": "Gone, twice"})).await.expect(200);
    let reason = json!({"reason": "written for the wrong patient"});
    server.call("DELETE", &path, &hospital.doctor, &reason).await.expect(204);
    for token in [&hospital.doctor, &hospital.patient, &hospital.admin] {
        server.get(&path, token).await.expect(404);
        server.get(&format!("{path}versions/"), token).await.expect(404);
        assert_eq!(server.get(RECORDS, token).await.expect(200)["count"], 1);
    }
    server.put(&path, &hospital.doctor, json!({"title": "back"})).await.expect(404);
    server.call("DELETE", &path, &hospital.doctor, &Value::Null).await.expect(404);
    assert_eq!(traced(&server, &hospital, "delete").await, 1);

    let (store, register) = (&server.house.env.store, &server.house.tenancy.register);
    let scope = register.scope(TenantId::from_number(hospital.id)).await.unwrap().unwrap();
    let id = ward_domain::id::Id::new(gone).unwrap();
    let stored = async || store.get(&scope, MedicalRecord::KIND, id).await.unwrap();
    let record: MedicalRecord = stored().await.unwrap().document().unwrap();
    let deletion = record.deleted.unwrap();
    assert_eq!(deletion.reason, "written for the wrong patient");
    assert_eq!(deletion.by.get(), hospital.doctor_id);
    let versions = ListQuery::all(List::ChartVersions, Key::of(gone));
    let ids: Vec<_> = store.list(&scope, &versions).await.unwrap().rows.iter().map(|row| row.id).collect();
    assert_eq!(ids.len(), 2);

    // A day before its time it is there; then it goes, with its versions, and the trail says so.
    pass(&server, deletion.until.millis() - server.house.env.now().millis() - 86_400_000).await;
    server.clockwork.round().await.unwrap();
    assert!(stored().await.is_some());
    assert_eq!(traced(&server, &hospital, "purge").await, 0);
    pass(&server, 2 * 86_400_000).await;
    let began = Instant::now();
    while stored().await.is_some() {
        assert!(began.elapsed() < Duration::from_secs(20), "it stays");
        server.clockwork.round().await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(store.get_many(&scope, ChartVersion::KIND, &ids).await.unwrap().is_empty());
    assert_eq!(store.list(&scope, &versions).await.unwrap().total, 0);
    assert_eq!(traced(&server, &hospital, "purge").await, 1);
    server.get(&format!("{RECORDS}{kept}/"), &hospital.patient).await.expect(200);
    server.stop().await;
}
