//! Ward as a process of its own.

use crate::kit::{Client, PLATFORM_EMAIL, PLATFORM_PASSWORD};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;
use tempfile::TempDir;

/// A running `ward serve`.
pub struct Process {
    pub client: Client,
    pub folder: Arc<TempDir>,
    child: Child,
}

impl Process {
    /// Starts it with these variables, on a port of its own, and waits until it says where it listens.
    pub fn start(settings: &[(&str, &str)]) -> Self {
        Self::start_in(Arc::new(tempfile::tempdir().unwrap()), settings)
    }

    /// Kills it in the middle of whatever it does, and starts another in its folder.
    pub fn killed_and_started(self, settings: &[(&str, &str)]) -> Self {
        let folder = Arc::clone(&self.folder);
        drop(self);
        Self::start_in(folder, settings)
    }

    fn start_in(folder: Arc<TempDir>, settings: &[(&str, &str)]) -> Self {
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_ward"))
            .arg("serve")
            .env("WARD__SERVER__LISTEN", "127.0.0.1:0")
            .env("WARD_DATA_DIR", folder.path())
            .env("WARD_ADMIN_EMAIL", PLATFORM_EMAIL)
            .env("WARD_ADMIN_PASSWORD", PLATFORM_PASSWORD)
            .env("WARD__AUTH__PASSWORD_MEMORY_KIB", "64")
            .env("WARD__AUTH__PASSWORD_PASSES", "1")
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let (tell, told) = mpsc::channel();
        let said = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            // To its end, so that it never waits for a reader.
            for line in said.lines().map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        let address = loop {
            let Ok(line) = told.recv_timeout(Duration::from_mins(1)) else {
                let _ = child.kill();
                let log = std::fs::read_to_string(folder.path().join("log")).unwrap_or_default();
                panic!("it does not listen: {log}");
            };
            if let Some(address) = line.strip_prefix("Ward listens on http://") {
                break address.parse().unwrap();
            }
        };
        Self { client: Client::new(address), folder, child }
    }

    /// Holds it where it stands, or lets it go on.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(status.unwrap().success());
    }

    /// The most memory that it has had resident, in bytes.
    pub fn peak(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches("kB").trim().parse::<u64>().unwrap() * 1024
    }

    /// The letters that it has handed over.
    pub fn letters(&self) -> Vec<serde_json::Value> {
        letters(self.folder.path())
    }
}

/// A free port for a process that is started again on it: below those that the system gives to whoever asks for any,
/// of whom one may take it while the process is down.
pub fn port_of_its_own() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 10_000).unwrap();
    loop {
        let port = 20_000 + (first + NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000;
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// The letters in a data folder's outbox.
pub fn letters(folder: &Path) -> Vec<serde_json::Value> {
    outbox(folder, "mail")
}

/// The SMS in a data folder's outbox.
pub fn texts(folder: &Path) -> Vec<serde_json::Value> {
    outbox(folder, "sms")
}

fn outbox(folder: &Path, channel: &str) -> Vec<serde_json::Value> {
    let Ok(files) = std::fs::read_dir(folder.join("outbox").join(channel)) else { return Vec::new() };
    let letters = files.filter_map(|file| std::fs::read_to_string(file.ok()?.path()).ok());
    letters.filter_map(|text| serde_json::from_str(&text).ok()).collect()
}

impl Drop for Process {
    fn drop(&mut self) {
        // Not a stopped one either outlives its test.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
