//! `[store.scylla]`.

use serde::Deserialize;
use std::path::PathBuf;

/// Where the CQL server is. The password is never printed.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "see Settings")]
pub struct Scylla {
    pub nodes: Vec<String>,
    pub keyspace: String,
    pub datacenter: String,
    pub replication: u8,
    pub username: String,
    pub password: String,
    pub request_timeout_ms: u64,
    pub tls: ScyllaTls,
}

/// TLS to the nodes; none where `ca_file` is empty.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "see Settings")]
pub struct ScyllaTls {
    pub ca_file: PathBuf,
    pub cert_file: PathBuf,
    pub key_file: PathBuf,
}

impl std::fmt::Debug for Scylla {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scylla")
            .field("nodes", &self.nodes)
            .field("keyspace", &self.keyspace)
            .field("datacenter", &self.datacenter)
            .field("replication", &self.replication)
            .field("username", &self.username)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}

impl Scylla {
    /// What cannot work, each with its setting.
    pub(super) fn wrong(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.nodes.is_empty() || self.nodes.iter().any(|node| node.trim().is_empty()) {
            wrong.push("store.scylla.nodes must name at least one node, as \"10.0.0.1:9042\"".to_owned());
        }
        if !(1..=9).contains(&self.replication) {
            wrong.push("store.scylla.replication must be 1 to 9".to_owned());
        }
        if self.username.is_empty() != self.password.is_empty() {
            wrong.push("store.scylla.username and store.scylla.password go together".to_owned());
        }
        if !(100..=60_000).contains(&self.request_timeout_ms) {
            wrong.push("store.scylla.request_timeout_ms must be 100 to 60000".to_owned());
        }
        let there = |path: &PathBuf| !path.as_os_str().is_empty();
        if there(&self.tls.cert_file) != there(&self.tls.key_file) {
            wrong.push("store.scylla.tls.cert_file and store.scylla.tls.key_file go together".to_owned());
        }
        if there(&self.tls.cert_file) && !there(&self.tls.ca_file) {
            wrong.push("store.scylla.tls.ca_file is needed for TLS".to_owned());
        }
        wrong
    }
}

#[cfg(test)]
mod tests {
    use crate::settings::Settings;

    #[test]
    fn each_setting_that_cannot_work_is_named() {
        let mut scylla = Settings::of("development", &|_| None, false).unwrap().store.scylla;
        assert_eq!(scylla.wrong(), Vec::<String>::new());
        scylla.nodes.clear();
        scylla.replication = 0;
        scylla.username = "ward".to_owned();
        scylla.request_timeout_ms = 1;
        scylla.tls.cert_file = "cert.pem".into();
        let wrong = scylla.wrong().join("; ");
        for name in ["nodes", "replication", "password", "request_timeout_ms", "key_file", "ca_file"] {
            assert!(wrong.contains(name), "{name}: {wrong}");
        }
    }
}
