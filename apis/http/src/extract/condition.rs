//! Versions on the wire: `ETag` on an answer, `If-Match` on an edit (RFC 9110 sections 8.8.3 and 13.1.1).

use crate::failure::Failure;
use axum::extract::FromRequestParts;
use http::HeaderName;
use http::header::{ETAG, IF_MATCH};
use http::request::Parts;
use ward_domain::refusal::Refusal;

/// The version that the caller edits, from `If-Match: "12"`. `None` without the header, and for `*`: any version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub Option<u64>);

/// The `ETag` header of a version, for an answer's headers.
pub fn etag(version: u64) -> [(HeaderName, String); 1] {
    [(ETAG, format!("\"{version}\""))]
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let mut values = parts.headers.get_all(IF_MATCH).iter();
        let Some(value) = values.next() else { return Ok(Self(None)) };
        let text = value.to_str().unwrap_or_default().trim();
        let alone = values.next().is_none();
        let version = if alone { read(text) } else { None };
        Ok(version.ok_or_else(|| {
            Refusal::field("If-Match", "Must be one version in quotes, as the ETag gave it.")
        })?)
    }
}

/// A proxy that compresses weakens the tag to `W/"12"`; the version is the same.
fn read(text: &str) -> Option<IfMatch> {
    if text == "*" {
        return Some(IfMatch(None));
    }
    let digits = text.strip_prefix("W/").unwrap_or(text).strip_prefix('"')?.strip_suffix('"')?;
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        digits.parse().ok().map(|version| IfMatch(Some(version)))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_read() {
        for (text, expected) in [
            ("\"12\"", Some(IfMatch(Some(12)))),
            ("W/\"12\"", Some(IfMatch(Some(12)))),
            ("*", Some(IfMatch(None))),
            ("12", None),
            ("\"\"", None),
            ("\"+1\"", None),
            ("\"1\", \"2\"", None),
            ("\"99999999999999999999\"", None),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        assert_eq!(etag(12)[0].1, "\"12\"");
    }
}
