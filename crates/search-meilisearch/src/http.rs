//! The HTTP client under the SDK: hyper, so that no second client and no second cryptography come into the program.
//!
//! A request's head and body go out in one write, and sockets do not wait for more (`TCP_NODELAY`): otherwise each
//! query would wait for an acknowledgement, about 40 ms.

use crate::Options;
use crate::fault::Fault;
use bytes::Bytes;
use futures::{AsyncRead, AsyncReadExt as _};
use http::{HeaderValue, Request, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use meilisearch_sdk::errors::Error;
use meilisearch_sdk::request::{HttpClient, Method, parse_response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Write as _;
use std::time::Duration;

/// The most bytes of an answer.
const MAX_ANSWER: usize = 256 << 20;

/// What went wrong between here and the server.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Transport {
    #[error("no answer within {0:?}")]
    Slow(Duration),
    #[error("{0}")]
    Broken(String),
}

#[derive(Clone)]
pub(crate) struct Http {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    authorization: Option<HeaderValue>,
    timeout: Duration,
}

impl Http {
    pub(crate) fn new(options: &Options) -> Result<Self, Fault> {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(options.timeout));
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(provider)
            .map_err(|error| Fault::Settings(format!("TLS cannot be set up: {error}")))?
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        let authorization = match options.key.as_str() {
            "" => None,
            key => {
                let mut value = HeaderValue::from_str(&format!("Bearer {key}")).map_err(|_| {
                    Fault::Settings("search.meilisearch.key holds a character that no key has".to_owned())
                })?;
                value.set_sensitive(true);
                Some(value)
            }
        };
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { client, authorization, timeout: options.timeout })
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Result<(u16, Bytes), Transport> {
        let exchange = async {
            let response = self.client.request(request).await.map_err(|error| broken(&error))?;
            let status = response.status().as_u16();
            let body = Limited::new(response.into_body(), MAX_ANSWER).collect().await;
            let body = body.map_err(|error| Transport::Broken(error.to_string()))?;
            Ok((status, body.to_bytes()))
        };
        tokio::time::timeout(self.timeout, exchange).await.unwrap_or(Err(Transport::Slow(self.timeout)))
    }
}

/// The innermost reason: the outer ones only say that a request failed.
fn broken(error: &dyn std::error::Error) -> Transport {
    let mut reason = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    Transport::Broken(reason.to_string())
}

#[async_trait::async_trait]
impl HttpClient for Http {
    async fn stream_request<
        Query: Serialize + Send + Sync,
        Body: AsyncRead + Send + Sync + 'static,
        Output: DeserializeOwned + 'static,
    >(
        &self,
        url: &str,
        method: Method<Query, Body>,
        content_type: &str,
        expected_status_code: u16,
    ) -> Result<Output, Error> {
        let verb = match &method {
            Method::Get { .. } => http::Method::GET,
            Method::Post { .. } => http::Method::POST,
            Method::Patch { .. } => http::Method::PATCH,
            Method::Put { .. } => http::Method::PUT,
            Method::Delete { .. } => http::Method::DELETE,
        };
        let mut request = Request::builder().method(verb).uri(format!("{url}{}", query(method.query())?));
        if let Some(authorization) = &self.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let mut bytes = Vec::new();
        if let Some(body) = method.into_body() {
            request = request.header(header::CONTENT_TYPE, content_type);
            std::pin::pin!(body).read_to_end(&mut bytes).await.map_err(|error| Error::Other(error.into()))?;
        }
        let request = request.body(Full::new(bytes.into())).map_err(|_| Error::InvalidRequest)?;
        let sent = self.send(request).await;
        let (status, body) = sent.map_err(|error| Error::Other(Box::new(error)))?;
        let body = if body.is_empty() { "null".into() } else { String::from_utf8_lossy(&body) };
        parse_response(status, expected_status_code, &body, url.to_owned())
    }

    fn is_tokio(&self) -> bool {
        true
    }
}

/// The query of a URL. The calls that are made here have none, or plain fields.
fn query(query: &impl Serialize) -> Result<String, Error> {
    let serde_json::Value::Object(fields) = serde_json::to_value(query)? else { return Ok(String::new()) };
    let mut out = String::new();
    for (name, value) in &fields {
        let plain = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if plain.contains(|c: char| !c.is_ascii_alphanumeric() && !"_-,.".contains(c)) {
            return Err(Error::InvalidRequest);
        }
        out.push(if out.is_empty() { '?' } else { '&' });
        let _ = write!(out, "{name}={plain}");
    }
    Ok(out)
}
