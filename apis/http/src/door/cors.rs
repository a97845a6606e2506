//! Calls from browsers: every path answers a preflight without a token.

use crate::settings::Origins;
use http::header::{AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, IF_MATCH, LOCATION, RETRY_AFTER};
use http::{HeaderName, Method};
use std::time::Duration;
use tower_http::cors::{AllowOrigin, CorsLayer};

/// Request headers of ours beyond those of HTTP.
const ALLOWED: [&str; 7] = [
    "x-encounter-id",
    "x-chunk-number",
    "x-total-chunks",
    "x-api-key",
    "x-patient-access-token",
    "x-request-id",
    "idempotency-key",
];
/// Answer headers of ours that a script may read.
const EXPOSED: [&str; 4] =
    ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "x-request-id"];
/// How long a browser may remember a preflight: browsers cut it to two hours.
const REMEMBERED: Duration = Duration::from_hours(2);

/// Without credentials: tokens travel in a header, so no cookie is wanted from another origin.
pub(super) fn layer(origins: &Origins) -> CorsLayer {
    let origin = match origins {
        Origins::Any => AllowOrigin::any(),
        Origins::Listed(list) => AllowOrigin::list(list.iter().cloned()),
    };
    let allowed =
        [AUTHORIZATION, CONTENT_TYPE, IF_MATCH].into_iter().chain(ALLOWED.map(HeaderName::from_static));
    let exposed = [RETRY_AFTER, ETAG, CONTENT_DISPOSITION, LOCATION]
        .into_iter()
        .chain(EXPOSED.map(HeaderName::from_static));
    CorsLayer::new()
        .allow_origin(origin)
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers(allowed.collect::<Vec<_>>())
        .expose_headers(exposed.collect::<Vec<_>>())
        .max_age(REMEMBERED)
}
