//! What is read of a request before anything else.

use crate::settings::Network;
use axum::extract::ConnectInfo;
use http::HeaderMap;
use http::header::HOST;
use http::request::Parts;
use std::net::{IpAddr, SocketAddr};
use ward_domain::secret;

/// A request as it came in.
pub(super) struct Arrival {
    /// The caller's id, or one of ours.
    pub request_id: String,
    /// The caller's address, behind trusted proxies.
    pub address: Option<IpAddr>,
    /// `https` or `http`.
    pub scheme: &'static str,
    /// Host and port as asked, empty if none was.
    pub authority: String,
}

impl Arrival {
    pub(super) fn read(parts: &Parts, trusted: &[Network]) -> Self {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
        let through_proxy = peer.is_some_and(is_trusted);
        let forwarded_https = through_proxy
            && one(&parts.headers, "x-forwarded-proto")
                .is_some_and(|proto| proto.trim().eq_ignore_ascii_case("https"));
        let direct_https = parts.uri.scheme_str() == Some("https");
        Self {
            request_id: request_id(&parts.headers),
            address: if through_proxy { forwarded_for(&parts.headers, is_trusted).or(peer) } else { peer },
            scheme: if forwarded_https || direct_https { "https" } else { "http" },
            authority: authority(parts),
        }
    }

    /// The host name, lower case, without port.
    pub(super) fn host(&self) -> Option<String> {
        let name = match self.authority.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => &self.authority,
        };
        Some(name.to_ascii_lowercase()).filter(|name| !name.is_empty())
    }
}

/// The one value of a header; `None` if it is absent, repeated or no text.
fn one<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    if values.next().is_some() { None } else { value.to_str().ok() }
}

fn request_id(headers: &HeaderMap) -> String {
    let well_formed = |id: &&str| {
        (1..=64).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    one(headers, "x-request-id").filter(well_formed).map_or_else(drawn_id, str::to_owned)
}

/// 64 bits in hex: unique enough to find one request in the log, no secret.
fn drawn_id() -> String {
    secret::hex(&rand::random::<u64>().to_be_bytes())
}

/// The last address that no trusted proxy has: those before it are the caller's own words.
fn forwarded_for(headers: &HeaderMap, is_trusted: impl Fn(IpAddr) -> bool) -> Option<IpAddr> {
    let lists: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
    let hops = lists.iter().rev().flat_map(|list| list.rsplit(','));
    let mut nearest = None;
    for hop in hops {
        let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
        nearest = Some(address);
        if !is_trusted(address) {
            break;
        }
    }
    nearest
}

/// The host as asked, if it can stand in a link.
fn authority(parts: &Parts) -> String {
    let asked = parts
        .uri
        .authority()
        .map(http::uri::Authority::as_str)
        .or_else(|| one(&parts.headers, HOST.as_str()));
    let good = |host: &&str| {
        host.len() <= 255
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte))
    };
    asked.filter(good).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(peer: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = http::Request::builder().uri("/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut parts = request.body(()).unwrap().into_parts().0;
        parts.extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 9)));
        parts
    }

    #[test]
    fn forwarding_headers_are_believed_of_trusted_proxies_only() {
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let https = ("x-forwarded-proto", "https");
        for (peer, headers, scheme, address) in [
            ("10.0.0.1", vec![https, ("x-forwarded-for", "203.0.113.5")], "https", "203.0.113.5"),
            ("10.0.0.1", vec![("x-forwarded-for", "1.1.1.1, 203.0.113.5, 10.0.0.2")], "http", "203.0.113.5"),
            ("10.0.0.1", vec![("x-forwarded-for", "nonsense")], "http", "10.0.0.1"),
            (
                "10.0.0.1",
                vec![("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "2.2.2.2")],
                "http",
                "2.2.2.2",
            ),
            ("203.0.113.9", vec![https, ("x-forwarded-for", "1.1.1.1")], "http", "203.0.113.9"),
            ("10.0.0.1", vec![https, https], "http", "10.0.0.1"),
        ] {
            let arrival = Arrival::read(&parts(peer, &headers), &trusted);
            assert_eq!(
                (arrival.scheme, arrival.address),
                (scheme, address.parse().ok()),
                "{peer} {headers:?}"
            );
        }
    }

    #[test]
    fn request_ids_are_taken_if_well_formed() {
        let id = |headers: &[(&str, &str)]| Arrival::read(&parts("::1", headers), &[]).request_id;
        assert_eq!(id(&[("x-request-id", "abc_DEF-123")]), "abc_DEF-123");
        let long = "a".repeat(65);
        for bad in ["", "a b", "a/b", "é", &long] {
            let drawn = id(&[("x-request-id", bad)]);
            assert!(drawn.len() == 16 && drawn != bad, "{bad}");
        }
        assert_eq!(id(&[("x-request-id", "a"), ("x-request-id", "b")]).len(), 16);
        assert_ne!(id(&[]), id(&[]));
    }

    #[test]
    fn hosts_lose_port_and_case() {
        for (host, name) in [
            ("Api.Clinic.Example:8443", Some("api.clinic.example")),
            ("[::1]:8000", Some("[::1]")),
            ("[::1]", Some("[::1]")),
            ("evil/path", None),
            ("", None),
        ] {
            let arrival = Arrival::read(&parts("::1", &[("host", host)]), &[]);
            assert_eq!(arrival.host().as_deref(), name, "{host}");
        }
    }
}
