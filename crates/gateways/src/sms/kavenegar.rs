//! Kavenegar: `{url}/v1/{API key}/sms/send.json`. Its answers carry a status of their own, which its HTTP status repeats.

use super::ask::{Answered, Provider, answer};
use super::{Sms, SmsError, SmsSender};
use async_trait::async_trait;
use serde::Deserialize;
use std::time::Duration;
use ward_domain::tenancy::TenantScope;

/// Which account. The key is never printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KavenegarSettings {
    /// The account's API key.
    pub key: String,
    /// The line that texts come from; empty: the account's default.
    #[serde(default)]
    pub sender: String,
    /// Where it is.
    #[serde(default = "url")]
    pub url: String,
    /// How long one request may take.
    #[serde(default = "timeout_ms")]
    pub timeout_ms: u64,
}

impl std::fmt::Debug for KavenegarSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KavenegarSettings").field("url", &self.url).finish_non_exhaustive()
    }
}

fn url() -> String {
    "https://api.kavenegar.com".to_owned()
}

const fn timeout_ms() -> u64 {
    10_000
}

/// Texts by Kavenegar.
pub struct Kavenegar {
    provider: Provider,
    key: String,
    sender: String,
}

impl Kavenegar {
    /// Nothing is sent yet.
    pub fn new(settings: &KavenegarSettings) -> Result<Self, SmsError> {
        if settings.key.is_empty() {
            return Err(SmsError::Never("the key is empty".into()));
        }
        let provider = Provider::new(&settings.url, Duration::from_millis(settings.timeout_ms))?;
        Ok(Self { provider, key: settings.key.clone(), sender: settings.sender.clone() })
    }
}

#[async_trait]
impl SmsSender for Kavenegar {
    async fn send(&self, _scope: &TenantScope, sms: &Sms) -> Result<(), SmsError> {
        sms.check()?;
        // By this number Kavenegar knows a text that is sent again.
        let local = sms.message_id.to_string();
        let mut fields = vec![("receptor", sms.to.as_str()), ("message", &sms.text), ("localid", &local)];
        if !self.sender.is_empty() {
            fields.push(("sender", &self.sender));
        }
        let answered = answer(self.provider.form(&["v1", &self.key, "sms", "send.json"], &fields)?).await?;
        taken(&answered)
    }

    async fn credit(&self) -> Result<Option<f64>, SmsError> {
        let answered = answer(self.provider.get(&["v1", &self.key, "account", "info.json"])?).await?;
        taken(&answered)?;
        let credit = answered.body["entries"]["remaincredit"].as_f64();
        credit.map(Some).ok_or_else(|| SmsError::Unknown("the answer names no credit".into()))
    }

    fn is_real(&self) -> bool {
        true
    }

    fn describe(&self) -> String {
        format!("Kavenegar at {}", self.provider.host())
    }
}

/// What an answer says of a text.
fn taken(answered: &Answered) -> Result<(), SmsError> {
    let said = answered.body["return"]["status"].as_u64();
    let status = said.unwrap_or_else(|| answered.status.as_u16().into());
    let why = format!("status {status}").into();
    match (status, said) {
        (200, Some(_)) => Ok(()),
        // Busy, or out of credit: the operator may put that right while the text is of use.
        (409 | 418 | 429 | 503, _) => Err(SmsError::Later(why)),
        (400..=499 | 501, _) => Err(SmsError::Never(why)),
        _ => Err(SmsError::Unknown(why)),
    }
}
