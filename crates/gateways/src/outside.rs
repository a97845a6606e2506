//! Asking a server outside in JSON: one client for all adapters that do. Times and sizes are bounded, a busy or broken
//! server is asked again a few times, and errors say what the server's status was, never what was sent or came back.

use bytes::Bytes;
use reqwest::{Client, RequestBuilder, StatusCode, Url, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// How often a request is sent at the most.
const ATTEMPTS: u32 = 3;
/// The pause before the second attempt; doubled before each further one.
const PAUSE: Duration = Duration::from_millis(400);
/// The longest pause that a server may ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// A server outside.
pub(crate) struct Outside {
    client: Client,
    base: Url,
    max_answer: usize,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OutsideError {
    /// It may work later.
    #[error("{0}")]
    Later(String),
    /// Not before someone changes the settings.
    #[error("{0}")]
    Never(String),
}

impl Outside {
    /// A server that takes its key as a bearer token; empty: none.
    pub(crate) fn new(
        url: &str,
        key: &str,
        timeout: Duration,
        max_answer: usize,
    ) -> Result<Self, OutsideError> {
        let bearer = (!key.is_empty()).then(|| (header::AUTHORIZATION, format!("Bearer {key}")));
        Self::with_headers(url, bearer.into_iter().collect(), timeout, max_answer)
    }

    /// A server that is told `headers` with each request; none of them is ever printed.
    pub(crate) fn with_headers(
        url: &str,
        headers: Vec<(header::HeaderName, String)>,
        timeout: Duration,
        max_answer: usize,
    ) -> Result<Self, OutsideError> {
        let never = |why: String| OutsideError::Never(why);
        let base = Url::parse(&format!("{}/", url.trim_end_matches('/')))
            .map_err(|error| never(format!("the URL: {error}")))?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err(never("the URL must be http or https".to_owned()));
        }
        let mut told = header::HeaderMap::new();
        for (name, value) in headers {
            let mut value = header::HeaderValue::from_str(&value)
                .map_err(|_| never("the key holds a character that no key has".to_owned()))?;
            value.set_sensitive(true);
            told.insert(name, value);
        }
        let client = Client::builder()
            .default_headers(told)
            .connect_timeout(timeout.min(Duration::from_secs(5)))
            .timeout(timeout)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(|error| never(format!("the HTTP client: {}", innermost(&error))))?;
        Ok(Self { client, base, max_answer })
    }

    /// Posts JSON, and reads the answer as JSON.
    pub(crate) async fn post<Q: Serialize + Sync, A: DeserializeOwned>(
        &self,
        path: &str,
        ask: &Q,
    ) -> Result<A, OutsideError> {
        let body = serde_json::to_vec(ask).map_err(|error| OutsideError::Never(error.to_string()))?;
        self.post_as(path, body, &[]).await
    }

    /// Posts JSON as it stands, with headers of its own: a signature is of bytes, and in lower-case names.
    pub(crate) async fn post_as<A: DeserializeOwned>(
        &self,
        path: &str,
        body: Vec<u8>,
        headers: &[(&'static str, String)],
    ) -> Result<A, OutsideError> {
        let body = Bytes::from(body);
        self.asked(path, |request| {
            let request = request.header(header::CONTENT_TYPE, "application/json");
            let told = headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
            told.body(body.clone())
        })
        .await
    }

    /// Posts a body of another form, and reads the answer as JSON.
    pub(crate) async fn post_body<A: DeserializeOwned>(
        &self,
        path: &str,
        content_type: &str,
        body: &Bytes,
    ) -> Result<A, OutsideError> {
        self.asked(path, |request| request.header(header::CONTENT_TYPE, content_type).body(body.clone()))
            .await
    }

    /// Asks for something small, once, and says only whether the answer was good.
    pub(crate) async fn reach(&self, path: &str) -> Result<(), OutsideError> {
        let url = self.base.join(path).map_err(|error| OutsideError::Never(error.to_string()))?;
        let sent = self.client.get(url).send().await;
        let status = sent.map_err(|error| OutsideError::Later(innermost(&error)))?.status();
        if status.is_success() { Ok(()) } else { Err(refused(status)) }
    }

    async fn asked<A: DeserializeOwned>(
        &self,
        path: &str,
        with: impl Fn(RequestBuilder) -> RequestBuilder + Sync,
    ) -> Result<A, OutsideError> {
        let url = self.base.join(path).map_err(|error| OutsideError::Never(error.to_string()))?;
        let mut pause = PAUSE;
        let mut attempt = 1;
        loop {
            let failure = match self.once(with(self.client.post(url.clone()))).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let Failed { error: OutsideError::Later(_), wait } = &failure else { return Err(failure.error) };
            if attempt == ATTEMPTS {
                return Err(failure.error);
            }
            tokio::time::sleep(wait.unwrap_or(pause).min(LONGEST_PAUSE)).await;
            (attempt, pause) = (attempt + 1, pause * 2);
        }
    }

    async fn once<A: DeserializeOwned>(&self, request: RequestBuilder) -> Result<A, Failed> {
        let later = |why: String| Failed { error: OutsideError::Later(why), wait: None };
        let sent = request.send().await;
        let mut response = sent.map_err(|error| later(innermost(&error)))?;
        let status = response.status();
        if !status.is_success() {
            let wait = response
                .headers()
                .get(header::RETRY_AFTER)
                .and_then(|value| value.to_str().ok()?.parse().ok());
            return Err(Failed { error: refused(status), wait: wait.map(Duration::from_secs) });
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| later(innermost(&error)))? {
            if body.len() + chunk.len() > self.max_answer {
                return Err(later("the answer is longer than any should be".to_owned()));
            }
            body.extend_from_slice(&chunk);
        }
        // What serde says of it may hold a piece of it.
        serde_json::from_slice(&body).map_err(|_| later("the answer is not what was asked for".to_owned()))
    }
}

struct Failed {
    error: OutsideError,
    wait: Option<Duration>,
}

fn refused(status: StatusCode) -> OutsideError {
    let said = format!("status {}", status.as_u16());
    if status.is_server_error() || matches!(status.as_u16(), 408 | 409 | 425 | 429) {
        OutsideError::Later(said)
    } else {
        OutsideError::Never(said)
    }
}

/// The innermost reason, without the URL: the outer ones only say that a request failed.
fn innermost(error: &reqwest::Error) -> String {
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    if error.is_timeout() { "no answer in time".to_owned() } else { reason.to_string() }
}
