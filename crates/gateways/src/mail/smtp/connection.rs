//! Getting to the point where a server takes letters: TCP, TLS, greeting, log-in.

use super::answer;
use super::pool::Line;
use super::settings::{Security, SettingsError, SmtpSettings};
use crate::mail::MailError;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use std::path::Path;
use std::time::Duration;
use tokio::time::timeout;

/// Both send the password as it is, which is why there is TLS around them unless the server is this machine.
const MECHANISMS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];

/// How to reach the server.
pub(super) struct Door {
    host: String,
    port: u16,
    /// Present unless the server is on this machine and `none` is set.
    tls: Option<TlsParameters>,
    security: Security,
    hello: ClientId,
    credentials: Option<Credentials>,
    timeout: Duration,
}

impl Door {
    pub(super) fn new(settings: &SmtpSettings) -> Result<Self, SettingsError> {
        settings.check()?;
        let tls = match settings.security {
            Security::None => None,
            Security::Tls | Security::StartTls => Some(trust(&settings.host, settings.ca_file.as_deref())?),
        };
        let credentials = match (&settings.user, &settings.password) {
            (Some(user), Some(password)) => {
                Some(Credentials::new(user.clone(), password.expose().to_owned()))
            }
            _ => None,
        };
        Ok(Self {
            host: settings.host.clone(),
            port: settings.port(),
            tls,
            security: settings.security,
            hello: settings.hello_name.clone().map_or_else(ClientId::default, ClientId::Domain),
            credentials,
            timeout: settings.connect_timeout(),
        })
    }

    /// The time limit of [`Door::open`].
    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    pub(super) fn describe(&self) -> String {
        let security = match self.security {
            Security::Tls => "TLS",
            Security::StartTls => "STARTTLS",
            Security::None => "no TLS",
        };
        let log_in = if self.credentials.is_some() { "with a log-in" } else { "without a log-in" };
        format!("SMTP {}:{} ({security}, {log_in})", self.host, self.port)
    }

    /// A fresh connection, ready for letters. Whatever goes wrong here is no letter's fault.
    pub(super) async fn open(&self) -> Result<Line, MailError> {
        match timeout(self.timeout, self.try_open()).await {
            Ok(Ok(connection)) => Ok(Line::new(connection)),
            Ok(Err(error)) => {
                let error = answer::to_us(&error);
                tracing::warn!(server = %self.host, port = self.port, reason = error.reason(), "no SMTP connection");
                Err(error)
            }
            Err(_) => Err(MailError::Later("connecting took too long".into())),
        }
    }

    async fn try_open(&self) -> Result<AsyncSmtpConnection, Error> {
        let (from_the_start, later) = match self.security {
            Security::Tls => (self.tls.clone(), None),
            Security::StartTls => (None, self.tls.clone()),
            Security::None => (None, None),
        };
        let server = (self.host.as_str(), self.port);
        let mut connection = AsyncSmtpConnection::connect_tokio1(
            server,
            Some(self.timeout),
            &self.hello,
            from_the_start,
            None,
        )
        .await?;
        if let Some(tls) = later {
            // Fails where the server does not offer it: nothing is ever sent in the clear instead.
            connection.starttls(tls, &self.hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(&MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }
}

/// TLS 1.2 and later, with the public authorities and those of the extra file.
fn trust(host: &str, ca_file: Option<&Path>) -> Result<TlsParameters, SettingsError> {
    let mut builder =
        TlsParameters::builder(host.to_owned()).certificate_store(CertificateStore::WebpkiRoots);
    if let Some(path) = ca_file {
        let pem =
            std::fs::read(path).map_err(|source| SettingsError::CaFile { path: path.to_owned(), source })?;
        // A file without any certificate parses to none at all, which would be noticed at the first letter only.
        if !pem.windows(BEGIN.len()).any(|window| window == BEGIN) {
            return Err(SettingsError::Certificates);
        }
        let certificates = Certificate::from_pem(&pem).map_err(|_| SettingsError::Certificates)?;
        builder = builder.add_root_certificate(certificates);
    }
    builder.build_rustls().map_err(|_| SettingsError::Certificates)
}

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ca_file_must_be_there_and_hold_certificates() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        let mut settings =
            SmtpSettings { ca_file: Some(path.clone()), ..SmtpSettings::for_host("smtp.example") };
        assert!(matches!(Door::new(&settings), Err(SettingsError::CaFile { .. })));
        for content in ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            std::fs::write(&path, content).unwrap();
            assert!(matches!(Door::new(&settings), Err(SettingsError::Certificates)), "{content:?}");
        }
        settings.ca_file = None;
        assert_eq!(Door::new(&settings).unwrap().describe(), "SMTP smtp.example:465 (TLS, without a log-in)");
    }
}
