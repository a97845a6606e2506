//! A note as a file: what is in it, how long it is to be had, and that what is not signed says so.

use crate::kit::{Client, Hospital, Server};
use crate::notes::{HEADACHE, consultation, edit, note_path, sign};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use ward_actors::Actors;
use ward_domain::tenancy::TenantId;
use ward_domain::time::HOUR;
use ward_domain::upload::storage::Storage;

async fn export(server: &Client, token: &str, id: u64, body: Value) -> Value {
    server.post(&format!("/soapify/api/outputs/export/{id}/"), token, body).await.expect(200)["data"].clone()
}

fn link(data: &Value) -> String {
    let url = data["download_url"].as_str().unwrap();
    url[url.find("/objects/").unwrap()..].to_owned()
}

/// The file behind a link, and the name under which it is saved.
async fn fetched(server: &Client, data: &Value) -> (Vec<u8>, String) {
    let (parts, bytes) = server.fetch(&link(data), &[]).await;
    assert_eq!(parts.status, 200);
    (bytes.to_vec(), parts.headers["content-disposition"].to_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_is_taken_out_as_a_file_that_says_whether_it_is_signed() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "exports").await;
    let id = consultation(&server, &hospital, "Lena Brandt", "en", HEADACHE).await;
    edit(&server, &hospital, id, json!({"assessment": {"clinical_reasoning": "No <red> flags."}}), "")
        .await
        .expect(200);
    for (format, begins, ends) in
        [("pdf", &b"%PDF-1.7"[..], ".pdf"), ("docx", b"PK\x03\x04", ".docx"), ("markdown", b"**DRAFT", ".md")]
    {
        let asked =
            json!({"format": format, "include_transcript": true, "language": "en", "template": "detailed"});
        let data = export(&server, &hospital.doctor, id, asked).await;
        assert_eq!(data["is_draft"], true);
        let (bytes, name) = fetched(&server, &data).await;
        assert!(bytes.starts_with(begins), "{format}");
        assert_eq!(data["file_size_bytes"].as_u64().unwrap(), bytes.len() as u64);
        assert!(name.contains("DRAFT-soap-note-") && name.contains(ends) && !name.contains("Lena"), "{name}");
        assert!(!link(&data).contains("Lena"));
    }
    // What is not said is said by the documented request.
    let printed =
        json!({"format": "pdf", "include_transcript": false, "language": "fa", "template": "standard"});
    let data = export(&server, &hospital.doctor, id, printed).await;
    for key in ["download_url", "expires_at"] {
        assert!(data[key].is_string(), "{data}");
    }
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let markdown = |more: Value| {
        let mut asked = json!({"format": "markdown", "language": "en"});
        asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        asked
    };
    let plain = export(&server, &hospital.doctor, id, markdown(json!({}))).await;
    let plain = text(fetched(&server, &plain).await.0);
    assert!(
        plain.contains("Lena Brandt") && plain.contains("exports") && plain.contains("No \\<red\\> flags."),
        "{plain}"
    );
    assert!(!plain.contains("What brings you in"), "no transcript unless it is asked for");
    let said = export(&server, &hospital.doctor, id, markdown(json!({"include_transcript": true}))).await;
    assert!(text(fetched(&server, &said).await.0).contains("What brings you in"));

    sign(&server, &hospital, id).await;
    let addendum = json!({"text": "MRI is normal.", "reason": "Result"});
    server.post(&format!("{}addenda/", note_path(id)), &hospital.doctor, addendum).await.expect(201);
    let data = export(&server, &hospital.doctor, id, markdown(json!({"template": "summary"}))).await;
    let (bytes, name) = fetched(&server, &data).await;
    let final_text = text(bytes);
    assert_eq!(data["is_draft"], false);
    assert!(!final_text.contains("DRAFT") && !name.contains("DRAFT"), "{final_text}");
    assert!(final_text.contains("MRI is normal.") && final_text.contains("Signed by"), "{final_text}");

    // Sent twice, it makes one file.
    let path = format!("/soapify/api/outputs/export/{id}/");
    let bearer = format!("Bearer {}", hospital.doctor);
    let headers = [
        ("content-type", "application/json"),
        ("authorization", bearer.as_str()),
        ("idempotency-key", "once"),
    ];
    let body = serde_json::to_vec(&json!({"format": "markdown"})).unwrap();
    let one = server.send("POST", &path, &headers, body.clone()).await.expect(200);
    let two = server.send("POST", &path, &headers, body).await.expect(200);
    assert_eq!(one["data"]["expires_at"], two["data"]["expires_at"]);
    assert_eq!(fetched(&server, &one["data"]).await, fetched(&server, &two["data"]).await);

    for (body, field) in [
        (json!({"format": "rtf"}), "format"),
        (json!({"language": "de"}), "language"),
        (json!({"template": 5}), "template"),
        (json!({"include_transcript": "perhaps"}), "include_transcript"),
    ] {
        let refused = server.post(&path, &hospital.doctor, body).await.expect(422);
        assert!(refused["error"]["details"][field][0].is_string(), "{refused}");
    }
    // Whoever may read it may take it out, and nobody else.
    export(&server, &hospital.admin, id, json!({})).await;
    server.post(&path, &hospital.patient, json!({})).await.expect(403);
    let trail = server.get("/healthcare/api/audit/logs/?page_size=100", &hospital.admin).await.expect(200);
    let who: Vec<&Value> = trail["data"]["results"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["resource"] == "note_export" && one["status"] == "success")
        .collect();
    assert!(who.len() >= 9, "{trail:#}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exported_file_is_to_be_had_for_a_while_and_then_goes() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "lapses").await;
    let id = consultation(&server, &hospital, "Lena Brandt", "en", HEADACHE).await;
    let data = export(&server, &hospital.doctor, id, json!({"format": "pdf"})).await;
    let (bytes, _) = fetched(&server, &data).await;
    let scope =
        server.house.tenancy.register.scope(TenantId::from_number(hospital.id)).await.unwrap().unwrap();
    let held = async || {
        let found = server.house.find::<Storage>(&scope, Actors::of_hospital(&scope)).await.unwrap();
        found.map_or(0, |found| found.document.held + found.document.kept)
    };
    assert_eq!(held().await, bytes.len() as u64);
    let mut altered = link(&data);
    altered.pop();
    assert_ne!(server.fetch(&altered, &[]).await.0.status, 200);

    server.clockwork.round().await.unwrap();
    fetched(&server, &data).await;
    server.clock.by(2 * HOUR);
    assert_ne!(server.fetch(&link(&data), &[]).await.0.status, 200, "its time is over");
    let began = Instant::now();
    while held().await > 0 {
        assert!(began.elapsed() < Duration::from_secs(10), "the file is still there");
        server.clockwork.round().await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_there_is_no_note_there_is_no_file() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "nothing").await;
    let made = json!({"patient_name": "Lena Brandt"});
    let made = server.post("/soapify/api/encounters/", &hospital.doctor, made).await.expect(201);
    let id = made["data"]["id"].as_u64().unwrap();
    let path = format!("/soapify/api/outputs/export/{id}/");
    server.post(&path, &hospital.doctor, json!({})).await.expect(404);
    server.stop().await;
}
