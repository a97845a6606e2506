//! Mail through an SMTP server (RFC 5321), by submission with a log-in or by a relay on this machine.

mod answer;
mod connection;
mod letter;
mod pool;
mod settings;

pub use settings::{Password, Security, SettingsError, SmtpSettings};

use super::{Mail, MailError, Mailer};
use async_trait::async_trait;
use connection::Door;
use pool::Pool;
use std::time::Duration;
use tokio::time::timeout;
use ward_domain::tenancy::TenantScope;

/// Hands letters to one SMTP server.
///
/// | what happens | answer |
/// |---|---|
/// | the server takes the letter (2xx after its last line) | `Ok` |
/// | it puts it off (4xx) | [`MailError::Later`] |
/// | it refuses it (5xx) | [`MailError::Never`] |
/// | no connection, no TLS, a cut connection, a time-out | [`MailError::Later`] |
/// | it refuses us before it has seen a letter (greeting, STARTTLS, AUTH), or for want of a log-in (530, 534, 535, 538) | [`MailError::Later`]: a wrong password must not cost a hospital its letters |
///
/// Connections are kept for a while and used again, one letter at a time; more letters than
/// [`SmtpSettings::max_connections`] wait for their turn. A connection whose talk was cut short, by a time-out or
/// because the caller gave up, is never used again: a late answer would be taken for the next letter's.
///
/// `lettre` is built without its `tracing` feature, and must be: it logs every line of the talk, letters included.
pub struct Smtp {
    door: Door,
    pool: Pool,
    send_timeout: Duration,
}

impl Smtp {
    /// Checks the settings and reads the extra CA file; connects to nobody yet.
    pub fn new(settings: &SmtpSettings) -> Result<Self, SettingsError> {
        Ok(Self {
            door: Door::new(settings)?,
            pool: Pool::new(settings.max_connections),
            send_timeout: settings.send_timeout(),
        })
    }
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, _scope: &TenantScope, mail: &Mail) -> Result<(), MailError> {
        mail.check()?;
        let letter = letter::compose(mail)?;
        // A turn comes when another letter is done, which the time limits bound.
        let patience = self.door.timeout() + self.send_timeout;
        let Ok(turn) = timeout(patience, self.pool.turn()).await else {
            return Err(MailError::Later("all connections are in use".into()));
        };
        let mut line = match self.pool.take().await {
            Some(line) => line,
            None => self.door.open().await?,
        };
        let answer =
            timeout(self.send_timeout, line.connection.send(letter.envelope(), &letter.formatted())).await;
        match answer {
            Ok(Ok(response)) => {
                answer::accepted(&response)?;
                self.pool.put_back(line);
                drop(turn);
                Ok(())
            }
            Ok(Err(error)) => Err(answer::to_letter(&error)),
            Err(_) => Err(MailError::Later("the server did not answer in time".into())),
        }
    }

    fn describe(&self) -> String {
        self.door.describe()
    }
}
