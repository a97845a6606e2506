//! The real helper, asked by the adapter that Ward asks it with, with a model whose weights are set by hand: it hears one
//! sentence wherever somebody speaks (`ward_gateways::speech::scripted_model`).

#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods, reason = "tests")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use ward_domain::secret::{digest, hex};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_gateways::speech::{
    Heard, Speech, SpeechError, SpeechToText as _, Whisper, WhisperSettings, scripted, scripted_model,
};

const WORDS: [&str; 8] = [" I", " have", " had", " a", " headache", " for", " three", " days."];
const SENTENCE: &str = "I have had a headache for three days.";

/// A model's file, and what the settings say of it.
struct Model {
    folder: TempDir,
    settings: WhisperSettings,
}

impl Model {
    fn of(bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = PathBuf::from(env!("CARGO_BIN_EXE_ward-whisper"));
        let settings = scripted(folder.path(), bytes, program).unwrap();
        Self { folder, settings }
    }

    fn engine(&self) -> Whisper {
        Whisper::new(self.settings.clone())
    }
}

fn sum(bytes: &[u8]) -> String {
    hex(&digest(bytes))
}

/// So many milliseconds of noise as a WAVE file: the scripted model hears its sentence in anything.
fn noise(ms: usize) -> Speech {
    let mut state = 1_u32;
    let samples = (0..ms * 16).flat_map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [_, _, low, high] = state.to_le_bytes();
        [low, high]
    });
    let data: Vec<u8> = samples.collect();
    let length = u32::try_from(data.len()).unwrap();
    let mut wave = Vec::from(*b"RIFF");
    wave.extend_from_slice(&(length + 36).to_le_bytes());
    wave.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\x3e\0\0\0\x7d\0\0\x02\0\x10\0data");
    wave.extend_from_slice(&length.to_le_bytes());
    wave.extend_from_slice(&data);
    Speech { wave: wave.into(), language: None }
}

async fn hear(engine: &Whisper, ms: usize) -> Result<Heard, SpeechError> {
    engine.hear(&TenantScope::mint(TenantId::from_number(1)), noise(ms)).await
}

/// The helpers of this process that run the model, by their process ids.
fn helpers(model: &Path) -> Vec<u32> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().map_while(Result::ok) {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).into_owned();
        if line.contains("ward-whisper") && line.contains(model.to_str().unwrap()) {
            found.push(id);
        }
    }
    found
}

fn signal(id: u32, name: &str) {
    assert!(Command::new("kill").args([&format!("-{name}"), &id.to_string()]).status().unwrap().success());
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(60), "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_says_what_it_hears_with_times_language_and_how_sure_it_is() {
    let model = Model::of(&scripted_model(&WORDS));
    let engine = model.engine();
    assert_eq!(engine.engine().as_deref(), Some("whisper:ggml-scripted"));
    engine.prove().await.unwrap();
    let heard = hear(&engine, 11_000).await.unwrap();
    assert_eq!(heard.language.as_deref(), Some("en"));
    assert_eq!(heard.segments.len(), 1, "{heard:?}");
    let said = &heard.segments[0];
    assert_eq!((said.text.as_str(), said.start_ms, said.end_ms), (SENTENCE, 0, 11_000));
    assert!(said.confidence.is_some_and(|sure| sure > 0.99), "{heard:?}");
    // Half a minute is one window; what is longer is heard in several.
    let heard = hear(&engine, 70_000).await.unwrap();
    let times: Vec<_> = heard.segments.iter().map(|one| (one.start_ms, one.end_ms)).collect();
    assert_eq!(times, [(0, 30_000), (30_000, 60_000), (60_000, 70_000)]);
    assert!(heard.segments.iter().all(|one| one.text == SENTENCE), "{heard:?}");
    // One helper did all of it, and goes with who started it.
    let running = helpers(&model.settings.model);
    assert_eq!(running.len(), 1);
    drop(engine);
    until("the helper outlives its engine", || helpers(&model.settings.model).is_empty()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_the_model_is_not_loaded() {
    let whole = scripted_model(&WORDS);
    let refused = async |model: &Model| match model.engine().prove().await {
        Err(SpeechError::Refused(why)) => why,
        other => panic!("{other:?}"),
    };
    let mut model = Model::of(&whole);
    model.settings.sha256 = sum(b"another");
    assert!(refused(&model).await.contains("another SHA-256"));
    model.settings.sha256 = sum(&whole).to_uppercase();
    model.engine().prove().await.unwrap();
    model.settings.model = model.folder.path().join("nothing.bin");
    assert!(refused(&model).await.contains("there is no model at"));
    model.settings.program = model.folder.path().join("nothing");
    assert!(refused(&model).await.contains("there is no helper at"));
    // Cut anywhere: the sum tells. Should someone have taken the sum of the cut file, it is not loaded, or ends its helper.
    for cut in [whole.len() - 1, whole.len() / 2, 100_000, 60, 3, 0] {
        let mut cut_off = Model::of(&whole[..cut]);
        let its_own = std::mem::replace(&mut cut_off.settings.sha256, sum(&whole));
        assert!(refused(&cut_off).await.contains("another SHA-256"), "{cut}");
        cut_off.settings.sha256 = its_own;
        if cut == whole.len() - 1 {
            continue; // Its last byte is a zero, as what stands in its place is.
        }
        let engine = cut_off.engine();
        let proved = engine.prove().await;
        assert!(
            matches!(proved, Err(SpeechError::Refused(_) | SpeechError::Unavailable(_))),
            "{cut}: {proved:?}"
        );
        assert!(hear(&engine, 2_000).await.is_err(), "{cut}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn speech_of_which_a_model_hears_nothing_is_a_failure_and_no_empty_transcript() {
    // Its sentence is of spaces: each window ends without a word.
    let model = Model::of(&scripted_model(&[" ", " "]));
    let engine = model.engine();
    engine.prove().await.unwrap();
    assert!(matches!(hear(&engine, 5_000).await, Err(SpeechError::Unheard)));
    // One piece of which it hears nothing says nothing of the next.
    engine.check().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_abort_of_the_engine_is_the_end_of_its_helper_and_of_nothing_else() {
    // Without a blank among its words the engine aborts: an exception of C++ that nobody takes.
    let mut bytes = scripted_model(&WORDS);
    let blank = bytes.windows(5).position(|five| five == [1, 0, 0, 0, b' ']).unwrap();
    bytes[blank + 4] = b'x';
    let model = Model::of(&bytes);
    let engine = model.engine();
    let proved = engine.prove().await;
    let Err(SpeechError::Unavailable(why)) = proved else { panic!("{proved:?}") };
    assert!(why.contains("signal: 6"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_helper_that_is_killed_costs_its_piece_and_another_takes_the_next() {
    let model = Model::of(&scripted_model(&WORDS));
    let engine = Arc::new(model.engine());
    engine.prove().await.unwrap();
    let running = helpers(&model.settings.model);
    // Held, so that it surely has the piece in hand when it dies.
    signal(running[0], "STOP");
    let asked = Arc::clone(&engine);
    let piece = tokio::spawn(async move { hear(&asked, 20_000).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!piece.is_finished());
    signal(running[0], "KILL");
    let failed = piece.await.unwrap();
    let Err(SpeechError::Unavailable(why)) = failed else { panic!("{failed:?}") };
    assert!(why.contains("signal: 9") && why.contains("with a piece in hand"), "{why}");
    let began = Instant::now();
    let heard = hear(&engine, 20_000).await.unwrap();
    assert_eq!(heard.segments[0].text, SENTENCE);
    assert!(began.elapsed() > Duration::from_millis(500), "it did not wait before it started another");
    let again = helpers(&model.settings.model);
    assert!(again.len() == 1 && again != running, "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_helper_that_takes_too_long_is_given_up() {
    let mut model = Model::of(&scripted_model(&WORDS));
    model.settings.patience = 1;
    let engine = Arc::new(model.engine());
    engine.prove().await.unwrap();
    let running = helpers(&model.settings.model);
    signal(running[0], "STOP");
    // A second of speech, half a minute of grace.
    let failed = hear(&engine, 1_000).await;
    let Err(SpeechError::Unavailable(why)) = failed else { panic!("{failed:?}") };
    assert!(why.contains("longer than 31 s"), "{why}");
    until("what hangs is not killed", || helpers(&model.settings.model).is_empty()).await;
    assert_eq!(hear(&engine, 1_000).await.unwrap().segments[0].text, SENTENCE);
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_helpers_run_as_there_may_and_the_others_wait() {
    let mut model = Model::of(&scripted_model(&WORDS));
    model.settings.processes = 2;
    let engine = Arc::new(model.engine());
    let pieces: Vec<_> = (0..6)
        .map(|_| {
            let engine = Arc::clone(&engine);
            tokio::spawn(async move { hear(&engine, 40_000).await })
        })
        .collect();
    let mut most = 0;
    until("they do not end", || {
        most = most.max(helpers(&model.settings.model).len());
        pieces.iter().all(tokio::task::JoinHandle::is_finished)
    })
    .await;
    for piece in pieces {
        assert_eq!(piece.await.unwrap().unwrap().segments.len(), 2);
    }
    assert_eq!(most, 2);
}

/// A helper whose parent is gone notices, though it has nothing in hand: its standard input ends.
#[test]
fn a_helper_ends_with_its_parent_and_when_nothing_is_asked_of_it() {
    let model = Model::of(&scripted_model(&WORDS));
    let start = |idle: &str| {
        Command::new(&model.settings.program)
            .args(["--model", model.settings.model.to_str().unwrap(), "--sha256", &model.settings.sha256])
            .args(["--threads", "1", "--idle-seconds", idle])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap()
    };
    let ended = |child: &mut std::process::Child| {
        let began = Instant::now();
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                return status;
            }
            assert!(began.elapsed() < Duration::from_secs(60), "it stays");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    let mut orphan = start("3600");
    drop(orphan.stdin.take());
    assert!(ended(&mut orphan).success());
    let mut idle = start("1");
    assert!(ended(&mut idle).success());
    let usage = Command::new(&model.settings.program).arg("--help").output().unwrap();
    assert!(!usage.status.success() && String::from_utf8_lossy(&usage.stderr).contains("--model FILE"));
}
