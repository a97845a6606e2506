//! How SMS leave.

use serde::Deserialize;
use ward_gateways::sms::{KavenegarSettings, TwilioSettings};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/default.toml says what each one means")]
pub struct Sms {
    pub provider: SmsProvider,
    #[serde(default)]
    pub kavenegar: Option<KavenegarSettings>,
    #[serde(default)]
    pub twilio: Option<TwilioSettings>,
}

/// Who sends them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmsProvider {
    /// Nobody: they lie as files under the data folder.
    Outbox,
    /// `[sms.kavenegar]` says with which key.
    Kavenegar,
    /// `[sms.twilio]` says with which account.
    Twilio,
}

impl Sms {
    /// What is wrong with them, with what to do.
    pub(super) fn wrong(&self, production: bool) -> Option<String> {
        let missing = match self.provider {
            SmsProvider::Outbox if production => {
                "production must not leave SMS in an outbox folder: set sms.provider = \"kavenegar\" or \"twilio\", and its section"
            }
            SmsProvider::Kavenegar if self.kavenegar.is_none() => {
                "sms.provider = \"kavenegar\" needs a section [sms.kavenegar] with at least key"
            }
            SmsProvider::Twilio if self.twilio.is_none() => {
                "sms.provider = \"twilio\" needs a section [sms.twilio] with account, token and from"
            }
            _ => return None,
        };
        Some(missing.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_needs_its_section_production_needs_a_provider_and_no_key_is_printed() {
        let none = Sms { provider: SmsProvider::Outbox, kavenegar: None, twilio: None };
        assert_eq!(none.wrong(false), None);
        assert!(none.wrong(true).is_some_and(|why| why.contains("outbox folder")));
        for (provider, section) in
            [(SmsProvider::Kavenegar, "[sms.kavenegar]"), (SmsProvider::Twilio, "[sms.twilio]")]
        {
            let wrong = Sms { provider, ..none.clone() }.wrong(false);
            assert!(wrong.is_some_and(|why| why.contains(section)));
        }
        let whole: Sms = serde_json::from_value(serde_json::json!({
            "provider": "kavenegar",
            "kavenegar": {"key": "SECRET", "sender": "1000"},
            "twilio": {"account": "AC1", "token": "SECRET", "from": "+15005550006"}
        }))
        .unwrap();
        assert_eq!(whole.wrong(true), None);
        assert!(!format!("{whole:?}").contains("SECRET"));
    }
}
