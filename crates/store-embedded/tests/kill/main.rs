//! Kills a process that writes, at every named step of a group commit and at moments that nobody chose, opens what it
//! left, and compares it with what was acknowledged. All rounds go on in the same folder: what is recovered must be
//! fit to be written to and killed again.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test: it mints its scopes, tells its child what to do by variables, and panics to report"
)]

mod child;
mod log;
mod plan;
mod verify;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use ward_store_embedded::BREAK_POINTS;

const DEADLINE: Duration = Duration::from_mins(2);

/// This test binary again, as the process to be killed.
fn spawn(folder: &Path, point: &str, nth: u32) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_process_to_be_killed", "--test-threads=1"])
        .env(child::FOLDER, folder)
        .env(child::POINT, point)
        .env(child::NTH, nth.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
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
    if let Ok(folder) = std::env::var(child::FOLDER) {
        child::run(Path::new(&folder));
    }
}

#[test]
fn what_was_acknowledged_survives_an_abort_at_every_break_point() {
    let folder = tempfile::tempdir().unwrap();
    for nth in [1, 4, 23] {
        for point in BREAK_POINTS {
            let mut child = spawn(folder.path(), point, nth);
            until(point, || child.try_wait().unwrap().is_some());
            let status = child.wait().unwrap();
            assert!(!status.success(), "the child was to abort at {point} ({nth}): {status}");
            let checked = verify::check(folder.path());
            assert!(nth == 1 || checked > 0, "nothing was acknowledged before {point} ({nth})");
        }
    }
}

#[test]
fn what_was_acknowledged_survives_a_kill_at_any_moment() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..12_usize {
        let mut child = spawn(folder.path(), "never", 1);
        // Some rounds die young, some old enough to have written files and rotated journals.
        let lines = log::lines(folder.path()) + 40 + round * round * 37;
        until("the child's writes", || log::lines(folder.path()) >= lines);
        child.kill().unwrap();
        child.wait().unwrap();
        verify::check(folder.path());
    }
}
