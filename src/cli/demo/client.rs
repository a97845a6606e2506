//! HTTP to the server: one request, one answer, with limits on both time and size.

use super::trouble::Trouble;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use std::net::IpAddr;
use std::time::Duration;

/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an answer may take: longer than the server's own deadline, so that its refusal is heard.
const ANSWER: Duration = Duration::from_secs(45);
/// The largest answer that is read, in bytes.
const MAX_ANSWER: usize = 4 << 20;
/// How often a request that came too early is sent again, and the longest wait that is worth it.
const PATIENCE: (u32, Duration) = (3, Duration::from_secs(61));
/// Separates the parts of a form. No text of the demo holds it.
const BOUNDARY: &str = "ward-demo-7d1f4c0a9be24e6f";

/// What is sent along.
#[derive(Debug, Clone, Default)]
pub(super) enum Body {
    #[default]
    Nothing,
    Json(Value),
    /// `multipart/form-data` of text fields.
    Form(Vec<(&'static str, String)>),
}

/// A request.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub method: Method,
    /// Path and query, from the root of the server.
    pub path: String,
    pub body: Body,
    /// The access token of the caller; empty for none.
    pub token: String,
}

impl Call {
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), body: Body::Nothing, token: String::new() }
    }

    pub fn post(path: impl Into<String>, json: Value) -> Self {
        Self { method: Method::POST, body: Body::Json(json), ..Self::get(path) }
    }

    pub fn put(path: impl Into<String>, json: Value) -> Self {
        Self { method: Method::PUT, body: Body::Json(json), ..Self::get(path) }
    }

    pub fn form(path: impl Into<String>, fields: Vec<(&'static str, String)>) -> Self {
        Self { method: Method::POST, body: Body::Form(fields), ..Self::get(path) }
    }

    /// The same request, made by someone who is logged in.
    pub fn by(mut self, token: &str) -> Self {
        token.clone_into(&mut self.token);
        self
    }

    /// `POST /api/hospitals/`.
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// An answer; a body that is no JSON is a text.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub status: StatusCode,
    pub body: Value,
}

/// A server that is spoken to.
pub(super) struct Client {
    /// `http://127.0.0.1:8000`, without a slash at the end.
    base: String,
    http: hyper_util::client::legacy::Client<HttpConnector, Full<Bytes>>,
}

impl Client {
    /// A client of the server at a URL, which must be of this machine unless `remote` allows others.
    pub fn new(server: &str, remote: bool) -> Result<Self, Trouble> {
        let base = server.trim_end_matches('/').to_owned();
        check(&base, remote).map_err(|why| Trouble::Server { server: server.to_owned(), why })?;
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT));
        let http = hyper_util::client::legacy::Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { base, http })
    }

    /// The server's URL, without a slash at the end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Sends a request. One that the server wants later (`Retry-After`) is sent again then, a few times.
    pub async fn send(&self, call: &Call) -> Result<Answer, Trouble> {
        let (mut left, longest) = PATIENCE;
        loop {
            let sent = tokio::time::timeout(ANSWER, self.once(call)).await;
            let seconds = ANSWER.as_secs();
            let late =
                || Trouble::NoAnswer { call: call.line(), why: format!("none within {seconds} seconds") };
            let (answer, headers) = sent.map_err(|_| late())??;
            let again = later(answer.status, &headers).filter(|wait| left > 0 && *wait <= longest);
            let Some(wait) = again else { return Ok(answer) };
            left -= 1;
            tokio::time::sleep(wait).await;
        }
    }

    async fn once(&self, call: &Call) -> Result<(Answer, HeaderMap), Trouble> {
        let lost = |why: String| Trouble::NoAnswer { call: call.line(), why };
        let mut request = Request::builder().method(&call.method).uri(format!("{}{}", self.base, call.path));
        request = request.header(ACCEPT, "application/json");
        if !call.token.is_empty() {
            request = request.header(AUTHORIZATION, format!("Bearer {}", call.token));
        }
        let (kind, bytes) = encode(&call.body);
        if let Some(kind) = kind {
            request = request.header(CONTENT_TYPE, kind);
        }
        let request = request.body(Full::new(bytes)).map_err(|error| lost(error.to_string()))?;
        let response = self.http.request(request).await.map_err(|error| {
            let why = causes(&error);
            if error.is_connect() {
                Trouble::Unreachable { server: self.base.clone(), why }
            } else {
                lost(why)
            }
        })?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, MAX_ANSWER).collect().await.map_err(|error| lost(error.to_string()))?;
        let bytes = body.to_bytes();
        let text = || Value::String(String::from_utf8_lossy(&bytes).into_owned());
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).unwrap_or_else(|_| text())
        };
        Ok((Answer { status: head.status, body }, head.headers))
    }
}

/// Refuses what cannot be spoken to, or may not without being asked for: log-ins travel in the clear.
fn check(base: &str, remote: bool) -> Result<(), String> {
    let uri: Uri =
        base.parse().map_err(|_| "this is no URL; one looks like http://127.0.0.1:8000".to_owned())?;
    match uri.scheme_str() {
        Some("http") => {}
        Some("https") => {
            return Err("the demo speaks plain HTTP only: give it the server's own address".to_owned());
        }
        _ => return Err("a URL begins with http://".to_owned()),
    }
    if uri.path() != "/" || uri.query().is_some() {
        return Err("give the server's address alone, without a path".to_owned());
    }
    let host = uri.host().unwrap_or_default();
    let ip = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let local = host.eq_ignore_ascii_case("localhost") || ip.is_ok_and(|ip| ip.is_loopback());
    if local || remote {
        return Ok(());
    }
    Err("this is another machine; --allow-remote sends the log-ins and the demo's data there in the clear"
        .to_owned())
}

/// When the server wants to be asked again; only where it did nothing yet.
fn later(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    let early = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    early.then(|| Duration::from_secs(seconds))
}

fn encode(body: &Body) -> (Option<String>, Bytes) {
    match body {
        Body::Nothing => (None, Bytes::new()),
        Body::Json(json) => (Some("application/json".to_owned()), json.to_string().into()),
        Body::Form(fields) => {
            let part = |(name, text): &(&str, String)| {
                format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
            };
            let parts: String = fields.iter().map(part).collect();
            let form = format!("{parts}--{BOUNDARY}--\r\n");
            (Some(format!("multipart/form-data; boundary={BOUNDARY}")), form.into())
        }
    }
}

/// An error and what caused it; hyper's own words alone say only where it happened.
fn causes(error: &dyn std::error::Error) -> String {
    let first = error.to_string();
    std::iter::successors(error.source(), |error| error.source()).map(ToString::to_string).fold(
        first,
        |all, one| {
            if all.ends_with(&one) { all } else { format!("{all}: {one}") }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_unless_it_is_allowed() {
        for (url, here, elsewhere) in [
            ("http://127.0.0.1:8000", true, true),
            ("http://127.9.9.9", true, true),
            ("http://[::1]:8000", true, true),
            ("http://LOCALHOST:8000", true, true),
            ("http://localhost.example:8000", false, true),
            ("http://10.0.0.5:8000", false, true),
            ("http://127.0.0.1@10.0.0.5:8000", false, true),
            ("https://127.0.0.1:8000", false, false),
            ("http://127.0.0.1:8000/medcor", false, false),
            ("127.0.0.1:8000", false, false),
            ("", false, false),
        ] {
            assert_eq!(check(url, false).is_ok(), here, "{url}");
            assert_eq!(check(url, true).is_ok(), elsewhere, "{url}");
        }
    }

    #[test]
    fn waits_only_where_nothing_was_done() {
        let headers = HeaderMap::from_iter([(RETRY_AFTER, http::HeaderValue::from_static("7"))]);
        assert_eq!(later(StatusCode::TOO_MANY_REQUESTS, &headers), Some(Duration::from_secs(7)));
        assert_eq!(later(StatusCode::SERVICE_UNAVAILABLE, &headers), Some(Duration::from_secs(7)));
        assert_eq!(later(StatusCode::CREATED, &headers), None);
        assert_eq!(later(StatusCode::TOO_MANY_REQUESTS, &HeaderMap::new()), None);
    }

    #[test]
    fn a_form_has_a_part_for_each_field() {
        let (kind, bytes) = encode(&Body::Form(vec![("a", "1".into()), ("b", "سلام".into())]));
        let part = |name: &str, text: &str| {
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
        };
        assert_eq!(kind.unwrap(), format!("multipart/form-data; boundary={BOUNDARY}"));
        assert_eq!(bytes, format!("{}{}--{BOUNDARY}--\r\n", part("a", "1"), part("b", "سلام")));
    }
}
