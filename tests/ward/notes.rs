//! A note from its first version to what is added after it is signed.

use crate::kit::{Client, Hospital, Reply, Server};
use serde_json::{Value, json};

/// A consultation of the hospital's doctor with its note; its id.
pub async fn consultation(
    server: &Client,
    hospital: &Hospital,
    name: &str,
    language: &str,
    text: &str,
) -> u64 {
    let made = json!({"patient_name": name, "patient_age": 45, "patient_gender": "female"});
    let made = server.post("/soapify/api/encounters/", &hospital.doctor, made).await.expect(201);
    let id = made["data"]["id"].as_u64().unwrap();
    let path = format!("/soapify/api/encounters/{id}");
    let said = json!({"language": language, "text": text});
    server.put(&format!("{path}/transcript/"), &hospital.doctor, said).await.expect(200);
    let done = |body: &Value| body["data"]["status"] == "completed";
    server.until(&format!("{path}/status/"), &hospital.doctor, done).await;
    id
}

pub const HEADACHE: &str = "Doctor: What brings you in?\nPatient: I have had a severe headache for three days, with nausea.\n\
    Doctor: Your blood pressure is 120 over 80. I think it is a tension headache. Take ibuprofen 400 mg three times a day for five days.\n\
    Doctor: Come back in one week if it persists.";

pub fn note_path(id: u64) -> String {
    format!("/soapify/api/outputs/soap-notes/{id}/")
}

async fn ask(
    server: &Client,
    method: &str,
    path: &str,
    token: &str,
    more: &[(&str, &str)],
    body: &Value,
) -> Reply {
    let bearer = format!("Bearer {token}");
    let mut headers = vec![("content-type", "application/json"), ("authorization", bearer.as_str())];
    headers.extend_from_slice(more);
    let body = if body.is_null() { Vec::new() } else { serde_json::to_vec(body).unwrap() };
    server.send(method, path, &headers, body).await
}

pub async fn sign(server: &Client, hospital: &Hospital, id: u64) -> Value {
    let path = format!("{}sign/", note_path(id));
    ask(server, "POST", &path, &hospital.doctor, &[], &Value::Null).await.expect(200)["data"].clone()
}

pub async fn edit(server: &Client, hospital: &Hospital, id: u64, sections: Value, reason: &str) -> Reply {
    let body = json!({"sections": sections, "edit_reason": reason});
    ask(server, "PATCH", &note_path(id), &hospital.doctor, &[], &body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_edit_is_a_version_with_author_reason_and_difference() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "versions").await;
    let id = consultation(&server, &hospital, "Lena Brandt", "en", HEADACHE).await;
    let first = server.get(&note_path(id), &hospital.doctor).await.expect(200)["data"].clone();
    assert_eq!(
        (&first["version"], &first["status"], &first["signature"]),
        (&json!(1), &json!("draft"), &Value::Null)
    );
    let plan =
        json!({"plan": {"medications": [{"name": "Acetaminophen", "dosage": "500mg", "frequency": "QID"}]}});
    edit(&server, &hospital, id, plan, "Allergy to ibuprofen").await.expect(200);
    let complaint = json!({"subjective": {"chief_complaint": "Severe headache for four days"}});
    edit(&server, &hospital, id, complaint, "Misheard").await.expect(200);

    let path = note_path(id);
    let listed = server.get(&format!("{path}versions/"), &hospital.doctor).await.expect(200)["data"].clone();
    assert_eq!(listed["count"], 3);
    let rows = listed["results"].as_array().unwrap();
    assert_eq!(rows.iter().map(|row| row["version"].as_u64().unwrap()).collect::<Vec<_>>(), [3, 2, 1]);
    assert_eq!(
        (&rows[0]["edit_reason"], &rows[1]["edit_reason"]),
        (&json!("Misheard"), &json!("Allergy to ibuprofen"))
    );
    assert_eq!(rows[0]["author"], json!({"kind": "user", "user_id": hospital.doctor_id}));
    assert_eq!(rows[2]["author"], json!({"kind": "scribe", "user_id": null}));
    let page = server.get(&format!("{path}versions/?page=2&page_size=2"), &hospital.doctor).await.expect(200);
    assert_eq!(page["data"]["results"][0]["version"], 1);
    let old = server.get(&format!("{path}versions/1/"), &hospital.doctor).await.expect(200)["data"].clone();
    assert_eq!(old["sections"], first["sections"], "what was written stands as it was");

    let diff =
        server.get(&format!("{path}diff/?from=1&to=2"), &hospital.doctor).await.expect(200)["data"].clone();
    assert_eq!((&diff["from"]["version"], &diff["to"]["version"]), (&json!(1), &json!(2)));
    assert_eq!(diff["to"]["edit_reason"], "Allergy to ibuprofen");
    let changes = diff["changes"].as_array().unwrap();
    let name = changes.iter().find(|one| one["path"] == "/plan/medications/0/name").unwrap();
    assert_eq!(name["new"], "Acetaminophen");
    let added: Vec<&str> = name["words"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["change"] == "added")
        .map(|one| one["text"].as_str().unwrap())
        .collect();
    assert_eq!(added, ["Acetaminophen"]);
    let newest = server.get(&format!("{path}diff/"), &hospital.doctor).await.expect(200)["data"].clone();
    assert_eq!(
        (&newest["from"]["version"], &newest["changes"][0]["path"]),
        (&json!(2), &json!("/subjective/chief_complaint"))
    );
    assert_eq!(newest["changes"].as_array().unwrap().len(), 1);

    for (query, field) in [("from=9", "from"), ("to=9", "to"), ("from=0", "from"), ("from=x", "from")] {
        let refused = server.get(&format!("{path}diff/?{query}"), &hospital.doctor).await.expect(422);
        assert!(refused["error"]["details"][field][0].is_string(), "{query}: {refused}");
    }
    server.get(&format!("{path}versions/9/"), &hospital.doctor).await.expect(404);
    // The administrator reads with the same trace as anyone.
    server.get(&format!("{path}versions/"), &hospital.admin).await.expect(200);
    server.get(&format!("{path}diff/"), &hospital.patient).await.expect(403);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_signed_stays_and_what_is_said_after_it_stands_in_addenda() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "signed").await;
    let (_, other) =
        Hospital::person(&server, &hospital.admin, hospital.id, "signed", "doctor", "olga").await;
    let id = consultation(&server, &hospital, "Lena Brandt", "en", HEADACHE).await;
    let path = note_path(id);
    let (signing, adding) = (format!("{path}sign/"), format!("{path}addenda/"));
    let addendum =
        json!({"text": "The patient called: the headache is gone.", "reason": "Follow-up by telephone"});
    let refused = server.post(&adding, &hospital.doctor, addendum.clone()).await.expect(409);
    assert_eq!(refused["error"]["code"], "NOTE_NOT_SIGNED");

    // Its doctor signs what they read, and nobody else does.
    ask(&server, "POST", &signing, &hospital.admin, &[], &Value::Null).await.expect(403);
    ask(&server, "POST", &signing, &other, &[], &Value::Null).await.expect(404);
    edit(&server, &hospital, id, json!({"assessment": {"clinical_reasoning": "No red flags."}}), "")
        .await
        .expect(200);
    let stale =
        ask(&server, "POST", &signing, &hospital.doctor, &[("if-match", "\"1\"")], &Value::Null).await;
    assert_eq!(stale.status, 412, "{}", stale.text);
    let keyed = [("if-match", "\"2\""), ("idempotency-key", "sign-once")];
    let signed = ask(&server, "POST", &signing, &hospital.doctor, &keyed, &Value::Null).await.expect(200);
    let again = ask(&server, "POST", &signing, &hospital.doctor, &keyed, &Value::Null).await.expect(200);
    assert_eq!(signed["data"], again["data"]);
    assert_eq!(
        (&signed["data"]["version"], &signed["data"]["signed_by"]),
        (&json!(2), &json!(hospital.doctor_id))
    );
    let twice = ask(&server, "POST", &signing, &hospital.doctor, &[], &Value::Null).await.expect(409);
    assert_eq!(twice["error"]["code"], "NOTE_SIGNED");

    // Neither a person nor a machine changes it any more.
    let note = server.get(&path, &hospital.doctor).await.expect(200)["data"].clone();
    assert_eq!((&note["status"], &note["signature"]), (&json!("signed"), &signed["data"]));
    let listed = server.get(&format!("{path}versions/"), &hospital.doctor).await.expect(200);
    assert_eq!(
        listed["data"]["results"][0]["sha256"], signed["data"]["sha256"],
        "the version that was signed"
    );
    let refused =
        edit(&server, &hospital, id, json!({"plan": {"patient_education": ["Rest"]}}), "").await.expect(409);
    assert!(refused["error"]["message"].as_str().unwrap().contains("addendum"), "{refused}");
    let said = json!({"language": "en", "text": "Doctor: Something else."});
    let given =
        server.put(&format!("/soapify/api/encounters/{id}/transcript/"), &hospital.doctor, said).await;
    assert_eq!((given.status, &given.json()["error"]["code"]), (409, &json!("NOTE_SIGNED")));

    // Addenda stand behind it in order, each once, and do not change it.
    for (body, fields) in [
        (json!({}), &["reason", "text"][..]),
        (json!({"text": " ", "reason": 5}), &["reason", "text"]),
        (json!({"text": "x".repeat(10_001), "reason": "y"}), &["text"]),
    ] {
        let refused = server.post(&adding, &hospital.doctor, body).await.expect(422);
        let named: Vec<&String> = refused["error"]["details"].as_object().unwrap().keys().collect();
        assert_eq!(named, fields, "{refused}");
    }
    let key = [("idempotency-key", "add-once")];
    let added =
        ask(&server, "POST", &adding, &hospital.doctor, &key, &addendum).await.expect(201)["data"].clone();
    let again =
        ask(&server, "POST", &adding, &hospital.doctor, &key, &addendum).await.expect(201)["data"].clone();
    assert_eq!(added, again);
    let second = json!({"text": "MRI is normal.", "reason": "Result"});
    server.post(&adding, &hospital.doctor, second).await.expect(201);
    server.post(&adding, &hospital.admin, addendum.clone()).await.expect(403);
    server.post(&adding, &other, addendum).await.expect(404);
    let listed = server.get(&adding, &hospital.doctor).await.expect(200)["data"].clone();
    let numbers: Vec<u64> =
        listed["results"].as_array().unwrap().iter().map(|one| one["number"].as_u64().unwrap()).collect();
    assert_eq!((&listed["count"], &numbers[..]), (&json!(2), &[1, 2][..]));
    let after = server.get(&path, &hospital.doctor).await.expect(200)["data"].clone();
    assert_eq!((&after["sections"], &after["addenda_count"]), (&note["sections"], &json!(2)));

    // Who signed and who was refused stands in the trail.
    let trail = server.get("/healthcare/api/audit/logs/?page_size=100", &hospital.admin).await.expect(200);
    let entries = trail["data"]["results"].as_array().unwrap();
    let count = |resource: &str, outcome: &str| {
        entries.iter().filter(|one| one["resource"] == resource && one["status"] == outcome).count()
    };
    assert_eq!(
        (count("note_signature", "success"), count("note_addendum", "success") >= 3),
        (2, true),
        "{trail:#}"
    );
    assert!(count("note_signature", "refused") >= 3 && count("note_addendum", "refused") >= 2, "{trail:#}");
    let folder = server.stop().await;

    let server = Server::start_in(folder, |_| {}).await;
    let doctor = server.log_in("smith@signed.example", crate::kit::PASSWORD).await;
    let stands = server.get(&path, &doctor).await.expect(200)["data"].clone();
    assert_eq!((&stands["signature"], &stands["addenda_count"]), (&signed["data"], &json!(2)));
    server.stop().await;
}
