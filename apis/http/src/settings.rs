//! What can be set.

use std::collections::HashMap;
use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;
use ward_domain::face::Face;

/// The front door's settings. The default is a developer's machine.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Host names (lower case, without port) at which one API stands alone.
    pub hosts: HashMap<String, Face>,
    /// Who answers at the root where several APIs claim an operation and nothing else decides: the first of them here.
    pub order: Vec<Face>,
    /// Whose `X-Forwarded-Proto` and `X-Forwarded-For` are believed.
    pub trusted_proxies: Vec<Network>,
    /// Largest body in bytes where the operation says nothing else.
    pub max_body: usize,
    /// Longest time to the answer's head where the operation says nothing else.
    pub deadline: Duration,
    /// Largest body in bytes of an operation that takes a file.
    pub max_upload: usize,
    /// Longest time to the answer's head of such an operation.
    pub upload_deadline: Duration,
    /// Requests under way at once, over all APIs; more are answered 503.
    pub max_concurrent: usize,
    /// False: limits are counted and told, but refuse nothing.
    pub enforce_limits: bool,
    /// Who may call from a browser.
    pub origins: Origins,
    /// Compress answers for who accepts it.
    pub compress: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            hosts: HashMap::new(),
            order: vec![Face::Medcor, Face::Chatbot, Face::Soapify, Face::Healthcare, Face::Mark],
            trusted_proxies: Vec::new(),
            max_body: 1024 * 1024,
            deadline: Duration::from_secs(30),
            max_upload: 201 * 1024 * 1024,
            upload_deadline: Duration::from_mins(16),
            max_concurrent: 1024,
            enforce_limits: false,
            origins: Origins::Any,
            compress: false,
        }
    }
}

/// Origins of browsers' calls.
#[derive(Debug, Clone)]
pub enum Origins {
    /// Every one: development.
    Any,
    /// These, spelled as browsers do: `https://clinic.example`.
    Listed(Vec<http::HeaderValue>),
}

impl Origins {
    /// Whether a page of the origin that the headers name may open a connection; who names none is no browser. A page
    /// of the host that was asked always may.
    pub(crate) fn take(&self, headers: &http::HeaderMap) -> bool {
        let Some(origin) = headers.get(http::header::ORIGIN) else { return true };
        let host = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
        let own = headers.get(http::header::HOST).and_then(|host| host.to_str().ok());
        match self {
            Self::Any => true,
            Self::Listed(listed) => listed.contains(origin) || host.is_some() && host == own,
        }
    }
}

/// A network address range: `10.0.0.0/8`, `::1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// A text that is no address range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseNetworkError;

impl std::fmt::Display for ParseNetworkError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not an address range: use 10.0.0.0/8, or an address alone")
    }
}

impl std::error::Error for ParseNetworkError {}

impl FromStr for Network {
    type Err = ParseNetworkError;

    fn from_str(text: &str) -> Result<Self, ParseNetworkError> {
        let (address, bits) =
            text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| ParseNetworkError)?;
        let widest = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(widest), str::parse).map_err(|_| ParseNetworkError)?;
        if bits > widest { Err(ParseNetworkError) } else { Ok(Self { address, bits }) }
    }
}

impl Network {
    /// Whether the address lies in it. An IPv4 address that comes as IPv6 (`::ffff:10.0.0.1`) counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
                own.to_bits() & mask == other.to_bits() & mask
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.bits)).unwrap_or(0);
                own.to_bits() & mask == other.to_bits() & mask
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_listed_origins_and_of_the_host_itself_may_connect() {
        let listed = Origins::Listed(vec![http::HeaderValue::from_static("https://clinic.example")]);
        for (origin, taken) in [
            (None, true),
            (Some("https://clinic.example"), true),
            (Some("https://ward.example"), true),
            (Some("https://evil.example"), false),
            (Some("null"), false),
        ] {
            let mut headers = http::HeaderMap::new();
            headers.insert("host", http::HeaderValue::from_static("ward.example"));
            if let Some(origin) = origin {
                headers.insert("origin", http::HeaderValue::from_static(origin));
            }
            assert_eq!(listed.take(&headers), taken, "{origin:?}");
            assert!(Origins::Any.take(&headers));
        }
    }

    #[test]
    fn networks_read_and_contain() {
        for (network, address, inside) in [
            ("10.0.0.0/8", "10.255.1.2", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "::1", false),
            ("fd00::/8", "fd12::1", true),
            ("::/0", "2001:db8::1", true),
        ] {
            let network: Network = network.parse().unwrap();
            assert_eq!(network.contains(address.parse().unwrap()), inside, "{network:?} {address}");
        }
        for text in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/x", "10.0.0.0/-1"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }
}
