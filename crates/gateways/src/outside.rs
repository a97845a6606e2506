//! Asking a server outside in JSON: one client for all adapters that do. Times and sizes are bounded, a busy or broken
//! server is asked again a few times, and errors say what the server's status was, never what was sent or came back.

use reqwest::{Client, StatusCode, Url, header};
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
    pub(crate) fn new(
        url: &str,
        key: &str,
        timeout: Duration,
        max_answer: usize,
    ) -> Result<Self, OutsideError> {
        let never = |why: String| OutsideError::Never(why);
        let base = Url::parse(&format!("{}/", url.trim_end_matches('/')))
            .map_err(|error| never(format!("the URL: {error}")))?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err(never("the URL must be http or https".to_owned()));
        }
        let mut headers = header::HeaderMap::new();
        if !key.is_empty() {
            let mut value = header::HeaderValue::from_str(&format!("Bearer {key}"))
                .map_err(|_| never("the key holds a character that no key has".to_owned()))?;
            value.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, value);
        }
        let client = Client::builder()
            .default_headers(headers)
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
        let body = bytes::Bytes::from(body);
        let url = self.base.join(path).map_err(|error| OutsideError::Never(error.to_string()))?;
        let mut pause = PAUSE;
        let mut attempt = 1;
        loop {
            let failure = match self.once(url.clone(), body.clone(), headers).await {
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

    async fn once<A: DeserializeOwned>(
        &self,
        url: Url,
        body: bytes::Bytes,
        headers: &[(&'static str, String)],
    ) -> Result<A, Failed> {
        let later = |why: String| Failed { error: OutsideError::Later(why), wait: None };
        let mut request = self.client.post(url).header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let sent = request.body(body).send().await;
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
