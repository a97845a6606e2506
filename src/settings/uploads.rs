//! Files that people send in.

use serde::Deserialize;
use ward_services::upload::UploadSettings;

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "see Settings")]
pub struct Uploads {
    pub max_mb: u64,
    pub hospital_gb: u64,
    pub at_once: usize,
    pub minutes: i64,
    pub link_minutes: i64,
}

/// A form has more than its file: words, and what stands between its parts.
const FORM: u64 = 1 << 20;

impl Uploads {
    /// What cannot work.
    pub(super) fn wrong(self) -> Option<String> {
        let good = (1..=10_240).contains(&self.max_mb)
            && (1..=1_000).contains(&self.at_once)
            && (1..=1_440).contains(&self.minutes)
            && (1..=1_440).contains(&self.link_minutes);
        let message = "uploads: max_mb must be from 1 to 10240, at_once from 1 to 1000, minutes and link_minutes from 1 to 1440";
        (!good).then(|| message.to_owned())
    }

    /// The largest body of a form, in bytes.
    pub fn max_body(self) -> usize {
        usize::try_from((self.max_mb << 20) + FORM).unwrap_or(usize::MAX)
    }

    /// As the use cases know them.
    pub fn settings(self) -> UploadSettings {
        UploadSettings {
            max_bytes: self.max_mb << 20,
            hospital_bytes: Some(self.hospital_gb).filter(|gb| *gb != 0).map(|gb| gb.saturating_mul(1 << 30)),
            at_once: self.at_once,
            minutes: self.minutes,
            link_minutes: self.link_minutes,
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "see Settings")]
pub struct Scan {
    pub backend: ScanBackend,
    pub address: String,
    pub timeout_ms: u64,
}

/// Who looks for malware.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScanBackend {
    /// Nobody: files are said to be unscanned.
    None,
    /// The daemon of `ClamAV`, at `scan.address`.
    Clamd,
}

impl Scan {
    /// What cannot work.
    pub(super) fn wrong(&self) -> Option<String> {
        let good = self.backend == ScanBackend::None || !self.address.is_empty() && self.timeout_ms != 0;
        let message = "scan.backend = \"clamd\" needs scan.address and a scan.timeout_ms of at least 1";
        (!good).then(|| message.to_owned())
    }
}
