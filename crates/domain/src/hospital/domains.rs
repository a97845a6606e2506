//! The host names that are a hospital's own: a request that was sent to one of them, and has no token, is for that
//! hospital. A name has one hospital on the whole platform.

use crate::record::{ClaimKey, ClaimOp};
use crate::secret::digest;

/// Host names of one hospital, at most.
pub const MAX_DOMAINS: usize = 16;
/// Longest host name, in bytes (RFC 1123 section 2.1).
const MAX_NAME: usize = 253;
/// Longest label between two dots, in bytes (RFC 1035 section 2.3.4).
const MAX_LABEL: usize = 63;

/// A host name as it is compared: lower case. `None` where it is none by RFC 1123 section 2.1, and where it names no
/// domain: a single label such as `localhost`, or an address.
pub fn host_name(text: &str) -> Option<String> {
    let name = text.trim();
    let label = |label: &str| {
        (1..=MAX_LABEL).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let good = name.len() <= MAX_NAME && name.split('.').all(label);
    // The last label of a domain is never a number (RFC 1123: how a name is told from an address).
    let (_, last) = name.rsplit_once('.')?;
    (good && !last.bytes().all(|byte| byte.is_ascii_digit())).then(|| name.to_ascii_lowercase())
}

/// What a hospital claims for a host name of its own. A name is longer than a key may be: its digest stands for it.
pub fn claim_key(name: &str) -> ClaimKey {
    ClaimKey::domain(&digest(name.as_bytes()))
}

/// Claims for names that are new, and back with those that are gone.
pub(super) fn moved(before: &[String], after: &[String]) -> Vec<ClaimOp> {
    let gone = before
        .iter()
        .filter(|name| !after.contains(name))
        .map(|name| ClaimOp::Release { key: claim_key(name) });
    let come = after.iter().filter(|name| !before.contains(name)).map(|name| ClaimOp::Take {
        key: claim_key(name),
        body: Vec::new(),
        expires: None,
    });
    gone.chain(come).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_name_is_one_by_rfc_1123() {
        let label = "x".repeat(63);
        let longest = format!("{label}.{label}.{label}.{}.ab", "x".repeat(58));
        assert_eq!(longest.len(), 253);
        for (text, name) in [
            ("Care.Riverside.Example", "care.riverside.example"),
            (" 3com.example ", "3com.example"),
            ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
            (longest.as_str(), longest.as_str()),
        ] {
            assert_eq!(host_name(text).as_deref(), Some(name), "{text}");
        }
        let too_long = format!("a{longest}");
        let long_label = format!("{label}x.example");
        for text in [
            "",
            "localhost",
            "127.0.0.1",
            "[::1]",
            "a..b",
            ".a.b",
            "a.b.",
            "-a.example",
            "a-.example",
            "a_b.example",
            "a b.example",
            "münchen.example",
            "https://a.example",
            "a.example:80",
            "a.example/x",
            "a.\u{0}b",
            too_long.as_str(),
            long_label.as_str(),
        ] {
            assert_eq!(host_name(text), None, "{text}");
        }
    }

    #[test]
    fn names_that_go_are_given_back_and_new_ones_are_taken() {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let ops = moved(&names(&["a.example", "b.example"]), &names(&["b.example", "c.example"]));
        assert_eq!(
            ops,
            [
                ClaimOp::Release { key: claim_key("a.example") },
                ClaimOp::Take { key: claim_key("c.example"), body: Vec::new(), expires: None }
            ]
        );
    }
}
