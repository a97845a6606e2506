//! Recordings that Whisper hears on this machine: the real helper, with a model that hears one sentence everywhere.

use super::{recorded, recording, until};
use crate::kit::{Hospital, Server};
use crate::otp::later;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use ward::settings::{Settings, SpeechEngine};
use ward_domain::time::MINUTE;
use ward_gateways::speech::{scripted, scripted_model};

const WORDS: [&str; 8] = [" I", " have", " had", " a", " headache", " for", " three", " days."];
/// The helper reads and tries the model first.
const WHILE: Duration = Duration::from_mins(2);

/// The helper beside the program that is tested: `cargo test --workspace` builds both.
fn helper() -> PathBuf {
    let helper = Path::new(env!("CARGO_BIN_EXE_ward")).with_file_name("ward-whisper");
    assert!(
        helper.exists(),
        "{} is not built: cargo build -p ward-whisper, or test the whole workspace",
        helper.display()
    );
    helper
}

/// Writes a model, and says what it is to the settings.
fn hearing(folder: &Path) -> impl FnOnce(&mut Settings) + use<> {
    let whisper = scripted(folder, &scripted_model(&WORDS), helper()).unwrap();
    move |settings| {
        settings.speech.engine = SpeechEngine::Whisper;
        settings.speech.whisper = Some(whisper);
    }
}

/// The helper of this test's model.
fn running(folder: &Path) -> Option<u32> {
    let entries = std::fs::read_dir("/proc").unwrap().map_while(Result::ok);
    let mut ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.find(|id| {
        let line = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).into_owned();
        line.contains("ward-whisper") && line.contains(folder.to_str().unwrap())
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn whisper_on_this_machine_writes_a_recording_down_though_its_helper_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let models = tempfile::tempdir().unwrap();
    let server = Server::start_in(folder, hearing(models.path())).await;
    let hospital = Hospital::join(&server, "whispers").await;
    let id = recorded(&server, &hospital.doctor, &recording("talk.webm")).await;
    // The first helper dies with the piece in hand, or before it: the step is tried again.
    let began = Instant::now();
    let first = loop {
        if let Some(id) = running(models.path()) {
            break id;
        }
        assert!(began.elapsed() < WHILE, "no helper is started");
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    assert!(Command::new("kill").args(["-KILL", &first.to_string()]).status().unwrap().success());
    let path = format!("/api/encounters/{id}/status/");
    let again = |told: &Value| told["data"]["current_step"].as_str().unwrap().contains("it is tried again");
    server.until(&path, &hospital.doctor, again).await;
    later(&server, 3 * MINUTE).await;
    until(&server, &hospital.doctor, id, "completed", WHILE).await;
    let path = format!("/api/encounters/{id}/");
    let detail = server.get(&path, &hospital.doctor).await.expect(200)["data"].clone();
    let said = &detail["transcript"];
    assert_eq!((&said["language"], &said["engine"]), (&json!("en"), &json!("whisper:ggml-scripted")));
    assert!(said["confidence"].as_f64().unwrap() > 0.99, "{said}");
    let segments = said["segments"].as_array().unwrap();
    assert_eq!(segments[0]["text"], "I have had a headache for three days.");
    assert!(segments[0]["end"].as_f64().unwrap() <= 11.5, "{said}");
    assert!(detail["soap_note"]["subjective"].as_str().unwrap().contains("headache"), "{detail}");
    assert_ne!(running(models.path()), Some(first));
    server.stop().await;
    let began = Instant::now();
    while running(models.path()).is_some() {
        assert!(began.elapsed() < Duration::from_secs(10), "the helper outlives its server");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[test]
fn check_says_what_is_wrong_with_whisper() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings::of("development", &|_| None, false).unwrap();
    hearing(folder.path())(&mut settings);
    let whisper = settings.speech.whisper.unwrap();
    let (model, program) = (whisper.model.to_str().unwrap(), whisper.program.to_str().unwrap());
    let other = "0a".repeat(32);
    let cut = folder.path().join("cut.bin");
    std::fs::write(&cut, &std::fs::read(model).unwrap()[..1_000_000]).unwrap();
    let checked = |model: &str, sum: &str, program: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_ward"))
            .arg("check")
            .env("WARD_DATA_DIR", folder.path().join("data"))
            .env("WARD__SPEECH__ENGINE", "whisper")
            .env("WARD__SPEECH__WHISPER__MODEL", model)
            .env("WARD__SPEECH__WHISPER__SHA256", sum)
            .env("WARD__SPEECH__WHISPER__PROGRAM", program)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = said.lines().find(|line| line.contains(" speech: "));
        line.unwrap_or_else(|| panic!("{said}{}", String::from_utf8_lossy(&output.stderr))).to_owned()
    };
    let sum = whisper.sha256.as_str();
    assert_eq!(checked(model, sum, program), "ok    speech: whisper:ggml-scripted");
    // By itself it finds the helper beside Ward's own program.
    assert_eq!(checked(model, sum, ""), "ok    speech: whisper:ggml-scripted");
    for (line, wrong) in [
        (checked("/nowhere/model.bin", sum, program), "there is no model at /nowhere/model.bin"),
        (checked(model, sum, "/nowhere/ward-whisper"), "there is no helper at /nowhere/ward-whisper"),
        (checked(model, &other, program), "has another SHA-256"),
        (checked(cut.to_str().unwrap(), sum, program), "was cut"),
    ] {
        assert!(line.starts_with("WRONG speech: ") && line.contains(wrong), "{line}");
    }
}
