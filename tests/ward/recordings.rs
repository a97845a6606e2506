//! Recorded consultations, from the bytes to the note: whole, in chunks, without an engine, killed, and watched.

pub(crate) mod engine;
mod watched;
mod whisper;

use self::engine::{Engine, Hears};
use crate::kit::{Client, Hospital, Reply, Server};
use crate::process::Process;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use ward::settings::SpeechEngine;
use ward_gateways::speech::OpenAiSpeechSettings;

const BOUNDARY: &str = "a-boundary-of-the-tests";

pub(crate) fn recording(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/crates/media/tests/audio");
    std::fs::read(format!("{folder}/{name}")).unwrap()
}

/// A form: words, and a file without a content type.
pub(crate) fn form(words: &[(&str, &str)], part: &str, name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, word) in words {
        let part =
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{word}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"{name}\"\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    body
}

async fn send(server: &Client, path: &str, token: &str, more: &[(&str, &str)], body: Vec<u8>) -> Reply {
    let bearer = format!("Bearer {token}");
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let mut headers = vec![("content-type", kind.as_str()), ("authorization", &bearer)];
    headers.extend_from_slice(more);
    server.send("POST", path, &headers, body).await
}

/// Creates a consultation with a recording; its id.
async fn recorded(server: &Client, token: &str, bytes: &[u8]) -> u64 {
    let body = form(&[("patient_name", "John Doe")], "audio_file", "recording.webm", bytes);
    let made = send(server, "/api/encounters/", token, &[], body).await.expect(201);
    made["data"]["id"].as_u64().unwrap()
}

/// Creates a consultation that has no recording yet; its id.
pub(crate) async fn empty(server: &Client, token: &str) -> u64 {
    let made = server.post("/api/encounters/", token, json!({"patient_name": "John Doe"})).await.expect(201);
    made["data"]["id"].as_u64().unwrap()
}

/// A chunk of a recording of four.
pub(crate) async fn chunk(
    server: &Client,
    token: &str,
    encounter: u64,
    number: usize,
    bytes: &[u8],
    last: bool,
) -> Reply {
    chunk_of(server, token, encounter, (number, Some("4")), bytes, last).await
}

/// A chunk, by its number and, where that is said, how many there are.
async fn chunk_of(
    server: &Client,
    token: &str,
    encounter: u64,
    (number, all): (usize, Option<&str>),
    bytes: &[u8],
    last: bool,
) -> Reply {
    let word = if last { "true" } else { "false" };
    let body = form(&[("is_final", word)], "audio_chunk", "blob", bytes);
    let (encounter, number) = (encounter.to_string(), number.to_string());
    let mut headers = vec![("x-encounter-id", encounter.as_str()), ("x-chunk-number", &number)];
    headers.extend(all.map(|all| ("x-total-chunks", all)));
    send(server, "/api/stt/upload-chunk/", token, &headers, body).await
}

pub(crate) fn hearing(engine: &Engine) -> impl FnOnce(&mut ward::settings::Settings) {
    let url = engine.url.clone();
    move |settings| {
        settings.speech.engine = SpeechEngine::OpenAi;
        settings.speech.openai = Some(OpenAiSpeechSettings {
            url,
            key: "a-key".into(),
            model: "whisper-1".into(),
            language: String::new(),
            timeout_ms: 5_000,
            live: true,
        });
    }
}

pub(crate) async fn until(server: &Client, token: &str, id: u64, status: &str, within: Duration) -> Value {
    let began = Instant::now();
    loop {
        let told = server.get(&format!("/api/encounters/{id}/status/"), token).await.expect(200);
        if told["data"]["status"] == status {
            return told["data"].clone();
        }
        assert!(began.elapsed() < within, "it stays {told}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

const SOON: Duration = Duration::from_secs(30);

/// The path of a link.
fn link(url: &Value) -> String {
    let url = url.as_str().unwrap();
    url[url.find("/objects/").unwrap_or_else(|| panic!("no link: {url}"))..].to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_goes_from_the_form_to_the_note() {
    let engine = Engine::start(vec![]).await;
    let server = Server::start_with(hearing(&engine)).await;
    let hospital = Hospital::join(&server, "recorded").await;
    let whole = recording("talk.ogg");
    let body = form(&[("patient_name", "John Doe")], "audio_file", "recording.webm", &whole);
    let key = [("idempotency-key", "once")];
    let made = send(&server, "/api/encounters/", &hospital.doctor, &key, body.clone()).await.expect(201);
    assert_eq!(made["data"]["status"], "pending");
    assert_eq!(made["data"]["message"], "Encounter created. Audio processing started.");
    let again = send(&server, "/api/encounters/", &hospital.doctor, &key, body).await.expect(201);
    assert_eq!(again["data"]["id"], made["data"]["id"]);
    let id = made["data"]["id"].as_u64().unwrap();
    let told = until(&server, &hospital.doctor, id, "completed", SOON).await;
    for step in ["audio_upload", "transcription", "soap_generation", "checklist_evaluation"] {
        assert_eq!(told["progress"][step], "completed", "{told}");
    }
    let path = format!("/api/encounters/{id}/");
    let detail = server.get(&path, &hospital.doctor).await.expect(200)["data"].clone();
    assert_eq!(detail["audio_file"]["size_bytes"], whole.len());
    assert_eq!(detail["audio_file"]["duration_seconds"], 11);
    assert_eq!(detail["transcript"]["language"], "en");
    assert_eq!(detail["transcript"]["speaker_source"], "guess");
    assert_eq!(detail["transcript"]["engine"], "openai:whisper-1");
    assert_eq!(detail["transcript"]["segments"][0]["speaker"], "doctor");
    assert!(detail["soap_note"]["subjective"].as_str().unwrap().contains("headache"), "{detail}");
    let (parts, bytes) = server.fetch(&link(&detail["audio_file"]["url"]), &[]).await;
    assert_eq!((parts.status.as_u16(), parts.headers["content-type"].to_str().unwrap()), (200, "audio/ogg"));
    assert!(bytes == whole, "the recording comes back otherwise");
    let list = server.get("/api/encounters/", &hospital.doctor).await.expect(200);
    link(&list["data"]["results"][0]["audio_file_url"]);
    // Only what is spoken was sent, with the key.
    let asked = engine.asked();
    assert!(
        !asked.is_empty() && asked.iter().all(|one| one.authorised && one.wave_bytes < 400_000),
        "{asked:?}"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chunks_in_any_order_and_again_become_one_recording() {
    let engine = Engine::start(vec![]).await;
    let server = Server::start_with(hearing(&engine)).await;
    let hospital = Hospital::join(&server, "chunks").await;
    let (_, other) =
        Hospital::person(&server, &hospital.admin, hospital.id, "chunks", "doctor", "jones").await;
    let whole = recording("talk-live.webm");
    let slices: Vec<&[u8]> = whole.chunks(whole.len().div_ceil(4)).collect();
    let id = empty(&server, &hospital.doctor).await;
    let doctor = hospital.doctor.as_str();
    let strange = chunk(&server, &other, id, 1, slices[0], false).await;
    assert_eq!(strange.status, 404, "{}", strange.text);
    chunk(&server, doctor, id, 3, slices[2], false).await.expect(200);
    let noise = chunk(&server, doctor, id, 1, b"%PDF-1.7 and so on", false).await.expect(422);
    assert!(noise["error"]["details"]["audio_chunk"].is_array(), "{noise}");
    for _ in 0..2 {
        let told = chunk(&server, doctor, id, 1, slices[0], false).await.expect(200)["data"].clone();
        assert_eq!((&told["chunk_received"], &told["total_expected"]), (&json!(1), &json!(4)));
        assert!(told["partial_transcript"].is_string(), "{told}");
    }
    let other = recording("talk.ogg");
    assert_eq!(chunk(&server, doctor, id, 1, &other, false).await.status, 409);
    let told = chunk(&server, doctor, id, 4, slices[3], true).await.expect(200)["data"].clone();
    assert_eq!((&told["missing_chunks"], &told["is_complete"]), (&json!([2]), &json!(false)));
    let path = format!("/api/encounters/{id}/status/");
    let waits = server.get(&path, doctor).await.expect(200);
    assert!(waits["data"]["current_step"].as_str().unwrap().contains("missing: 2"), "{waits}");
    for wrong in [
        chunk(&server, doctor, id, 5, slices[1], false).await,
        chunk(&server, doctor, id, 2, b"", false).await,
    ] {
        assert!([409, 422].contains(&wrong.status), "{}", wrong.text);
    }
    let told = chunk(&server, doctor, id, 2, slices[1], false).await.expect(200)["data"].clone();
    assert_eq!(told["is_complete"], true);
    until(&server, doctor, id, "completed", SOON).await;
    // After the end nothing more comes in: a number that is there is answered as a repetition, and changes nothing.
    assert_eq!(chunk(&server, doctor, id, 5, slices[1], false).await.status, 422, "there are four");
    let late = chunk_of(&server, doctor, id, (5, None), slices[1], false).await.expect(409);
    assert_eq!(late["error"]["code"], "RECORDING_CLOSED");
    assert_eq!(chunk(&server, doctor, id, 4, slices[1], false).await.status, 200);
    let detail = server.get(&format!("/api/encounters/{id}/"), doctor).await.expect(200)["data"].clone();
    let (_, bytes) = server.fetch(&link(&detail["audio_file"]["url"]), &[]).await;
    assert!(bytes == whole, "the slices do not make the recording");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chunks_that_are_files_of_their_own_become_one_recording() {
    let engine = Engine::start(vec![]).await;
    let server = Server::start_with(hearing(&engine)).await;
    let hospital = Hospital::join(&server, "files").await;
    let id = empty(&server, &hospital.doctor).await;
    chunk(&server, &hospital.doctor, id, 1, &recording("talk.ogg"), false).await.expect(200);
    chunk(&server, &hospital.doctor, id, 2, &recording("talk-vorbis.ogg"), true).await.expect(200);
    until(&server, &hospital.doctor, id, "completed", SOON).await;
    let detail =
        server.get(&format!("/api/encounters/{id}/"), &hospital.doctor).await.expect(200)["data"].clone();
    assert_eq!(detail["audio_file"]["duration_seconds"], 22);
    let (parts, bytes) = server.fetch(&link(&detail["audio_file"]["url"]), &[]).await;
    assert_eq!(parts.headers["content-type"], "audio/wav");
    assert!(bytes.starts_with(b"RIFF") && bytes.len() > 22 * 32_000, "{}", bytes.len());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_channels_say_who_spoke() {
    let engine =
        Engine::start(vec![Hears::Say("What brings you in today?"), Hears::Say("My head hurts.")]).await;
    let server = Server::start_with(hearing(&engine)).await;
    let hospital = Hospital::join(&server, "stereo").await;
    let id = recorded(&server, &hospital.doctor, &recording("two-voices.ogg")).await;
    until(&server, &hospital.doctor, id, "completed", SOON).await;
    let detail = server.get(&format!("/api/encounters/{id}/"), &hospital.doctor).await.expect(200);
    let said = &detail["data"]["transcript"];
    assert_eq!(said["speaker_source"], "channel");
    let segments = said["segments"].as_array().unwrap();
    assert_eq!((&segments[0]["speaker"], &segments[1]["speaker"]), (&json!("doctor"), &json!("patient")));
    assert!(segments[1]["start"].as_f64().unwrap() > 5.0, "{said}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_engine_a_recording_waits_and_goes_on_when_there_is_one() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "waits").await;
    let id = recorded(&server, &hospital.doctor, &recording("talk.mp3")).await;
    let path = format!("/api/encounters/{id}/status/");
    let waits = server
        .until(&path, &hospital.doctor, |told| told["data"]["progress"]["audio_upload"] == "completed")
        .await;
    assert_eq!(waits["data"]["progress"]["transcription"], "pending");
    assert!(waits["data"]["current_step"].as_str().unwrap().contains("speech engine"), "{waits}");
    let folder = server.stop().await;
    let engine = Engine::start(vec![]).await;
    let server = Server::start_in(folder, hearing(&engine)).await;
    let told = until(&server, &hospital.doctor, id, "completed", SOON).await;
    assert_eq!(told["progress"]["transcription"], "completed");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_heard_says_why_and_can_be_sent_again() {
    let engine = Engine::start(vec![Hears::Fail(401)]).await;
    let server = Server::start_with(hearing(&engine)).await;
    let hospital = Hospital::join(&server, "silence").await;
    let doctor = hospital.doctor.as_str();
    for (bytes, what) in
        [(&b""[..], "empty"), (b"%PDF-1.7 and so on", "a document"), (b"hello, is it me", "text")]
    {
        let body = form(&[("patient_name", "John Doe")], "audio_file", "recording.webm", bytes);
        let refused = send(&server, "/api/encounters/", doctor, &[], body).await.expect(422);
        assert!(refused["error"]["details"]["audio_file"].is_array(), "{what}: {refused}");
    }
    let listed = server.get("/api/encounters/", doctor).await.expect(200);
    assert_eq!(listed["data"]["count"], 0);
    let silence = ward_media::wave::file(&vec![0; 16_000 * 5]);
    let id = recorded(&server, doctor, &silence).await;
    let told = until(&server, doctor, id, "failed", SOON).await;
    assert!(told["current_step"].as_str().unwrap().contains("Nobody can be heard"), "{told}");
    let audio = format!("/api/encounters/{id}/audio/");
    let bearer = format!("Bearer {doctor}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "text/plain")];
    server.send("PUT", &audio, &headers, recording("talk.webm")).await.expect(200);
    // The engine's key is wrong: no use in trying by itself.
    let told = until(&server, doctor, id, "failed", SOON).await;
    assert!(told["current_step"].as_str().unwrap().contains("administrator"), "{told}");
    assert_eq!(server.send("PUT", &audio, &headers, recording("talk.webm")).await.status, 409);
    let retry = format!("/api/encounters/{id}/retry/");
    server.post(&retry, doctor, Value::Null).await.expect(200);
    until(&server, doctor, id, "completed", SOON).await;
    assert_eq!(server.post(&retry, doctor, Value::Null).await.status, 409);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_killed_while_it_listens_goes_on_after_it() {
    let engine = Engine::start(vec![Hears::Hang]).await;
    let settings = [
        ("WARD__SPEECH__ENGINE", "openai"),
        ("WARD__SPEECH__OPENAI__URL", engine.url.as_str()),
        ("WARD__SPEECH__OPENAI__MODEL", "whisper-1"),
        ("WARD__SPEECH__OPENAI__KEY", "a-key"),
    ];
    let process = Process::start(&settings);
    let hospital = Hospital::join(&process.client, "killed").await;
    let id = recorded(&process.client, &hospital.doctor, &recording("talk.m4a")).await;
    let began = Instant::now();
    while engine.asked().is_empty() {
        assert!(began.elapsed() < SOON, "the engine is not asked");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let process = process.killed_and_started(&settings);
    // Another begins it a minute after the first did, or after it last said that it lived.
    let doctor = process.client.log_in("smith@killed.example", crate::kit::PASSWORD).await;
    until(&process.client, &doctor, id, "completed", Duration::from_secs(100)).await;
}
