//! Kills a process that commits, at every named step of a commit and at moments that nobody chose; lets the reconciler
//! of another finish what it left; and compares with what was acknowledged. All rounds go on in the same store.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test: it mints its scopes, tells its child what to do by variables, and panics to report"
)]

mod child;
mod plan;
#[path = "../server/mod.rs"]
mod server;
mod verify;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use ward_store_scylla::{BREAK_POINTS, Options};

const DEADLINE: Duration = Duration::from_mins(2);
/// Between two rounds by the clock of the test: so long that the minutes of the one before are closed.
const ROUND_MINUTES: i64 = 20;

/// This test binary again, as the process to be killed.
fn spawn(options: &Options, log: &Path, round: i64, point: &str, nth: u32) -> Child {
    let output = std::fs::File::create(log.with_extension("output")).unwrap();
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_process_to_be_killed", "--test-threads=1", "--nocapture"])
        .env(child::LOG, log)
        .env(child::KEYSPACE, &options.keyspace)
        .env(child::REALM, String::from_utf8(options.realm.clone()).unwrap())
        .env(child::AHEAD, (round * ROUND_MINUTES).to_string())
        .env(child::POINT, point)
        .env(child::NTH, nth.to_string())
        .stdout(Stdio::null())
        .stderr(output)
        .spawn()
        .unwrap()
}

/// Waits for a condition, and fails after the deadline.
fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < DEADLINE, "waited too long: {what}");
        std::thread::park_timeout(Duration::from_millis(1));
    }
}

/// Does nothing unless it is run as the child of another test.
#[test]
fn the_process_to_be_killed() {
    if let Ok(log) = std::env::var(child::LOG) {
        child::run(Path::new(&log));
    }
}

/// A store's options as of a round, by a clock that is ahead of the machine's.
fn options(realm: &str, round: i64) -> Options {
    let mut options = server::shared_options();
    options.realm = realm.as_bytes().to_vec();
    options.clock = std::sync::Arc::new(child::Ahead(round * ROUND_MINUTES));
    options
}

/// What was left, finished by the reconciler of the next round, and held against the log.
fn check(realm: &str, log: &Path, next_round: i64) -> u64 {
    server::run(async {
        let store = server::beside(options(realm, next_round));
        let tended = store.tend().await.unwrap();
        let checked = verify::check(&store, log).await;
        assert_eq!(store.tend().await.unwrap().finished, 0, "an intent was left behind after {tended:?}");
        checked
    })
}

#[test]
fn what_was_acknowledged_survives_an_abort_at_every_break_point() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let mut round = 0;
    for nth in [1, 7, 30] {
        for point in BREAK_POINTS {
            let mut child = spawn(&options("aborted", round), &log, round, point, nth);
            until(point, || child.try_wait().unwrap().is_some());
            let output = std::fs::read_to_string(log.with_extension("output")).unwrap();
            assert!(output.contains("aborting at"), "the child was to abort at {point} ({nth}): {output}");
            round += 1;
            let checked = check("aborted", &log, round);
            assert!(nth == 1 || checked > 0, "nothing was acknowledged before {point} ({nth})");
        }
    }
}

#[test]
fn what_was_acknowledged_survives_a_kill_at_any_moment() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    for round in 0..6_i64 {
        let lines = plan::lines(&log) + 15 + usize::try_from(round * 23).unwrap();
        let mut child = spawn(&options("killed", round), &log, round, "never", 1);
        until("the child's writes", || plan::lines(&log) >= lines || child.try_wait().unwrap().is_some());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(
            plan::lines(&log) >= lines,
            "the child ended: {}",
            std::fs::read_to_string(log.with_extension("output")).unwrap()
        );
        check("killed", &log, round + 1);
    }
}
