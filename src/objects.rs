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
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::sync::Arc;
use ward_gateways::objects::{ByteRange, LinkError, Object, ObjectError};
use ward_services::object::{self, Asked, Opened, Shown};
use ward_services::{Fail, House};

/// `/objects/{link}`.
pub fn router(house: Arc<House>) -> Router {
    Router::new().route("/objects/{link}", get(read)).with_state(house)
}

async fn read(State(house): State<Arc<House>>, Path(link): Path<String>, headers: HeaderMap) -> Response {
    let asked = asked(&headers);
    let mut response = match object::open(&house, &link, asked).await {
        Ok(Opened::Object(shown, object)) => whole_or_part(&shown, object),
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

fn whole_or_part(shown: &Shown, object: Object) -> Response {
    let Object { total, range, body } = object;
    let mut response = Response::builder()
        .header(header::CONTENT_TYPE, shown.media.content_type())
        .header(header::CONTENT_DISPOSITION, disposition(shown.media.inline(), &shown.name))
        .header(header::CONTENT_LENGTH, range.end - range.start)
        .header(header::ACCEPT_RANGES, "bytes")
        .header(header::ETAG, &shown.tag);
    if shown.part {
        let part = format!("bytes {}-{}/{total}", range.start, range.end - 1);
        response = response.status(StatusCode::PARTIAL_CONTENT).header(header::CONTENT_RANGE, part);
    }
    response
        .body(Body::from_stream(body))
        .unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR, "See the log."))
}

/// How a file is called (RFC 6266): plainly for old clients, and in full (RFC 8187) where that says less.
fn disposition(inline: bool, name: &str) -> String {
    let how = if inline { "inline" } else { "attachment" };
    let is_plain =
        |letter: char| letter.is_ascii_graphic() && !matches!(letter, '"' | '\\' | '%') || letter == ' ';
    let plain: String = name.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect();
    if plain == name {
        return format!("{how}; filename=\"{name}\"");
    }
    let full = utf8_percent_encode(name, NOT_IN_A_NAME);
    format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{full}")
}

/// All but the `attr-char` of RFC 8187.
const NOT_IN_A_NAME: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// What part is asked for, and of which state. A date in `If-Range` names no state: an object has none.
fn asked(headers: &HeaderMap) -> Asked {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    Asked { range: text(header::RANGE).and_then(range), if_range: text(header::IF_RANGE).map(str::to_owned) }
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
    fn names_are_told_plainly_and_in_full() {
        for (inline, name, told) in [
            (true, "5.ogg", "inline; filename=\"5.ogg\""),
            (false, "scan of knee.pdf", "attachment; filename=\"scan of knee.pdf\""),
            (false, "100%.pdf", "attachment; filename=\"100_.pdf\"; filename*=UTF-8''100%25.pdf"),
            (
                false,
                "Röntgen 1\".pdf",
                "attachment; filename=\"R_ntgen 1_.pdf\"; filename*=UTF-8''R%C3%B6ntgen%201%22.pdf",
            ),
            (false, "a\r\nb.pdf", "attachment; filename=\"a__b.pdf\"; filename*=UTF-8''a%0D%0Ab.pdf"),
        ] {
            assert_eq!(disposition(inline, name), told);
        }
    }

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
