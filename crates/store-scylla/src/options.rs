//! How the store reaches its server, and how it behaves there.

use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use ward_domain::time::Clock;

/// Where a commit can be stopped, for tests that kill the process at each step.
pub const BREAK_POINTS: &[&str] = &["intended", "reserved", "fenced", "followed"];

/// Called at each of [`BREAK_POINTS`] with its name.
pub type BreakPoint = Arc<dyn Fn(&'static str) + Send + Sync>;

/// TLS to the nodes.
#[derive(Debug, Clone, Default)]
pub struct Tls {
    /// PEM file of the authorities that may have signed the nodes' certificates.
    pub ca_file: PathBuf,
    /// PEM file of this program's own certificate, where the server asks for one.
    pub cert_file: Option<PathBuf>,
    /// PEM file of its key.
    pub key_file: Option<PathBuf>,
}

/// The settings of a [`crate::ScyllaStore`].
#[derive(Clone)]
pub struct Options {
    /// Nodes to begin with, each `host` or `host:port`; the others are found through them.
    pub nodes: Vec<String>,
    /// The keyspace: letters, digits and underscores, beginning with a letter, at most 48.
    pub keyspace: String,
    /// The data centre whose nodes are spoken to; every one's if none is named.
    pub datacenter: Option<String>,
    /// Replicas of each row in each data centre, for a keyspace that `migrate` creates.
    pub replication: u8,
    /// Nodes that are reached under another address than the one they tell each other.
    pub addresses: HashMap<SocketAddr, SocketAddr>,
    /// Whom to log in as.
    pub username: Option<String>,
    /// The password to it.
    pub password: Option<String>,
    /// TLS, where it is wanted.
    pub tls: Option<Tls>,
    /// Keeps several stores apart in one keyspace: tests give each case one. Never empty, since it is a key of its own.
    pub realm: Vec<u8>,
    /// Stamps intents, marks and open items. Clocks of processes that share a store may differ by less than half of
    /// `grace`.
    pub clock: Arc<dyn Clock>,
    /// How long one statement may take.
    pub request_timeout: Duration,
    /// How long a commit tries before it answers that its outcome is unknown.
    pub commit_deadline: Duration,
    /// How long a commit waits for another that has reserved a claim which it needs, before it ends that one.
    pub patience: Duration,
    /// How far behind a mark may come that a reader has to know of.
    pub grace: Duration,
    /// Rows that are counted as one.
    pub chunk_rows: u64,
    /// Called at [`BREAK_POINTS`], in tests.
    pub break_points: Option<BreakPoint>,
}

impl Options {
    /// One local node and a clock; everything else as a program has it.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            nodes: vec!["127.0.0.1:9042".to_owned()],
            keyspace: "ward".to_owned(),
            datacenter: None,
            replication: 3,
            addresses: HashMap::new(),
            username: None,
            password: None,
            tls: None,
            realm: b"ward".to_vec(),
            clock,
            request_timeout: Duration::from_secs(5),
            commit_deadline: Duration::from_secs(15),
            patience: Duration::from_secs(1),
            grace: Duration::from_mins(1),
            chunk_rows: 256,
            break_points: None,
        }
    }

    /// Microseconds by the clock, as marks are stamped.
    pub(crate) fn stamp(&self) -> i64 {
        self.clock.now().millis().saturating_mul(1000)
    }

    pub(crate) fn reach(&self, point: &'static str) {
        if let Some(hook) = &self.break_points {
            hook(point);
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The password is not for logs.
        f.debug_struct("Options")
            .field("nodes", &self.nodes)
            .field("keyspace", &self.keyspace)
            .field("datacenter", &self.datacenter)
            .field("replication", &self.replication)
            .field("username", &self.username)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}
