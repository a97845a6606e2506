//! `GET /api/appointments/calendar/{link}`

use crate::Desk;
use crate::description::Open;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};
use http::{HeaderMap, HeaderName, StatusCode};
use ward_domain::refusal::Refusal;
use ward_http::{InPath, Meta, Outcome};
use ward_services::calendar_link::{self, Served};

/// Reads a calendar by its link
///
/// For calendar programs, without a log-in: whoever has the address reads, until the link is revoked. The last 90 and
/// the next 400 days, at most 2,000 appointments; cancelled ones stay for 30 days. Ask again with `If-None-Match`: 304
/// where nothing has changed.
#[utoipa::path(
    get,
    path = "/api/appointments/calendar/{link}",
    operation_id = "read_calendar",
    tag = "Calendar links",
    params(
        ("link" = String, Path, description = "As the `url` of a link ends, with `.ics`"),
        ("If-None-Match" = Option<String>, Header, description = "The ETag that is there already"),
    ),
    responses(
        (status = 200, content_type = "text/calendar", body = String, description = "The calendar (RFC 5545)."),
        (status = 304, description = "Nothing has changed."),
        Open
    ),
    security(())
)]
pub(crate) async fn feed(
    State(house): Desk,
    Meta(meta): Meta,
    InPath(link): InPath<String>,
    headers: HeaderMap,
) -> Outcome<Response> {
    // The address says what it is: calendar programs go by its end.
    let link = link.strip_suffix(".ics").ok_or_else(|| Refusal::not_found("Calendar"))?;
    let served = calendar_link::feed(&house, &meta, link).await?;
    Ok(answer(served, &headers))
}

fn answer(served: Served, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", served.tag);
    let changed = served.changed_at.http_date();
    let has = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    // The date counts only where there is no tag (RFC 9110, 13.1.3).
    let same = match has(IF_NONE_MATCH) {
        Some(tags) => {
            tags.trim() == "*" || tags.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)
        }
        None => has(IF_MODIFIED_SINCE).is_some_and(|since| since.trim() == changed),
    };
    // Kept by whoever asked, never by a cache between, and asked after each time.
    let about = [(ETAG, tag), (LAST_MODIFIED, changed), (CACHE_CONTROL, "private, no-cache".to_owned())];
    if same {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    (about, [(CONTENT_TYPE, "text/calendar; charset=utf-8")], served.text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ward_domain::time::Time;

    fn asked(name: HeaderName, value: &str) -> u16 {
        let changed_at = Time::parse("1994-11-06T08:49:37.500Z").unwrap();
        let served = Served { text: "BEGIN:VCALENDAR".to_owned(), tag: "abc".to_owned(), changed_at };
        let response = answer(served, &HeaderMap::from_iter([(name, value.parse().unwrap())]));
        assert_eq!(response.headers()[LAST_MODIFIED], "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(response.headers()[ETAG], "\"abc\"");
        response.status().as_u16()
    }

    #[test]
    fn what_has_not_changed_is_not_sent_again() {
        for (name, value, status) in [
            (IF_NONE_MATCH, "\"abc\"", 304),
            (IF_NONE_MATCH, "\"x\", W/\"abc\"", 304),
            (IF_NONE_MATCH, "*", 304),
            (IF_NONE_MATCH, "\"x\"", 200),
            (IF_NONE_MATCH, "abc", 200),
            (IF_MODIFIED_SINCE, "Sun, 06 Nov 1994 08:49:37 GMT", 304),
            (IF_MODIFIED_SINCE, "Sun, 06 Nov 1994 08:49:36 GMT", 200),
            (IF_MODIFIED_SINCE, "yesterday", 200),
        ] {
            assert_eq!(asked(name.clone(), value), status, "{name} {value}");
        }
    }
}
