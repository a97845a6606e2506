//! The last touch on an answer: an error gets its API's envelope, every answer its headers.

use crate::envelope::Envelope;
use crate::failure::{AsIs, Failure};
use crate::limits::Quota;
use axum::response::Response;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, RETRY_AFTER,
    WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderName, HeaderValue, StatusCode};
use std::sync::Arc;
use ward_services::{Fail, RequestMeta};

/// Gives an error its form. A success, and an error that already has a form, passes.
pub(super) fn dress(envelope: &dyn Envelope, meta: &RequestMeta, mut response: Response) -> Response {
    if let Some(failure) = response.extensions_mut().remove::<Arc<Failure>>() {
        return in_envelope(envelope, meta, &failure);
    }
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    if !is_error || response.extensions().get::<AsIs>().is_some() || has_form(&response) {
        return response;
    }
    in_envelope(envelope, meta, &Failure::of_status(&response))
}

/// Handlers answer JSON; what the framework answers by itself is plain text or nothing.
fn has_form(response: &Response) -> bool {
    let content_type = response.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    content_type.is_some_and(|value| !value.starts_with(b"text/plain"))
}

fn in_envelope(envelope: &dyn Envelope, meta: &RequestMeta, failure: &Failure) -> Response {
    let refusal = match failure.fail() {
        Fail::Fault(fault) => {
            tracing::error!(request_id = meta.request_id, fault, "fault");
            return envelope.fault(meta);
        }
        Fail::Refused(refusal) => refusal,
    };
    let mut response = envelope.refusal(refusal, meta);
    if let Some(status) = failure.status() {
        *response.status_mut() = status;
    }
    if let Some(allow) = failure.allow() {
        response.headers_mut().insert(ALLOW, allow.clone());
    }
    if let Some(seconds) = refusal.retry_after_seconds {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    if response.status() == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// What is left of the tightest limit.
pub(super) fn tell_quota(response: &mut Response, quota: Quota) {
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("x-ratelimit-limit"), quota.limit.into());
    headers.insert(HeaderName::from_static("x-ratelimit-remaining"), quota.remaining.into());
    headers.insert(HeaderName::from_static("x-ratelimit-reset"), quota.reset_seconds.into());
}

/// Headers of every answer; those that a handler has set stay.
pub(super) fn harden(response: &mut Response, of_an_api: bool, request_id: &str, is_https: bool) {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    let mut unless_set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    unless_set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    unless_set(REFERRER_POLICY, "no-referrer");
    unless_set(X_FRAME_OPTIONS, "DENY");
    if is_https {
        unless_set(http::header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if of_an_api {
        // Answers hold patients' data: no cache keeps them, and no page is made of them.
        unless_set(CACHE_CONTROL, "no-store");
        unless_set(CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    }
}
