//! Servers as processes of their own: the program, and a bare handler to compare it with.

use super::client::{Call, Connection};
use super::machine;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take to be ready.
const PATIENCE: Duration = Duration::from_mins(1);

/// The first platform admin of a loaded house.
pub const ADMIN: (&str, &str) = ("platform@load.example", "a-load-of-9-figures");

/// A server process; it is killed when dropped.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From its start to its first ready answer.
    pub ready_after: Duration,
}

impl Server {
    /// `ward serve` on a data folder, with the defaults of the development profile and no limit to a hospital's plan.
    pub async fn ward(folder: &Path) -> Self {
        let address = free();
        let mut command = Command::new(env!("CARGO_BIN_EXE_ward"));
        command
            .arg("serve")
            .current_dir(folder)
            .env("WARD_PROFILE", "development")
            .env("WARD_DATA_DIR", folder);
        command.env("WARD_LISTEN", address.to_string()).env("WARD__TENANCY__DEFAULT_PLAN", "unlimited");
        command.env("WARD_ADMIN_EMAIL", ADMIN.0).env("WARD_ADMIN_PASSWORD", ADMIN.1);
        Self::start(command, address, "/readyz").await
    }

    /// A handler of axum that answers the content of a file and does nothing else.
    pub async fn bare(answer: &Path) -> Self {
        let address = free();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg("bare").arg(address.to_string()).arg(answer);
        Self::start(command, address, "/").await
    }

    async fn start(mut command: Command, address: SocketAddr, ready: &str) -> Self {
        let begun = Instant::now();
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut server = Self { child, address, ready_after: Duration::ZERO };
        while !answers(address, ready).await {
            assert!(server.child.try_wait().unwrap().is_none(), "the server ended by itself");
            assert!(begun.elapsed() < PATIENCE, "the server did not get ready");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        server.ready_after = begun.elapsed();
        server
    }

    /// Processor time that it has used.
    pub fn cpu(&self) -> Duration {
        machine::cpu(self.child.id())
    }

    /// Processor time that it has used since it had used `before`.
    pub fn cpu_since(&self, before: Duration) -> Duration {
        self.cpu().saturating_sub(before)
    }

    /// The most memory that it has had resident, in bytes.
    pub fn peak(&self) -> u64 {
        machine::peak(self.child.id())
    }

    /// Ends it as an operator does, and waits for it.
    pub fn stop(mut self) {
        let command = format!("kill -TERM {}", self.child.id());
        let asked = Command::new("sh").args(["-c", &command]).status().unwrap();
        assert!(asked.success() && self.child.wait().unwrap().success(), "the server did not end well");
    }

    /// Ends it in the middle of whatever it does (SIGKILL).
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn answers(address: SocketAddr, path: &str) -> bool {
    if tokio::net::TcpStream::connect(address).await.is_err() {
        return false;
    }
    Connection::open(address).await.send(&Call::get(path, "")).await.0.is_success()
}

/// An address that nobody listens on.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// What the bare server's process does: see [`Server::bare`].
pub async fn serve_bare(address: &str, answer: &str) {
    use axum::serve::ListenerExt as _;
    let answer = bytes::Bytes::from(std::fs::read(answer).unwrap());
    let json = [(http::header::CONTENT_TYPE, "application/json")];
    let router = axum::Router::new().route("/", axum::routing::get(async move || (json, answer.clone())));
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let listener = listener.tap_io(|socket| socket.set_nodelay(true).unwrap());
    axum::serve(listener, router).await.unwrap();
}
