//! What an operator says about the SMTP server.

use serde::Deserialize;
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

/// The `[mail.smtp]` section. Only `host` must be given.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpSettings {
    /// The server's name or address; its certificate must be good for it.
    pub host: String,
    /// Its port; by default 465 with `tls`, 587 with `starttls`, 25 with `none`.
    #[serde(default)]
    pub port: Option<u16>,
    /// How the connection is kept private.
    #[serde(default)]
    pub security: Security,
    /// The log-in name; without one there is no AUTH.
    #[serde(default)]
    pub user: Option<String>,
    /// The password, given if and only if `user` is.
    #[serde(default)]
    pub password: Option<Password>,
    /// A PEM file of certificate authorities that are trusted beside the public ones.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// How this machine names itself (EHLO); by default its host name.
    #[serde(default)]
    pub hello_name: Option<String>,
    /// Seconds for connecting, TLS, greeting and log-in together.
    #[serde(default = "default_connect_timeout_s")]
    pub connect_timeout_s: u64,
    /// Seconds for handing over one letter. Servers check content before their last answer, so be generous.
    #[serde(default = "default_send_timeout_s")]
    pub send_timeout_s: u64,
    /// Most connections at once, 1 to 64.
    #[serde(default = "default_max_connections")]
    pub max_connections: usize,
}

fn default_connect_timeout_s() -> u64 {
    20
}

fn default_send_timeout_s() -> u64 {
    120
}

fn default_max_connections() -> usize {
    4
}

/// How the connection is kept private.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// TLS from the first byte; what RFC 8314 section 3 advises.
    #[default]
    Tls,
    /// STARTTLS (RFC 3207), demanded: a server that does not offer it gets no letter.
    StartTls,
    /// No TLS, for a relay on this machine: the host must be `localhost` or a loopback address.
    None,
}

impl Security {
    const fn default_port(self) -> u16 {
        match self {
            Self::Tls => 465,
            Self::StartTls => 587,
            Self::None => 25,
        }
    }
}

/// A password that does not print itself.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A value is out of its range or does not go with another.
    #[error("mail.smtp.{field}: {problem}")]
    Field {
        /// Which.
        field: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The CA file cannot be read.
    #[error("mail.smtp.ca_file {}: {source}", path.display())]
    CaFile {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The CA file holds no certificates, or TLS cannot be set up with them.
    #[error("mail.smtp.ca_file: not a PEM file of certificate authorities")]
    Certificates,
}

impl SmtpSettings {
    /// The settings for a server, everything else as by default.
    pub fn for_host(host: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            port: None,
            security: Security::default(),
            user: None,
            password: None,
            ca_file: None,
            hello_name: None,
            connect_timeout_s: default_connect_timeout_s(),
            send_timeout_s: default_send_timeout_s(),
            max_connections: default_max_connections(),
        }
    }

    /// The port that is connected to.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(self.security.default_port())
    }

    pub(super) fn connect_timeout(&self) -> Duration {
        Duration::from_secs(self.connect_timeout_s)
    }

    pub(super) fn send_timeout(&self) -> Duration {
        Duration::from_secs(self.send_timeout_s)
    }

    pub(super) fn check(&self) -> Result<(), SettingsError> {
        let wrong = |field, problem| Err(SettingsError::Field { field, problem });
        if !is_word(&self.host) {
            return wrong("host", "name the server");
        }
        if self.security == Security::None && !is_loopback(&self.host) {
            return wrong("security", "without TLS only a server on this machine may be used");
        }
        if self.user.is_some() != self.password.is_some() {
            return wrong("password", "give user and password, or neither");
        }
        if self.hello_name.as_deref().is_some_and(|name| !is_word(name)) {
            return wrong("hello_name", "must be a host name");
        }
        if !(1..=600).contains(&self.connect_timeout_s) {
            return wrong("connect_timeout_s", "must be 1 to 600");
        }
        if !(1..=3600).contains(&self.send_timeout_s) {
            return wrong("send_timeout_s", "must be 1 to 3600");
        }
        if !(1..=64).contains(&self.max_connections) {
            return wrong("max_connections", "must be 1 to 64");
        }
        Ok(())
    }
}

/// One word of printable ASCII: what may stand in an SMTP command.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: serde_json::Value) -> SmtpSettings {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_host_is_enough_and_the_port_follows_the_security() {
        for (security, port) in [("tls", 465), ("starttls", 587), ("none", 25)] {
            let settings = read(json!({"host": "localhost", "security": security}));
            assert!(settings.check().is_ok());
            assert_eq!(settings.port(), port);
        }
        assert_eq!(read(json!({"host": "smtp.example"})).security, Security::Tls);
        assert_eq!(read(json!({"host": "smtp.example", "port": 2525})).port(), 2525);
        assert!(serde_json::from_value::<SmtpSettings>(json!({"host": "x", "securty": "none"})).is_err());
    }

    #[test]
    fn the_password_does_not_print() {
        let settings = read(json!({"host": "smtp.example", "user": "ward", "password": "open sesame"}));
        assert!(settings.check().is_ok());
        assert!(!format!("{settings:?}").contains("sesame"));
    }

    #[test]
    fn what_cannot_be_names_its_field() {
        for (value, field) in [
            (json!({"host": ""}), "host"),
            (json!({"host": "smtp.example", "security": "none"}), "security"),
            (json!({"host": "192.168.1.5", "security": "none"}), "security"),
            (json!({"host": "smtp.example", "user": "ward"}), "password"),
            (json!({"host": "smtp.example", "password": "x"}), "password"),
            (json!({"host": "smtp.example", "hello_name": "a\r\nMAIL"}), "hello_name"),
            (json!({"host": "smtp.example", "connect_timeout_s": 0}), "connect_timeout_s"),
            (json!({"host": "smtp.example", "send_timeout_s": 9999}), "send_timeout_s"),
            (json!({"host": "smtp.example", "max_connections": 0}), "max_connections"),
        ] {
            let error = read(value).check().unwrap_err();
            assert!(error.to_string().starts_with(&format!("mail.smtp.{field}: ")), "{error}");
        }
        for host in ["127.0.0.1", "127.8.8.8", "::1", "LocalHost"] {
            assert!(read(json!({"host": host, "security": "none"})).check().is_ok(), "{host}");
        }
    }
}
