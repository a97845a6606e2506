//! How mail leaves, and how the log is written.

use serde::Deserialize;
use ward_gateways::mail::SmtpSettings;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "see Settings")]
pub struct Mail {
    pub transport: MailTransport,
    pub from_name: String,
    pub from_address: String,
    #[serde(default)]
    pub smtp: Option<SmtpSettings>,
}

/// How mail leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTransport {
    /// As files under the data folder.
    Outbox,
    /// By SMTP: `[mail.smtp]` says where.
    Smtp,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "see Settings")]
pub struct Log {
    pub format: LogFormat,
    pub level: String,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Human,
    /// A JSON object a line.
    Json,
}
