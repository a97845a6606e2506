//! What is told of a request: a span, one line when it is answered, two metrics.
//!
//! Nothing here holds a raw path, a query or a body: paths hold ids, and queries hold names.

use axum::response::Response;
use http::Method;
use std::time::{Duration, Instant};
use tracing::{Span, field};

/// Whose request it turned out to be.
pub(super) struct Label {
    /// The API's name, `outside`, or `docs`.
    pub api: &'static str,
    /// The path template as documented; empty if no operation has the path.
    pub route: String,
}

pub(super) fn span(request_id: &str, method: &Method) -> Span {
    let method = method_name(method);
    tracing::info_span!("request", request_id, method, api = field::Empty, route = field::Empty)
}

/// Methods that we serve by name, all others by one: a label must not be the caller's to invent.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}

fn status_class(response: &Response) -> &'static str {
    match response.status().as_u16() {
        100..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    }
}

pub(super) fn answered(span: &Span, label: Label, method: &Method, response: &Response, started: Instant) {
    let elapsed = started.elapsed();
    span.record("api", label.api);
    span.record("route", label.route.as_str());
    span.in_scope(|| tracing::info!(status = response.status().as_u16(), ms = whole_ms(elapsed), "answered"));
    let labels = [
        ("api", label.api.into()),
        (
            "route",
            metrics::SharedString::from(if label.route.is_empty() { "none".to_owned() } else { label.route }),
        ),
        ("method", method_name(method).into()),
        ("status", status_class(response).into()),
    ];
    metrics::counter!("ward_http_requests_total", &labels).increment(1);
    metrics::histogram!("ward_http_request_seconds", &labels).record(elapsed.as_secs_f64());
}

fn whole_ms(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}
