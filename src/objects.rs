//! The way of a link to its object, outside of the APIs: whoever holds the link may read, until its time.
//!
//! Nothing can be listed, and what cannot be read looks as if it had never been. The link says what the object is shown
//! as: neither the object nor the caller has a say in that.

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use std::sync::Arc;
use ward_gateways::objects::{ByteRange, Link, LinkError, Object, ObjectError};
use ward_services::object::{self, Opened};
use ward_services::{Fail, House};

/// `/objects/{link}`.
pub fn router(house: Arc<House>) -> Router {
    Router::new().route("/objects/{link}", get(read)).with_state(house)
}

async fn read(State(house): State<Arc<House>>, Path(link): Path<String>, headers: HeaderMap) -> Response {
    let range = headers.get(header::RANGE).and_then(|value| range(value.to_str().ok()?));
    let mut response = match object::open(&house, &link, range).await {
        Ok(Opened::Object(link, object)) => whole_or_part(&link, object, range.is_some()),
        Ok(Opened::NoLink(LinkError::Unknown)) | Err(Fail::Refused(_)) => nothing(),
        Ok(Opened::NoLink(LinkError::Expired)) => plain(StatusCode::GONE, "This link has expired."),
        Ok(Opened::NoObject(error)) => refused(&error),
        Err(Fail::Fault(source)) => {
            tracing::error!(source, "an object could not be read");
            plain(StatusCode::INTERNAL_SERVER_ERROR, "See the log.")
        }
    };
    let fixed = [
        (header::CACHE_CONTROL, "private, no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    for (name, value) in fixed {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn plain(status: StatusCode, words: &'static str) -> Response {
    (status, format!("{words}\n")).into_response()
}

fn nothing() -> Response {
    plain(StatusCode::NOT_FOUND, "There is nothing here.")
}

fn refused(error: &ObjectError) -> Response {
    match error {
        ObjectError::NotFound => nothing(),
        ObjectError::Range { total } => {
            let mut response = plain(StatusCode::RANGE_NOT_SATISFIABLE, "The range lies outside.");
            if let Ok(value) = HeaderValue::from_str(&format!("bytes */{total}")) {
                response.headers_mut().insert(header::CONTENT_RANGE, value);
            }
            response
        }
        other => {
            tracing::error!(error = %other, "an object could not be read");
            plain(StatusCode::SERVICE_UNAVAILABLE, "This cannot be read now.")
        }
    }
}

fn whole_or_part(link: &Link, object: Object, asked_for_part: bool) -> Response {
    let Object { total, range, body } = object;
    let name = format!("{}.{}", link.key.id.get(), link.media.extension());
    let how = if link.media.inline() { "inline" } else { "attachment" };
    let mut response = Response::builder()
        .header(header::CONTENT_TYPE, link.media.content_type())
        .header(header::CONTENT_DISPOSITION, format!("{how}; filename=\"{name}\""))
        .header(header::CONTENT_LENGTH, range.end - range.start)
        .header(header::ACCEPT_RANGES, "bytes");
    if asked_for_part {
        let part = format!("bytes {}-{}/{total}", range.start, range.end - 1);
        response = response.status(StatusCode::PARTIAL_CONTENT).header(header::CONTENT_RANGE, part);
    }
    response
        .body(Body::from_stream(body))
        .unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR, "See the log."))
}

/// One range of bytes; anything else is no range, and the whole is the answer (RFC 9110, 14.2).
fn range(value: &str) -> Option<ByteRange> {
    let (from, until) = value.strip_prefix("bytes=")?.trim().split_once('-')?;
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|letter| letter.is_ascii_digit());
        if digits { text.parse().ok() } else { None }
    };
    match (from, until) {
        ("", last) => number(last).map(ByteRange::Last),
        (from, "") => number(from).map(ByteRange::From),
        (from, until) => {
            let (from, until) = (number(from)?, number(until)?);
            (from <= until).then_some(ByteRange::Span(from, until))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_reads_and_everything_else_is_the_whole() {
        for (text, read) in [
            ("bytes=0-9", Some(ByteRange::Span(0, 9))),
            ("bytes=5-", Some(ByteRange::From(5))),
            ("bytes=-5", Some(ByteRange::Last(5))),
            ("bytes=9-5", None),
            ("bytes=-", None),
            ("bytes=0-1,4-5", None),
            ("bytes=+1-2", None),
            ("bytes=a-b", None),
            ("items=0-9", None),
            ("bytes=99999999999999999999-", None),
        ] {
            assert_eq!(range(text), read, "{text}");
        }
    }
}
