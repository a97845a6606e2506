//! What a webhook's URL must look like. Whether its name leads to a public address is found out on every connection
//! (the gateway): a name may lead elsewhere tomorrow.

use super::MAX_URL;
use super::address::is_public;
use std::net::IpAddr;
use url::{Host, Url};

/// Ports below this are other services' own, but for those of HTTP.
const FIRST_FREE_PORT: u16 = 1_024;
/// Names that lead back into the house, or to nobody else's (RFC 6761, RFC 6762, RFC 8375).
const LOCAL_NAMES: [&str; 6] = ["localhost", "local", "internal", "intranet", "lan", "home.arpa"];

/// Reads a URL to which events may go; the error says what is wrong with it. `private` allows what is fit for a
/// developer's machine: plain HTTP, local names and addresses that are not public.
pub fn read(text: &str, private: bool) -> Result<Url, &'static str> {
    if text.len() > MAX_URL {
        return Err("Must have at most 2048 bytes.");
    }
    if text.trim() != text || text.chars().any(char::is_control) {
        return Err("Must be a URL without spaces around it and without control characters.");
    }
    let url = Url::parse(text).map_err(|_| "Must be a URL such as https://your-server.com/webhook.")?;
    match url.scheme() {
        "https" => {}
        "http" if private => {}
        _ => return Err("Must begin with https://."),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("Must not hold a user name or a password.");
    }
    if url.fragment().is_some() {
        return Err("Must not have a part after #.");
    }
    let standard = matches!(url.port_or_known_default(), Some(80 | 443));
    if !standard && url.port().is_none_or(|port| port < FIRST_FREE_PORT) {
        return Err("Must have port 443, port 80, or one from 1024.");
    }
    let open = match url.host() {
        None => return Err("Must name a host."),
        Some(Host::Domain(name)) => private || !is_local(name),
        Some(Host::Ipv4(address)) => private || is_public(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => private || is_public(IpAddr::V6(address)),
    };
    if open { Ok(url) } else { Err(NOT_PUBLIC) }
}

/// The host of a URL, for people: the rest of it may hold a secret.
pub fn host(text: &str) -> String {
    Url::parse(text).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

/// What is said of a place that is not out in the world.
pub const NOT_PUBLIC: &str = "Must lead to a public address: this one is private, local or reserved.";

fn is_local(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    !name.contains('.')
        || LOCAL_NAMES.iter().any(|local| name == *local || name.ends_with(&format!(".{local}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_that_lead_out_are_good_and_others_say_why_not() {
        for good in [
            "https://your-server.com/webhook",
            "https://your-system.com/webhooks/mark",
            "https://hooks.example:8443/a?b=c",
            "https://8.8.8.8/x",
            "https://[2606:4700::1111]/x",
            "https://münchen.example/x",
        ] {
            assert!(read(good, false).is_ok(), "{good}: {:?}", read(good, false));
        }
        let long = format!("https://hooks.example/{}", "x".repeat(MAX_URL));
        for (bad, part) in [
            ("", "Must be a URL"),
            ("your-server.com/webhook", "Must be a URL"),
            ("/webhook", "Must be a URL"),
            ("https://", "Must be a URL"),
            (" https://a.example/", "spaces"),
            ("https://a.example/\nx", "control"),
            ("http://your-server.com/webhook", "https://"),
            ("ftp://your-server.com/", "https://"),
            ("file:///etc/passwd", "https://"),
            ("gopher://a.example/", "https://"),
            ("https://me@a.example/", "user name"),
            ("https://me:secret@a.example/", "user name"),
            ("https://a.example/#part", "#"),
            ("https://a.example:25/", "port"),
            ("https://a.example:0/", "port"),
            ("https://localhost/", "public"),
            ("https://LOCALHOST./", "public"),
            ("https://db.localhost/", "public"),
            ("https://metadata.google.internal/", "public"),
            ("https://printer.local/", "public"),
            ("https://intranet/", "public"),
            ("https://127.0.0.1/", "public"),
            ("https://127.1/", "public"),
            ("https://0x7f000001/", "public"),
            ("https://2130706433/", "public"),
            ("https://0177.0.0.1/", "public"),
            ("https://169.254.169.254/latest/meta-data", "public"),
            ("https://[::1]/", "public"),
            ("https://[::ffff:10.0.0.1]/", "public"),
            ("https://[fd00::1]/", "public"),
            (long.as_str(), "2048"),
        ] {
            let said = read(bad, false).unwrap_err();
            assert!(said.contains(part), "{bad}: {said}");
        }
    }

    #[test]
    fn a_developer_may_send_to_their_own_machine() {
        for good in ["http://127.0.0.1:8080/hook", "http://localhost:3000/", "https://[::1]:8443/"] {
            assert!(read(good, true).is_ok(), "{good}");
        }
        assert!(read("http://me@127.0.0.1:8080/", true).is_err());
    }
}
