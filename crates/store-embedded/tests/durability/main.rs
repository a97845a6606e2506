//! Shows by the system calls of a process that no answer precedes its sync, and what a failed sync does.
//!
//! Both need `strace`, which is part of the test: without it they fail.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test: it mints its scopes, tells its child what to do by variables, and panics to report"
)]

mod child;
mod trace;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use ward_domain::id::Id;
use ward_domain::record::RecordKind;
use ward_store::Store;
use ward_store_embedded::{EmbeddedStore, Options};

/// Runs this test binary's child under `strace` with more arguments; gives the trace.
fn traced(folder: &Path, mode: &str, arguments: &[&str]) -> String {
    let trace = folder.join("trace");
    let output = Command::new("strace")
        // Every thread, file names with descriptors, and enough of what is written to find our markers in it.
        .args(["-f", "-y", "-s", "1000000", "-o"])
        .arg(&trace)
        .args(arguments)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "the_traced_process", "--test-threads=1"])
        .env(child::FOLDER, folder)
        .env(child::MODE, mode)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .output();
    let output = output.unwrap_or_else(|error| {
        panic!("strace cannot be run ({error}): install it, on Debian with `apt-get install strace`")
    });
    assert!(
        output.status.success(),
        "{}\n{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    std::fs::read_to_string(trace).unwrap()
}

/// Does nothing unless it is run as the child of another test.
#[test]
fn the_traced_process() {
    if let Ok(folder) = std::env::var(child::FOLDER) {
        child::run(Path::new(&folder), &std::env::var(child::MODE).unwrap());
    }
}

#[test]
fn no_answer_precedes_its_sync() {
    let folder = tempfile::tempdir().unwrap();
    let trace = traced(folder.path(), child::MANY, &["-e", "trace=write,writev,pwrite64,fdatasync,fsync"]);
    let shown = trace::check(&trace).unwrap_or_else(|wrong| panic!("{wrong}"));
    assert_eq!(shown.answers, child::WRITERS * child::STEPS, "answers in the trace");
    assert!(shown.syncs > 1, "{shown:?}");
    // Or groups would not be groups, and the test would not see commits that wait together.
    assert!(shown.syncs < shown.answers, "{shown:?}");
}

/// The journal's sync fails once: that commit's outcome is unknown, and nothing is written afterwards, but read.
#[test]
fn after_a_failed_sync_nothing_is_written_and_a_restart_mends_it() {
    let folder = tempfile::tempdir().unwrap();
    // The database exists, so that every fdatasync of the child is a group's.
    drop(EmbeddedStore::open(folder.path().join("store"), Options::default()).unwrap());
    let faults = ["-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO:when=4"];
    let trace = traced(folder.path(), child::ONE, &faults);
    assert_eq!(trace.matches("EIO").count(), 1, "{trace}");

    let log = std::fs::read_to_string(folder.path().join("acks")).unwrap();
    let answers: BTreeMap<_, _> = log.lines().filter_map(|line| line.split_once(' ')).collect();
    let told = ["0-1", "0-2", "0-3", "0-4", "0-5", "ping", "outcome", "read"].map(|what| answers[what]);
    let words = ["acknowledged", "acknowledged", "acknowledged", "unknown", "unavailable", "unavailable"];
    assert!(told.iter().zip(words).all(|(told, word)| told.starts_with(word)), "{log}");
    assert!(told[4].contains("restart the process"), "says what to do: {log}");
    assert!(told[6].starts_with("unavailable"), "nobody may be told that it never will stand: {log}");
    assert_eq!(told[7], "3", "reads go on, and show what was acknowledged: {log}");

    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let store = EmbeddedStore::open(folder.path().join("store"), Options::default()).unwrap();
        let version = store.version(&child::scope(), child::aggregate(0)).await.unwrap();
        assert!((3..=4).contains(&version), "{version}");
        for step in 1..=version {
            let id = Id::new(step).unwrap();
            assert!(store.get(&child::scope(), RecordKind::Slot, id).await.unwrap().is_some());
        }
        store.commit(&child::scope(), child::commit(0, version + 1)).await.unwrap();
    });
}
