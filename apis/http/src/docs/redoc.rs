//! ReDoc, whole in one page. Its script stands in the page, so the page's policy names the script by its digest: no other
//! runs, and none from elsewhere.

use aide::redoc::Redoc;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::HeaderValue;
use sha2::{Digest as _, Sha256};

/// The page and the policy that it is answered with.
pub(super) struct Page {
    pub html: Bytes,
    pub policy: HeaderValue,
}

impl Page {
    /// The page of the description at an address relative to it.
    pub fn new(description: &str) -> Self {
        let html = Redoc::new(description).with_title("API reference").html();
        // One script: what looks like another beginning within it is a part of it.
        let script = html.split_once("<script>").and_then(|(_, rest)| rest.rsplit_once("</script>"));
        let digest = Sha256::digest(script.map_or("", |(script, _)| script).as_bytes());
        let digest = STANDARD.encode(digest);
        // It styles its elements in place, draws from `data:` addresses, and searches in a worker that it makes itself.
        let policy = format!(
            "default-src 'self'; script-src 'sha256-{digest}'; worker-src blob:; img-src 'self' data:; style-src 'self' 'unsafe-inline'; \
             frame-ancestors 'none'"
        );
        // A digest in base64 can stand in a header.
        let policy =
            HeaderValue::from_str(&policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"));
        Self { html: html.into(), policy }
    }
}
