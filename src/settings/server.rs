//! Where the server listens, and what it takes.

use serde::Deserialize;
use std::collections::HashMap;
use std::net::SocketAddr;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "see Settings")]
pub struct Server {
    pub listen: SocketAddr,
    pub drain_seconds: u64,
    pub deadline_seconds: u64,
    pub max_body_bytes: usize,
    pub max_concurrent: usize,
    pub compress: bool,
    pub public_url: String,
    pub cors_origins: Vec<String>,
    pub trusted_proxies: Vec<String>,
    #[serde(default)]
    pub hosts: HashMap<String, String>,
    #[serde(default)]
    pub listeners: HashMap<String, SocketAddr>,
}

impl Server {
    /// The host names that are the platform's own, lower case: of its public address, and those given to an API.
    pub fn own_hosts(&self) -> Vec<String> {
        let hosts = self.hosts.keys().map(String::as_str).chain(self.public_host());
        hosts.map(str::to_lowercase).collect()
    }

    /// The host name of the public address, if there is one.
    pub fn public_host(&self) -> Option<&str> {
        let (_, rest) = self.public_url.split_once("://")?;
        rest.split(['/', ':', '?', '#']).next().filter(|host| !host.is_empty())
    }
}
