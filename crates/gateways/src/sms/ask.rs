//! Asking an SMS provider: one client with its bounds, each request sent once, and errors that say what surely was not
//! sent. Addresses hold a key with one provider, so none is logged or told.

use super::SmsError;
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde_json::Value;
use std::time::Duration;

/// The most bytes of an answer.
const MAX_ANSWER: usize = 64 << 10;

/// A client, and the address that everything is asked under.
pub(super) struct Provider {
    client: Client,
    base: Url,
}

/// An answer that came.
pub(super) struct Answered {
    pub status: StatusCode,
    /// The body; null where it is no JSON.
    pub body: Value,
}

impl Provider {
    pub(super) fn new(url: &str, timeout: Duration) -> Result<Self, SmsError> {
        let never = |why: &'static str| SmsError::Never(why.into());
        let base = Url::parse(&format!("{}/", url.trim_end_matches('/')));
        let base = base.map_err(|_| never("the URL is none"))?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err(never("the URL must be http or https"));
        }
        let client = Client::builder()
            .connect_timeout(timeout.min(Duration::from_secs(5)))
            .timeout(timeout)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(|_| never("the HTTP client cannot be made"))?;
        Ok(Self { client, base })
    }

    /// The host that is asked, for the operator.
    pub(super) fn host(&self) -> &str {
        self.base.host_str().unwrap_or_default()
    }

    pub(super) fn get(&self, path: &[&str]) -> Result<RequestBuilder, SmsError> {
        Ok(self.client.get(self.at(path)?))
    }

    /// A form, as browsers send them.
    pub(super) fn form(&self, path: &[&str], fields: &[(&str, &str)]) -> Result<RequestBuilder, SmsError> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let kind = "application/x-www-form-urlencoded";
        Ok(self.client.post(self.at(path)?).header(reqwest::header::CONTENT_TYPE, kind).body(body))
    }

    fn at(&self, path: &[&str]) -> Result<Url, SmsError> {
        let mut url = self.base.clone();
        let mut segments =
            url.path_segments_mut().map_err(|()| SmsError::Never("the URL takes no path".into()))?;
        segments.pop_if_empty().extend(path);
        drop(segments);
        Ok(url)
    }
}

/// Sends a request, once. Where no connection came to stand nothing was sent; after that, without an answer, nobody knows.
pub(super) async fn answer(request: RequestBuilder) -> Result<Answered, SmsError> {
    let mut response = request.send().await.map_err(|error| {
        if error.is_connect() {
            SmsError::Later("no connection".into())
        } else if error.is_timeout() {
            SmsError::Unknown("no answer in time".into())
        } else {
            SmsError::Unknown("the connection broke".into())
        }
    })?;
    let status = response.status();
    let mut body = Vec::new();
    // The status is what counts; a body that breaks off is none.
    while let Ok(Some(chunk)) = response.chunk().await {
        if body.len() + chunk.len() > MAX_ANSWER {
            body.clear();
            break;
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answered { status, body: serde_json::from_slice(&body).unwrap_or_default() })
}
