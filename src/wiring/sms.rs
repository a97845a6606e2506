//! Who sends SMS.

use super::OpenError;
use crate::settings::{Settings, SmsProvider};
use std::sync::Arc;
use ward_gateways::SmsSender;
use ward_gateways::sms::{Kavenegar, SmsOutbox, Twilio};

/// The configured sender. A provider is not asked for anything here: `ward check` and the health of the house ask.
pub fn sms(settings: &Settings) -> Result<Arc<dyn SmsSender>, OpenError> {
    let sms = &settings.sms;
    match (sms.provider, &sms.kavenegar, &sms.twilio) {
        (SmsProvider::Outbox, ..) => Ok(Arc::new(SmsOutbox::open(&settings.data.dir)?)),
        (SmsProvider::Kavenegar, Some(account), _) => Ok(Arc::new(Kavenegar::new(account)?)),
        (SmsProvider::Twilio, _, Some(account)) => Ok(Arc::new(Twilio::new(account)?)),
        (SmsProvider::Kavenegar, None, _) => Err(OpenError("[sms.kavenegar] is missing".to_owned())),
        (SmsProvider::Twilio, _, None) => Err(OpenError("[sms.twilio] is missing".to_owned())),
    }
}
