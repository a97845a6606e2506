//! SOAPify's clients, in the three languages of its document (*Code Examples*): from a log-in to the note of a recording.

use super::run;
use crate::kit::{Hospital, Server};
use crate::otp::{code_in, later, texts};
use crate::recordings::engine::Engine;
use crate::recordings::{hearing, recording, until};
use serde::Deserialize;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use ward_domain::time::MINUTE;

const PHONE: &str = "+989123456789";

/// A server that hears, and the code that a doctor just got by SMS. The document's clients name no hospital: it is the
/// default one's.
async fn called(engine: &Engine, name: &'static str) -> (Server, String) {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, name).await;
    let folder = server.stop().await;
    let server = Server::start_in(folder, |settings| {
        settings.tenancy.default_hospital = hospital.id;
        hearing(engine)(settings);
    })
    .await;
    let invite = json!({"phone_number": PHONE, "role": "doctor", "first_name": "John", "last_name": "Smith"});
    server.post("/soapify/api/integrations/invitations/", &hospital.admin, invite).await.expect(201);
    let send = json!({"phone_number": PHONE, "purpose": "login"});
    server.post("/api/integrations/otp/send/", "", send).await.expect(200);
    let code = code_in(&texts(&server, PHONE, 2).await[1]);
    (server, code)
}

/// What the code opens.
async fn opened(server: &Server, code: &str) -> Value {
    let shown = json!({"phone_number": PHONE, "otp_code": code});
    server.post("/api/integrations/otp/verify/", "", shown).await.expect(200)["data"].clone()
}

/// A recording where a client finds it.
fn kept(server: &Server, name: &str) -> String {
    let file = server.folder.path().join(name);
    std::fs::write(&file, recording(name)).unwrap();
    file.to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn soapifys_python_client_goes_from_number_and_code_to_the_note() {
    let engine = Engine::start(vec![]).await;
    let (server, code) = called(&engine, "client").await;
    let file = kept(&server, "talk.m4a");
    let printed = run(&server, "consultation.py", &[PHONE, &code, &file]).await;
    let opened = &printed["opened"];
    assert_eq!((&opened["success"], &opened["data"]["user"]["role"]), (&json!(true), &json!("doctor")));
    assert_eq!(printed["created"]["data"]["status"], "pending");
    let done = &printed["done"]["data"];
    assert_eq!((&done["status"], &done["audio_file"]["duration_seconds"]), (&json!("completed"), &json!(11)));
    for part in ["subjective", "objective", "assessment", "plan"] {
        assert!(printed["soap_note"][part].is_string(), "{printed}");
    }
    assert!(printed["soap_note"]["subjective"].as_str().unwrap().contains("headache"), "{printed}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn soapifys_javascript_client_renews_its_token_sends_the_recording_again_and_watches_it() {
    let engine = Engine::start(vec![]).await;
    let (server, code) = called(&engine, "browser").await;
    let opened = opened(&server, &code).await;
    // A session's first token lives for an hour, longer than the window of those that follow.
    later(&server, 61 * MINUTE).await;
    let (token, refresh) = (opened["jwt_token"].as_str().unwrap(), opened["refresh_token"].as_str().unwrap());
    let file = kept(&server, "talk.webm");
    let printed = run(&server, "consultation.js", &[token, refresh, &file]).await;
    // The first request met a token that had expired; the same form went out again with a new one.
    assert_eq!(printed["refused"][0]["error"]["code"], "AUTH_TOKEN_EXPIRED", "{printed}");
    let statuses = printed["statuses"].as_array().unwrap();
    assert_eq!(statuses[..2], [json!(401), json!(201)], "{printed}");
    assert!(statuses[2..].iter().all(|status| *status == 200), "{printed}");
    let created = &printed["created"]["data"];
    assert_eq!((&created["status"], &created["patient_name"]), (&json!("pending"), &json!("John Doe")));
    let updates = printed["updates"].as_array().unwrap();
    let progress: Vec<u64> = updates.iter().map(|update| update["progress"].as_u64().unwrap()).collect();
    assert!(progress.is_sorted() && progress.last() == Some(&100), "{printed}");
    assert!(updates.iter().all(|update| update["encounter_id"] == created["id"]), "{printed}");
    assert_eq!(updates.last().unwrap()["status"], "completed");
    let steps = printed["polled"].as_array().unwrap().last().unwrap();
    for step in ["audio_upload", "transcription", "soap_generation", "checklist_evaluation"] {
        assert_eq!(steps[step], "completed", "{printed}");
    }
    let done = &printed["done"]["data"];
    assert_eq!((&done["status"], &done["audio_file"]["duration_seconds"]), (&json!("completed"), &json!(11)));
    assert_eq!((&done["patient_age"], &done["chief_complaint"]), (&json!(45), &json!("Persistent headache")));
    assert_eq!(done["audio_file"]["size_bytes"], recording("talk.webm").len());
    let (parts, bytes) = server.fetch(path_of(&done["audio_file"]["url"]), &[]).await;
    assert_eq!(parts.headers["content-type"], "audio/webm");
    assert!(bytes == recording("talk.webm"), "what was sent again is not the recording");
    // The code was used once: one consultation stands, though its form was sent twice.
    let again =
        server.post("/api/auth/token/refresh/", "", json!({"refresh_token": refresh})).await.expect(200);
    let token = again["data"]["jwt_token"].as_str().unwrap();
    assert_eq!(server.get("/api/encounters/", token).await.expect(200)["data"]["count"], 1);
    server.stop().await;
}

fn path_of(url: &Value) -> &str {
    let url = url.as_str().unwrap();
    &url[url.find("/objects/").unwrap_or_else(|| panic!("no link: {url}"))..]
}

/// What the document's Swift makes of a recording: its parts, and the way in which it ends. It sends a name and a file,
/// and the boundary is a UUID in capitals.
fn swift_form(boundary: &str, name: &str, audio: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for piece in [
        format!("--{boundary}\r\n"),
        "Content-Disposition: form-data; name=\"patient_name\"\r\n\r\n".to_owned(),
        format!("{name}\r\n"),
        format!("--{boundary}\r\n"),
        "Content-Disposition: form-data; name=\"audio_file\"; filename=\"recording.m4a\"\r\n".to_owned(),
        "Content-Type: audio/m4a\r\n\r\n".to_owned(),
    ] {
        body.extend_from_slice(piece.as_bytes());
    }
    body.extend_from_slice(audio);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    body
}

/// Sends what `URLSession` makes of a request, and gives back the status and the body.
async fn url_session(server: &Server, verb: &str, headers: &[(&str, &str)], body: &[u8]) -> (u16, Vec<u8>) {
    let mut head = format!("{verb} HTTP/1.1\r\nHost: {}\r\n", server.address);
    let own = [
        ("Accept", "*/*"),
        ("User-Agent", "SOAPify/1 CFNetwork/1490.0.4 Darwin/23.2.0"),
        ("Accept-Language", "en-US,en;q=0.9"),
        ("Accept-Encoding", "gzip, deflate"),
        ("Connection", "keep-alive"),
    ];
    for (name, value) in headers.iter().chain(&own) {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    if !body.is_empty() {
        write!(head, "Content-Length: {}\r\n", body.len()).unwrap();
    }
    head.push_str("\r\n");
    let exchange = async {
        let mut socket = TcpStream::connect(server.address).await.unwrap();
        socket.write_all(head.as_bytes()).await.unwrap();
        socket.write_all(body).await.unwrap();
        let (mut answer, mut piece) = (Vec::new(), vec![0; 64 * 1024]);
        loop {
            let count = socket.read(&mut piece).await.unwrap();
            assert!(count > 0, "cut off: {}", String::from_utf8_lossy(&answer));
            answer.extend_from_slice(&piece[..count]);
            let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let head = String::from_utf8(answer[..end].to_vec()).unwrap().to_lowercase();
            assert!(head.contains("\r\ncontent-type: application/json"), "{head}");
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.unwrap_or_else(|| panic!("no length: {head}")).parse().unwrap();
            if answer.len() >= end + 4 + length {
                let status = head.split(' ').nth(1).unwrap().parse().unwrap();
                return (status, answer[end + 4..].to_vec());
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), exchange).await.unwrap()
}

/// As Foundation's `JSONDecoder` reads with `.iso8601`: no fraction of a second.
#[derive(Debug)]
struct Iso8601;

impl<'de> Deserialize<'de> for Iso8601 {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let pattern = "0000-00-00T00:00:00Z";
        let fits = text.len() == pattern.len()
            && text.bytes().zip(pattern.bytes()).all(|(letter, like)| match like {
                b'0' => letter.is_ascii_digit(),
                _ => letter == like,
            });
        if fits { Ok(Self) } else { Err(serde::de::Error::custom(format!("{text} is no date"))) }
    }
}

/// What a `Codable` of the document's answer asks for: each key that is printed, of its type and not null.
#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "that it can be read is what is tested")]
struct Envelope<T> {
    success: bool,
    data: T,
    timestamp: Iso8601,
}

/// *Create Encounter*.
#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "that it can be read is what is tested")]
struct Created {
    id: u64,
    patient_name: String,
    status: String,
    audio_upload_url: String,
    estimated_processing_time: u64,
    message: String,
}

/// *Get Encounter Details*. What the client never said may be nothing: its age alone has no empty value.
#[derive(Debug, Deserialize)]
#[allow(
    dead_code,
    clippy::struct_field_names,
    reason = "that the document's keys can be read is what is tested"
)]
struct Encounter {
    id: u64,
    patient_name: String,
    patient_age: Option<u32>,
    patient_gender: String,
    chief_complaint: String,
    encounter_date: Iso8601,
    duration_minutes: u64,
    status: String,
    audio_file: AudioFile,
    transcript: Transcript,
    soap_note: SoapNote,
    checklist_score: f64,
    tags: Vec<String>,
    created_at: Iso8601,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "that it can be read is what is tested")]
struct AudioFile {
    url: String,
    size_bytes: u64,
    duration_seconds: u64,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "that it can be read is what is tested")]
struct Transcript {
    text: String,
    confidence: f64,
    language: String,
    segments: Vec<Segment>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "that it can be read is what is tested")]
struct Segment {
    start: f64,
    end: f64,
    text: String,
    speaker: String,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "that it can be read is what is tested")]
struct SoapNote {
    id: u64,
    subjective: String,
    objective: String,
    assessment: String,
    plan: String,
    medications: Vec<Medication>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "that it can be read is what is tested")]
struct Medication {
    name: String,
    dosage: String,
    frequency: String,
    duration: String,
}

#[track_caller]
fn decoded<T: serde::de::DeserializeOwned>(body: &[u8]) -> T {
    let read = serde_json::from_slice::<Envelope<T>>(body);
    read.unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(body))).data
}

#[tokio::test(flavor = "multi_thread")]
async fn soapifys_swift_client_sends_its_bytes_and_decodes_what_comes() {
    let engine = Engine::start(vec![]).await;
    let (server, code) = called(&engine, "phone").await;
    let token = opened(&server, &code).await["jwt_token"].as_str().unwrap().to_owned();
    let boundary = "3F2504E0-4F89-41D3-9A0C-0305E82C3301";
    let kind = format!("multipart/form-data; boundary={boundary}");
    let audio = recording("talk.m4a");
    let body = swift_form(boundary, "John Doe", &audio);
    let create = "POST /api/encounters/";
    // Before it has logged in, its token is empty.
    let headers = [("Content-Type", kind.as_str()), ("Authorization", "Bearer ")];
    let (status, refused) = url_session(&server, create, &headers, &body).await;
    assert_eq!(status, 401, "{}", String::from_utf8_lossy(&refused));
    let bearer = format!("Bearer {token}");
    let headers = [("Content-Type", kind.as_str()), ("Authorization", bearer.as_str())];
    let (status, answer) = url_session(&server, create, &headers, &body).await;
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
    let created: Created = decoded(&answer);
    assert_eq!((created.patient_name.as_str(), created.status.as_str()), ("John Doe", "pending"));
    until(&server, &token, created.id, "completed", Duration::from_secs(30)).await;
    let read = format!("GET /api/encounters/{}/", created.id);
    let (status, answer) = url_session(&server, &read, &headers[1..], b"").await;
    assert_eq!(status, 200);
    let encounter: Encounter = decoded(&answer);
    assert_eq!(
        (encounter.audio_file.size_bytes, encounter.audio_file.duration_seconds),
        (audio.len() as u64, 11)
    );
    assert!(encounter.soap_note.subjective.contains("headache"), "{encounter:?}");
    assert_eq!(encounter.transcript.segments[0].speaker, "doctor");
    server.stop().await;
}
