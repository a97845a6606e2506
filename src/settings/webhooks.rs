//! The settings of webhooks.

use serde::Deserialize;
use std::path::PathBuf;
use std::time::Duration;
use ward_domain::time::{DAY, HOUR};
use ward_domain::webhook::Terms;
use ward_gateways::webhook::WebhookSettings;

/// How much longer than an attempt may take it counts as under way, in milliseconds: its end must be written down too.
const MARGIN_MS: i64 = 5_000;

/// How events go to hospitals' endpoints.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/default.toml says what each one means")]
pub struct Webhooks {
    pub allow_private: bool,
    pub timeout_ms: u64,
    pub ca_file: PathBuf,
    pub give_up_hours: i64,
    pub disable_after_hours: i64,
    pub keep_days: i64,
}

impl Webhooks {
    /// What is wrong with them, with what to do.
    pub(super) fn wrong(&self, production: bool) -> Vec<String> {
        let mut wrong = Vec::new();
        if production && self.allow_private {
            wrong.push(
                "production must not send events to private addresses: set webhooks.allow_private = false"
                    .to_owned(),
            );
        }
        for (name, value, most) in [
            ("timeout_ms", i64::try_from(self.timeout_ms).unwrap_or(i64::MAX), 60_000),
            ("give_up_hours", self.give_up_hours, 24 * 30),
            ("disable_after_hours", self.disable_after_hours, 24 * 90),
            ("keep_days", self.keep_days, 3_650),
        ] {
            if !(1..=most).contains(&value) {
                wrong.push(format!("webhooks.{name} must be 1 to {most}"));
            }
        }
        wrong
    }

    /// What the rules go by.
    pub fn terms(&self) -> Terms {
        Terms {
            give_up: self.give_up_hours * HOUR,
            disable_after: self.disable_after_hours * HOUR,
            lease: i64::try_from(self.timeout_ms).unwrap_or(i64::MAX).saturating_add(MARGIN_MS),
            keep: self.keep_days * DAY,
        }
    }

    /// What the gateway goes by.
    pub fn gateway(&self) -> WebhookSettings {
        WebhookSettings {
            allow_private: self.allow_private,
            timeout: Duration::from_millis(self.timeout_ms),
            ca_file: Some(self.ca_file.clone()).filter(|path| !path.as_os_str().is_empty()),
        }
    }
}
