//! The server that the tests run on: the one that `SCYLLA_NODES` names, or the Cassandra node of `tests/servers`,
//! which is started where it does not run yet. One session and one keyspace for all tests of a binary.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

pub mod keyspace;

use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::runtime::Runtime;
use ward_domain::time::{Clock, Time};
use ward_store_scylla::{Options, ScyllaStore, migrations};

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "a clock is what this is")]
    fn now(&self) -> Time {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        Time::from_millis(i64::try_from(since.as_millis()).unwrap())
    }
}

/// Where the server is; starts it if it is ours to start.
#[allow(clippy::disallowed_methods, reason = "a test reads its own settings")]
pub fn nodes() -> Vec<String> {
    if let Ok(nodes) = std::env::var("SCYLLA_NODES") {
        return nodes.split(',').map(|node| node.trim().to_owned()).collect();
    }
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let mut scripts = above.map(|folder| folder.join("tests/servers/cassandra/start.sh"));
    let script = scripts.find(|script| script.exists()).unwrap();
    // One start at a time: two would take each other's ports.
    let lock = std::fs::File::create(std::env::temp_dir().join("ward-cassandra.lock")).unwrap();
    lock.lock().unwrap();
    let mut start = Command::new(&script);
    let running = Command::new(&script).arg("status").output().unwrap().status.success();
    // In memory where there is some: on a disk that others are busy with, each of a hundred thousand syncs waits for
    // them. What these tests kill is Ward, never the node.
    let memory = Path::new("/dev/shm");
    if !running && std::env::var("WARD_CASSANDRA_DATA").is_err() && memory.is_dir() {
        start.env("WARD_CASSANDRA_DATA", memory.join("ward-cassandra"));
    }
    let started = start.arg("start").output().unwrap();
    let said =
        String::from_utf8_lossy(&started.stdout).into_owned() + &String::from_utf8_lossy(&started.stderr);
    assert!(
        started.status.success(),
        "no CQL server to test on. Name one in SCYLLA_NODES, or let this start Apache Cassandra, which needs Java 17 \
         and Maven (Debian: openjdk-17-jre-headless, maven). What went wrong:\n{said}"
    );
    let port = std::env::var("WARD_CASSANDRA_PORT").unwrap_or_else(|_| "9042".to_owned());
    vec![format!("127.0.0.1:{port}")]
}

/// Replicas of each row: 1, or what `SCYLLA_REPLICATION` says of a cluster that `SCYLLA_NODES` names.
#[allow(clippy::disallowed_methods, reason = "a test reads its own settings")]
pub fn replication() -> u8 {
    std::env::var("SCYLLA_REPLICATION").ok().map_or(1, |replicas| replicas.parse().unwrap())
}

/// Options for a keyspace of this process.
pub fn options() -> Options {
    let mut options = Options::new(Arc::new(SystemClock));
    options.nodes = nodes();
    options.keyspace = format!("ward_test_{}", std::process::id());
    options.replication = replication();
    options.request_timeout = Duration::from_secs(20);
    options.commit_deadline = Duration::from_mins(1);
    options.chunk_rows = 4;
    options
}

struct Server {
    /// Drives the session, whichever test's runtime asks.
    runtime: Runtime,
    store: ScyllaStore,
    options: Options,
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        std::thread::spawn(|| {
            let runtime = Runtime::new().unwrap();
            let options = options();
            let store = runtime.block_on(async {
                migrations::migrate(&options, 1).await.unwrap();
                let store = ScyllaStore::open(options.clone()).await.unwrap();
                let line = format!("CQL server at {:?}: {}\n", options.nodes, store.server().await.unwrap());
                // Past the harness, which shows the output of failures only: what was tested on has to be seen.
                std::io::stderr().write_all(line.as_bytes()).unwrap();
                store
            });
            keyspace::drop_when_this_process_ends(&options);
            Server { runtime, store, options }
        })
        .join()
        .unwrap()
    })
}

/// The options of the store that all tests of this binary share.
pub fn shared_options() -> Options {
    server().options.clone()
}

/// A store of its own over the shared session.
pub fn beside(options: Options) -> ScyllaStore {
    server().store.beside(options)
}

/// Runs something on the runtime of the shared session.
pub fn run<T>(what: impl Future<Output = T>) -> T {
    server().runtime.block_on(what)
}

/// A fresh, empty store in a realm of its own.
pub fn fresh() -> ScyllaStore {
    static REALM: AtomicU64 = AtomicU64::new(0);
    let realm = REALM.fetch_add(1, Ordering::Relaxed).to_be_bytes().to_vec();
    beside(Options { realm, ..shared_options() })
}
