//! Twilio: `{url}/2010-04-01/Accounts/{SID}/Messages.json`, a form with basic authentication.

use super::ask::{Answered, Provider, answer};
use super::{Sms, SmsError, SmsSender};
use async_trait::async_trait;
use reqwest::RequestBuilder;
use serde::Deserialize;
use std::time::Duration;
use ward_domain::tenancy::TenantScope;

/// The version of the API that this speaks.
const VERSION: &str = "2010-04-01";

/// Which account. The token is never printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TwilioSettings {
    /// The account's SID.
    pub account: String,
    /// Its auth token.
    pub token: String,
    /// The number, or the messaging service (`MG…`), that texts come from.
    pub from: String,
    /// Where it is.
    #[serde(default = "url")]
    pub url: String,
    /// How long one request may take.
    #[serde(default = "timeout_ms")]
    pub timeout_ms: u64,
}

impl std::fmt::Debug for TwilioSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TwilioSettings").field("url", &self.url).finish_non_exhaustive()
    }
}

fn url() -> String {
    "https://api.twilio.com".to_owned()
}

const fn timeout_ms() -> u64 {
    10_000
}

/// Texts by Twilio.
pub struct Twilio {
    provider: Provider,
    settings: TwilioSettings,
}

impl Twilio {
    /// Nothing is sent yet.
    pub fn new(settings: &TwilioSettings) -> Result<Self, SmsError> {
        if settings.account.is_empty() || settings.token.is_empty() || settings.from.is_empty() {
            return Err(SmsError::Never("account, token and from are all needed".into()));
        }
        let provider = Provider::new(&settings.url, Duration::from_millis(settings.timeout_ms))?;
        Ok(Self { provider, settings: settings.clone() })
    }

    fn signed(&self, request: RequestBuilder) -> RequestBuilder {
        request.basic_auth(&self.settings.account, Some(&self.settings.token))
    }
}

#[async_trait]
impl SmsSender for Twilio {
    async fn send(&self, _scope: &TenantScope, sms: &Sms) -> Result<(), SmsError> {
        sms.check()?;
        let from = &self.settings.from;
        let by = if from.starts_with("MG") { "MessagingServiceSid" } else { "From" };
        let fields = [("To", sms.to.as_str()), (by, from), ("Body", &sms.text)];
        let path = [VERSION, "Accounts", &self.settings.account, "Messages.json"];
        let answered = answer(self.signed(self.provider.form(&path, &fields)?)).await?;
        taken(&answered)
    }

    async fn credit(&self) -> Result<Option<f64>, SmsError> {
        let path = [VERSION, "Accounts", &self.settings.account, "Balance.json"];
        let answered = answer(self.signed(self.provider.get(&path)?)).await?;
        taken(&answered)?;
        // An amount of money, as text.
        let credit = answered.body["balance"].as_str().and_then(|amount| amount.parse().ok());
        credit.map(Some).ok_or_else(|| SmsError::Unknown("the answer names no balance".into()))
    }

    fn is_real(&self) -> bool {
        true
    }

    fn describe(&self) -> String {
        format!("Twilio at {}", self.provider.host())
    }
}

/// What an answer says of a text.
fn taken(answered: &Answered) -> Result<(), SmsError> {
    if answered.status.is_success() {
        return Ok(());
    }
    let status = answered.status.as_u16();
    let why = match answered.body["code"].as_u64() {
        Some(code) => format!("status {status}, error {code}").into(),
        None => format!("status {status}").into(),
    };
    match status {
        // Too many at once, or not served at all: nothing was sent.
        429 | 503 => Err(SmsError::Later(why)),
        400..=499 => Err(SmsError::Never(why)),
        _ => Err(SmsError::Unknown(why)),
    }
}
