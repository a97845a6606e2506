//! Settings: `config/default.toml` (compiled in), then `config/<profile>.toml`, then variables. This is the one place
//! that reads the environment.

use config::{Config, Environment, File, FileFormat};
use serde::Deserialize;
use std::path::PathBuf;
use ward_objects::S3Settings;

mod mail;
mod payments;
mod scribe;
mod scylla;
mod search;
mod server;
mod sms;
mod speech;
mod uploads;
mod webhooks;

pub use mail::{Log, LogFormat, Mail, MailTransport};
pub use payments::{PaymentKind, Payments};
pub use scribe::{Scribe, ScribeEngine};
pub use scylla::{Scylla, ScyllaTls};
pub use search::{EmbedderKind, Meilisearch, Search, SearchBackend};
pub use server::Server;
pub use sms::{Sms, SmsProvider};
pub use speech::{Speech, SpeechEngine};
pub use uploads::{Scan, ScanBackend, Uploads};
pub use webhooks::Webhooks;

/// The defaults, as they are in the repository.
const DEFAULTS: &str = include_str!("../config/default.toml");
/// The production profile, so that the program has it in any folder.
const PRODUCTION: &str = include_str!("../config/production.toml");

/// Everything that an operator decides. Each field stands with its meaning in `config/default.toml`.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "config/default.toml says what each one means")]
pub struct Settings {
    #[serde(skip)]
    pub profile: String,
    pub server: Server,
    pub data: Data,
    pub keys: Keys,
    pub tenancy: Tenancy,
    pub auth: Auth,
    pub chart: Chart,
    pub limits: Limits,
    pub calendar: Calendar,
    pub store: Store,
    pub search: Search,
    pub scribe: Scribe,
    pub backup: Backup,
    pub objects: Objects,
    pub uploads: Uploads,
    pub scan: Scan,
    pub speech: Speech,
    pub mail: Mail,
    pub sms: Sms,
    pub webhooks: Webhooks,
    pub payments: Payments,
    pub log: Log,
    #[serde(skip)]
    pub admin: Admin,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "see Settings")]
pub struct Data {
    pub dir: PathBuf,
}

/// Keys are never printed.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "see Settings")]
pub struct Keys {
    pub master: String,
    pub master_file: PathBuf,
    pub previous: Vec<String>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("master_file", &self.master_file).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "see Settings")]
pub struct Tenancy {
    pub default_plan: String,
    pub first_admin_hours: i64,
    pub first_admin_code: bool,
    pub default_hospital: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "see Settings")]
pub struct Auth {
    pub access_minutes: i64,
    pub window_minutes: u32,
    pub session_hours: i64,
    pub password_memory_kib: u32,
    pub password_passes: u32,
    pub password_at_once: usize,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "see Settings")]
pub struct Chart {
    pub relation_days: u32,
    pub retention_years: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "see Settings")]
pub struct Limits {
    pub enforce: bool,
    pub per_hospital: usize,
    pub per_actor: usize,
    pub idle_seconds: u64,
    pub residents: usize,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "see Settings")]
pub struct Calendar {
    pub offer_minutes: i64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "see Settings")]
pub struct Store {
    pub backend: StoreBackend,
    pub cache_mib: u64,
    pub documents_mib: u64,
    pub scylla: Scylla,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "see Settings")]
pub struct Backup {
    pub dir: PathBuf,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "see Settings")]
pub struct Objects {
    pub backend: ObjectsBackend,
    #[serde(default)]
    pub s3: Option<S3Settings>,
}

/// Where objects are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ObjectsBackend {
    /// In a folder under the data folder.
    Folder,
    /// In a bucket: `[objects.s3]` says which.
    S3,
}

/// Which store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StoreBackend {
    /// On this machine's disk.
    Embedded,
    /// On a CQL server: `[store.scylla]` says where.
    Scylla,
}

/// The first platform admin, from `WARD_ADMIN_EMAIL` and `WARD_ADMIN_PASSWORD`.
#[derive(Clone, Default)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Admin {
    pub email: Option<String>,
    pub password: Option<String>,
}

impl std::fmt::Debug for Admin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Admin").field("email", &self.email.is_some()).finish_non_exhaustive()
    }
}

/// Settings that cannot be used, with what to do.
#[derive(Debug, thiserror::Error)]
#[error("settings: {0}")]
pub struct SettingsError(pub String);

impl Settings {
    /// Reads the settings of this process.
    pub fn read() -> Result<Self, SettingsError> {
        let profile = variable("WARD_PROFILE").unwrap_or_else(|| "development".to_owned());
        Self::of(&profile, &|name| variable(name), true)
    }

    /// The settings of a profile. `variables` is where single variables come from; `environment` says whether
    /// `WARD__…` of the process count as well.
    pub fn of(
        profile: &str,
        variables: &dyn Fn(&str) -> Option<String>,
        environment: bool,
    ) -> Result<Self, SettingsError> {
        let mut builder = Config::builder()
            .add_source(File::from_str(DEFAULTS, FileFormat::Toml))
            .add_source(File::with_name("config/default").required(false));
        if profile == "production" {
            builder = builder.add_source(File::from_str(PRODUCTION, FileFormat::Toml));
        }
        builder = builder.add_source(File::with_name(&format!("config/{profile}")).required(false));
        if environment {
            let names =
                Environment::with_prefix("WARD").prefix_separator("__").separator("__").try_parsing(true);
            builder = builder.add_source(
                names
                    .list_separator(",")
                    .with_list_parse_key("server.cors_origins")
                    .with_list_parse_key("server.trusted_proxies")
                    .with_list_parse_key("keys.previous")
                    .with_list_parse_key("store.scylla.nodes"),
            );
        }
        for (name, key) in [("WARD_LISTEN", "server.listen"), ("WARD_DATA_DIR", "data.dir")] {
            builder = builder
                .set_override_option(key, variables(name))
                .map_err(|error| SettingsError(error.to_string()))?;
        }
        let read = builder.build().and_then(Config::try_deserialize::<Self>);
        let mut settings = read.map_err(|error| SettingsError(error.to_string()))?;
        profile.clone_into(&mut settings.profile);
        settings.admin =
            Admin { email: variables("WARD_ADMIN_EMAIL"), password: variables("WARD_ADMIN_PASSWORD") };
        settings.check()?;
        Ok(settings)
    }

    /// True for the profile that may not rest on a developer's defaults.
    pub fn is_production(&self) -> bool {
        self.profile == "production"
    }

    /// Refuses settings that cannot work; in production also those that must not.
    fn check(&self) -> Result<(), SettingsError> {
        let mut wrong = Vec::new();
        if !ward_tenants::plan::names().any(|code| code == self.tenancy.default_plan) {
            let names: Vec<_> = ward_tenants::plan::names().collect();
            wrong.push(format!("tenancy.default_plan must be one of {}", names.join(", ")));
        }
        if self.mail.transport == MailTransport::Smtp && self.mail.smtp.is_none() {
            wrong.push("mail.transport = \"smtp\" needs a section [mail.smtp] with at least host".to_owned());
        }
        if self.objects.backend == ObjectsBackend::S3 && self.objects.s3.is_none() {
            wrong.push(
                "objects.backend = \"s3\" needs a section [objects.s3] with bucket, access_key and secret_key"
                    .to_owned(),
            );
        }
        wrong.extend(self.uploads.wrong());
        wrong.extend(self.scan.wrong());
        wrong.extend(self.speech.wrong());
        if self.auth.window_minutes == 0 {
            wrong.push("auth.window_minutes must be at least 1".to_owned());
        }
        if !(1..=200).contains(&self.chart.retention_years) || self.chart.relation_days > 36_500 {
            wrong
                .push("chart.retention_years must be 1 to 200, chart.relation_days at most 36500".to_owned());
        }
        if !(1..=24 * 60).contains(&self.calendar.offer_minutes) {
            wrong.push("calendar.offer_minutes must be 1 to 1440".to_owned());
        }
        if self.store.backend == StoreBackend::Scylla {
            wrong.extend(self.store.scylla.wrong());
        }
        wrong.extend(self.search.wrong());
        wrong.extend(self.scribe.wrong());
        wrong.extend(self.webhooks.wrong(self.is_production()));
        wrong.extend(self.payments.wrong(self.is_production(), &self.server.public_url));
        wrong.extend(self.sms.wrong(self.is_production()));
        if self.is_production() {
            if self.search.backend == SearchBackend::Meilisearch && self.search.meilisearch.key.is_empty() {
                wrong.push(
                    "production must not search on a server that is open to everyone: give WARD__SEARCH__MEILISEARCH__KEY"
                        .to_owned(),
                );
            }
            if self.mail.transport == MailTransport::Outbox {
                wrong.push("production must not leave mail in an outbox folder: set mail.transport = \"smtp\" and [mail.smtp]".to_owned());
            }
            if self.keys.master.is_empty() && self.keys.master_file.as_os_str().is_empty() {
                wrong.push("production must not make up its own master key: give WARD__KEYS__MASTER or keys.master_file".to_owned());
            }
            if self.server.cors_origins.is_empty() {
                wrong.push("production must name its origins: set server.cors_origins".to_owned());
            }
            if !self.server.public_url.starts_with("https://") {
                wrong.push(
                    "production is reached over HTTPS: set server.public_url to its https:// address"
                        .to_owned(),
                );
            }
            if !self.limits.enforce {
                wrong.push("production enforces its limits: set limits.enforce = true".to_owned());
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(SettingsError(wrong.join("; "))) }
    }
}

#[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_good_and_a_variable_wins() {
        let settings = Settings::of(
            "development",
            &|name| (name == "WARD_LISTEN").then(|| "127.0.0.1:9".to_owned()),
            false,
        )
        .unwrap();
        assert_eq!(settings.server.listen, "127.0.0.1:9".parse().unwrap());
        assert_eq!(settings.mail.transport, MailTransport::Outbox);
    }

    #[test]
    fn production_names_everything_that_it_will_not_start_on() {
        let error = Settings::of("production", &|_| None, false).unwrap_err().to_string();
        for part in ["outbox folder", "master key", "origins", "HTTPS"] {
            assert!(error.contains(part), "{part}: {error}");
        }
        let mut settings = Settings::of("development", &|_| None, false).unwrap();
        settings.profile = "production".into();
        settings.webhooks.allow_private = true;
        settings.webhooks.give_up_hours = 0;
        let error = settings.check().unwrap_err().to_string();
        for part in ["webhooks.allow_private = false", "webhooks.give_up_hours"] {
            assert!(error.contains(part), "{part}: {error}");
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        let mut settings = Settings::of("development", &|_| None, false).unwrap();
        settings.keys.master = "SECRET-KEY".into();
        settings.admin.password = Some("SECRET-WORD".into());
        settings.store.scylla.password = "SECRET-TOO".into();
        settings.search.meilisearch.key = "SECRET-SEARCH".into();
        assert!(!format!("{settings:?}").contains("SECRET"));
    }
}
