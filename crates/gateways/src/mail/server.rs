//! A real SMTP server (aiosmtpd) for one test: `tests/servers/smtp`, started, listened to and ended.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "for tests only: to panic is how it reports"
)]

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

/// The first start installs aiosmtpd.
const START_DEADLINE: Duration = Duration::from_mins(9);
const EVENT_DEADLINE: Duration = Duration::from_secs(20);

/// A running server. It ends when this is dropped.
pub struct Server {
    events: Lines<BufReader<ChildStdout>>,
    /// What [`Server::next`] passed over.
    seen: Vec<Value>,
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
    child: Child,
}

impl Server {
    /// Starts one with the options of `server.py`. A test fails here, with the reason, where it cannot be started.
    pub async fn start(options: &[&str]) -> Self {
        let script = repository().join("tests/servers/smtp/start.py");
        let mut child = Command::new("python3")
            .arg(&script)
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| {
                panic!("python3 is needed for a real SMTP server to test against: {error}")
            });
        let events = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut server = Self { events, seen: Vec::new(), port: 0, child };
        let Ok(listening) = timeout(START_DEADLINE, server.read()).await else {
            panic!("the SMTP test server did not listen within {START_DEADLINE:?}");
        };
        server.port = listening["port"].as_u64().unwrap().try_into().unwrap();
        server
    }

    /// The next event of this kind.
    pub async fn next(&mut self, kind: &str) -> Value {
        let wanted = async {
            loop {
                let event = self.read().await;
                if event["event"] == kind {
                    return event;
                }
                self.seen.push(event);
            }
        };
        timeout(EVENT_DEADLINE, wanted)
            .await
            .unwrap_or_else(|_| panic!("no event `{kind}` from the SMTP test server"))
    }

    /// How many events of this kind [`Server::next`] passed over so far.
    pub fn passed(&self, kind: &str) -> usize {
        self.seen.iter().filter(|event| event["event"] == kind).count()
    }

    /// Ends the server now.
    pub async fn end(mut self) {
        drop(self.child.stdin.take());
        timeout(EVENT_DEADLINE, self.child.wait()).await.unwrap().unwrap();
    }

    async fn read(&mut self) -> Value {
        if let Some(line) = self.events.next_line().await.unwrap() {
            return serde_json::from_str(&line).unwrap();
        }
        let status = self.child.wait().await.unwrap();
        panic!(
            "the SMTP test server ended ({status}); its words are above. It needs python3 (3.10 or later, with venv) \
             and, the first time, the network to fetch aiosmtpd from PyPI"
        );
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}
