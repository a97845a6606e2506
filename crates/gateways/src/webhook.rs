//! The port for webhooks: one signed body to one URL that a hospital has named.

mod connect;
mod https;

pub use https::{Https, WebhookSettings};

use async_trait::async_trait;
use std::borrow::Cow;
use std::fmt;
use ward_domain::tenancy::TenantScope;
use ward_domain::time::Time;

/// Tells endpoints out in the world.
#[async_trait]
pub trait WebhookSender: Send + Sync {
    /// Whether events may go to a URL, as it stands and as its name resolves now; the error is a sentence for whoever
    /// gave it. A name that does not resolve now may do so tomorrow, and is looked at again on every connection.
    async fn vet(&self, url: &str) -> Result<(), &'static str>;

    /// Makes one attempt. Safe to repeat: the receiver knows the event by its id. Dropping the future gives the attempt
    /// up; the body may have arrived.
    async fn send(&self, scope: &TenantScope, call: &Call) -> Reply;

    /// The adapter and what it allows, for the operator.
    fn describe(&self) -> String;
}

/// One attempt.
#[derive(Clone, PartialEq, Eq)]
pub struct Call {
    /// Where.
    pub url: String,
    /// Names in lower case, and values: the signatures.
    pub headers: Vec<(String, String)>,
    /// JSON.
    pub body: Vec<u8>,
}

impl fmt::Debug for Call {
    /// A URL may hold a secret, and a body is nobody's to log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status that was answered; `None` where nothing was.
    pub status: Option<u16>,
    /// What went wrong, in our words; empty where the endpoint took it. Never a word of the endpoint's, nor its address.
    pub error: Cow<'static, str>,
    /// What the endpoint said of when to come back (RFC 9110 section 10.2.3).
    pub retry_after: Option<RetryAfter>,
}

/// When an endpoint wants to be asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// After so many seconds.
    Seconds(u32),
    /// Not before.
    At(Time),
}

impl RetryAfter {
    /// As it stands in the header; nothing where it means nothing.
    pub fn read(value: &str) -> Option<Self> {
        let value = value.trim();
        match value.parse() {
            Ok(seconds) => Some(Self::Seconds(seconds)),
            Err(_) => Time::from_http_date(value).map(Self::At),
        }
    }

    /// The moment, for an answer of `now`.
    pub fn moment(self, now: Time) -> Time {
        match self {
            Self::Seconds(seconds) => now.plus(i64::from(seconds) * 1_000),
            Self::At(time) => time,
        }
    }
}

impl Reply {
    /// What an answered status means: 2xx is taken, anything else is not.
    pub fn answered(status: u16) -> Self {
        let error = match status {
            200..=299 => Cow::Borrowed(""),
            300..=399 => format!("answered {status}: redirects are not followed").into(),
            _ => format!("answered {status}").into(),
        };
        Self { status: Some(status), error, retry_after: None }
    }

    /// Nothing was answered.
    pub fn failed(error: impl Into<Cow<'static, str>>) -> Self {
        Self { status: None, error: error.into(), retry_after: None }
    }

    /// True where the endpoint took it.
    pub fn is_taken(&self) -> bool {
        self.error.is_empty()
    }
}
