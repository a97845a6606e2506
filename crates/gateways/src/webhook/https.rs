//! Webhooks over HTTPS, on hyper.

use super::connect::{NoConnection, Outward, addresses};
use super::{Call, Reply, RetryAfter, WebhookSender};
use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Request, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::{self, Client};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use ward_domain::tenancy::TenantScope;
use ward_domain::webhook::address::is_public;
use ward_domain::webhook::url::{self, NOT_PUBLIC};

/// Attempts of the whole process at once.
const MAX_AT_ONCE: usize = 512;
/// How long a connection may take, TLS not counted.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// How long a name may take to resolve while someone waits for the answer to their registration.
const VET_WITHIN: Duration = Duration::from_secs(3);
/// Bytes of an answer's body that are read. What it says does not matter; a short one leaves the connection fit for use.
const MAX_BODY: usize = 64 << 10;
/// How long an answer's body is waited for.
const BODY_WITHIN: Duration = Duration::from_secs(1);
/// Bytes of an answer's head, and headers in it.
const MAX_HEAD: usize = 32 << 10;
const MAX_HEADERS: usize = 64;
/// Connections to one host that are kept, and for how long.
const IDLE_PER_HOST: usize = 16;
const IDLE_FOR: Duration = Duration::from_secs(30);
/// Who calls.
const USER_AGENT: &str = concat!("Ward-Webhooks/", env!("CARGO_PKG_VERSION"));

/// What an operator decides.
#[derive(Debug, Clone, Default)]
pub struct WebhookSettings {
    /// Allows plain HTTP and addresses that are not public: for a developer's machine.
    pub allow_private: bool,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// A PEM file of certificate authorities that are trusted beside the public ones.
    pub ca_file: Option<PathBuf>,
}

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
#[error("webhooks.{0}")]
pub struct WebhookSettingsError(String);

/// The adapter.
pub struct Https {
    client: Client<HttpsConnector<Outward>, Full<Bytes>>,
    settings: WebhookSettings,
    places: Arc<Semaphore>,
}

impl Https {
    /// Set up, nothing is sent yet.
    pub fn new(settings: WebhookSettings) -> Result<Self, WebhookSettingsError> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        if let Some(path) = &settings.ca_file {
            let wrong = |why: &dyn std::fmt::Display| {
                WebhookSettingsError(format!("ca_file {}: {why}", path.display()))
            };
            for certificate in CertificateDer::pem_file_iter(path).map_err(|error| wrong(&error))? {
                let certificate = certificate.map_err(|error| wrong(&error))?;
                roots.add(certificate).map_err(|error| wrong(&error))?;
            }
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| WebhookSettingsError(format!("timeout_ms: TLS cannot be set up: {error}")))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let builder = HttpsConnectorBuilder::new().with_tls_config(tls);
        let builder = if settings.allow_private { builder.https_or_http() } else { builder.https_only() };
        let outward =
            Outward { private: settings.allow_private, within: CONNECT_WITHIN.min(settings.timeout) };
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_FOR)
            .pool_max_idle_per_host(IDLE_PER_HOST)
            .http1_max_buf_size(MAX_HEAD)
            .http1_max_headers(MAX_HEADERS)
            .build(builder.enable_http1().wrap_connector(outward));
        Ok(Self { client, settings, places: Arc::new(Semaphore::new(MAX_AT_ONCE)) })
    }

    async fn attempt(&self, call: &Call) -> Reply {
        let Ok(url) = url::read(&call.url, self.settings.allow_private) else {
            return Reply::failed("the URL is not one that events may go to");
        };
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(url.as_str())
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::USER_AGENT, USER_AGENT);
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        let Ok(request) = request.body(Full::new(Bytes::from(call.body.clone()))) else {
            return Reply::failed("the request cannot be made");
        };
        match self.client.request(request).await {
            Ok(response) => {
                let status = response.status().as_u16();
                let retry_after = response.headers().get(header::RETRY_AFTER);
                let retry_after = retry_after.and_then(|value| RetryAfter::read(value.to_str().ok()?));
                let body = Limited::new(response.into_body(), MAX_BODY).collect();
                // The status says it all.
                let _ = tokio::time::timeout(BODY_WITHIN, body).await;
                Reply { retry_after, ..Reply::answered(status) }
            }
            Err(error) => Reply::failed(reason(&error)),
        }
    }
}

/// In our words: what lies underneath may name an address.
fn reason(error: &legacy::Error) -> &'static str {
    let otherwise = if error.is_connect() { "no TLS connection" } else { "the answer could not be read" };
    known(error).unwrap_or(otherwise)
}

fn known(error: &(dyn Error + 'static)) -> Option<&'static str> {
    if let Some(connection) = error.downcast_ref::<NoConnection>() {
        return Some(connection.words());
    }
    if let Some(tls) = error.downcast_ref::<rustls::Error>() {
        return Some(match tls {
            rustls::Error::InvalidCertificate(_) => "the certificate is not good for this host",
            _ => "TLS failed",
        });
    }
    // An I/O error hides what it was made of from `source`, and one may be made of another.
    let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    inner.and_then(|inner| known(inner)).or_else(|| error.source().and_then(known))
}

#[async_trait]
impl WebhookSender for Https {
    async fn vet(&self, url: &str) -> Result<(), &'static str> {
        let private = self.settings.allow_private;
        let url = url::read(url, private)?;
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return Err("Must name a host.");
        };
        match addresses(host, port, VET_WITHIN).await {
            Ok(found) if !private && found.iter().any(|address| !is_public(address.ip())) => Err(NOT_PUBLIC),
            _ => Ok(()),
        }
    }

    async fn send(&self, _scope: &TenantScope, call: &Call) -> Reply {
        let Ok(_place) = self.places.acquire().await else {
            return Reply::failed("the server is going down");
        };
        match tokio::time::timeout(self.settings.timeout, self.attempt(call)).await {
            Ok(reply) => reply,
            Err(_) => Reply::failed("no answer in time"),
        }
    }

    fn describe(&self) -> String {
        let to = if self.settings.allow_private {
            "any address (webhooks.allow_private)"
        } else {
            "public addresses"
        };
        format!("https to {to}")
    }
}
