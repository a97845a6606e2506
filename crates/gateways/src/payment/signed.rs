//! A payment provider that speaks the scheme of `docs/payments.md`: it is asked for a page over HTTP, and tells by signed
//! callbacks.

use super::scheme::{self, SIGNATURE, Signature, TIMESTAMP};
use super::{PayPage, PayRequest, PaymentError, PaymentGateway};
use crate::outside::{Outside, OutsideError};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use url::Url;
use ward_domain::contact::line;
use ward_domain::ledger::{MAX_REFERENCE, MAX_URL, ProviderNotice};
use ward_domain::refusal::Refusal;
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;

/// The most bytes of an answer.
const MAX_ANSWER: usize = 16 << 10;

/// Where the provider is, and what it and Ward know each other by. The secrets are never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedSettings {
    /// Payments are made at `{url}/payments`.
    pub url: String,
    /// Signs requests; callbacks are signed with it.
    pub secret: String,
    /// The secret before it, which callbacks may still be signed with; empty: none.
    pub previous_secret: String,
    /// Where callbacks are wanted.
    pub callback_url: String,
    /// How long one request may take.
    pub timeout: Duration,
}

impl std::fmt::Debug for SignedSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedSettings").field("url", &self.url).finish_non_exhaustive()
    }
}

/// The provider.
pub struct SignedGateway {
    outside: Outside,
    settings: SignedSettings,
}

#[derive(Serialize)]
struct Ask<'a> {
    reference: String,
    amount: i64,
    currency: &'a str,
    description: &'a str,
    callback_url: &'a str,
    expires_at: Time,
}

#[derive(Deserialize)]
struct Answer {
    payment_url: String,
    provider_reference: String,
}

impl SignedGateway {
    /// Nothing is sent yet.
    pub fn new(settings: SignedSettings) -> Result<Self, PaymentError> {
        let outside = Outside::new(&settings.url, "", settings.timeout, MAX_ANSWER)?;
        Ok(Self { outside, settings })
    }
}

#[async_trait]
impl PaymentGateway for SignedGateway {
    fn describe(&self) -> String {
        format!("signed callbacks of {}", self.settings.url)
    }

    async fn begin(&self, scope: &TenantScope, request: &PayRequest) -> Result<PayPage, PaymentError> {
        let ask = Ask {
            reference: scheme::reference(scope.tenant(), request.transaction),
            amount: request.money.minor,
            currency: request.money.currency.code(),
            description: &request.description,
            callback_url: &self.settings.callback_url,
            expires_at: request.expires_at,
        };
        let body = serde_json::to_vec(&ask).map_err(|error| PaymentError::Refused(error.to_string()))?;
        let seconds = request.now.seconds();
        let headers = [
            (TIMESTAMP, seconds.to_string()),
            (SIGNATURE, scheme::sign(&self.settings.secret, seconds, &body)),
        ];
        let answer: Answer = self.outside.post_as("payments", body, &headers).await?;
        let good = Url::parse(&answer.payment_url)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let reference = line(&answer.provider_reference, MAX_REFERENCE);
        match (good && answer.payment_url.len() <= MAX_URL, reference) {
            (true, Some(reference)) => Ok(PayPage { url: answer.payment_url, reference }),
            _ => Err(PaymentError::Unavailable("the answer has no page or no reference".to_owned())),
        }
    }

    fn read(
        &self,
        now: Time,
        signature: Signature<'_>,
        body: &[u8],
    ) -> Result<(TenantId, ProviderNotice), Refusal> {
        let secrets = [self.settings.secret.as_str(), self.settings.previous_secret.as_str()];
        // With an empty secret anyone could sign.
        scheme::check(secrets.into_iter().filter(|secret| !secret.is_empty()), now, signature, body)?;
        scheme::read(body)
    }
}

impl From<OutsideError> for PaymentError {
    fn from(error: OutsideError) -> Self {
        match error {
            OutsideError::Later(why) => Self::Unavailable(why),
            OutsideError::Never(why) => Self::Refused(why),
        }
    }
}
