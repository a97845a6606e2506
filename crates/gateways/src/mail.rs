//! The port for mail: one letter of plain text to one person.

mod outbox;
#[cfg(feature = "double")]
pub mod server;
mod smtp;

pub use outbox::OutboxFolder;
pub use smtp::{Password, Security, SettingsError, Smtp, SmtpSettings};

use async_trait::async_trait;
use serde::Deserialize;
use std::borrow::Cow;
use std::fmt;
use ward_domain::contact;
use ward_domain::id::MessageId;
use ward_domain::tenancy::TenantScope;
use ward_domain::time::Time;

/// Longest subject, in characters.
pub const MAX_SUBJECT: usize = 200;
/// Longest text, in characters.
pub const MAX_TEXT: usize = 100_000;

/// Takes letters out of the house.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands one letter over. `Ok` means that the other side has taken responsibility for it.
    ///
    /// Safe to repeat: an attempt whose outcome is not known (a time-out, a crash) is made again with the same
    /// [`Mail::message_id`], by which the other side can tell that it is the same letter. Dropping the future gives
    /// the attempt up; the letter may have gone out.
    async fn send(&self, scope: &TenantScope, mail: &Mail) -> Result<(), MailError>;

    /// The adapter and where it delivers to, for the operator; no secrets in it.
    fn describe(&self) -> String;
}

/// Who a letter comes from. From settings.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// The name that mail programs show; empty for none.
    #[serde(default)]
    pub name: String,
    /// The address, which also gets the answers.
    pub address: String,
}

/// One letter.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// Its id, the same at every attempt: the `Message-ID` header and the outbox's file name are made of it.
    pub message_id: MessageId,
    /// When it was written; the same at every attempt.
    pub at: Time,
    /// Who it comes from.
    pub from: Sender,
    /// The address it goes to.
    pub to: String,
    /// One line, at most [`MAX_SUBJECT`] characters.
    pub subject: String,
    /// Plain text, at most [`MAX_TEXT`] characters.
    pub text: String,
}

impl fmt::Debug for Mail {
    /// A letter is a patient's matter: only its id may end up in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("message_id", &self.message_id).finish_non_exhaustive()
    }
}

impl Mail {
    /// Refuses what no adapter may let out: addresses that are none, anything over its limit, and control characters
    /// where a line is meant, with which a text could add headers or recipients of its own.
    ///
    /// Every adapter asks this first, so that what passes on a developer's machine passes in production too.
    pub fn check(&self) -> Result<(), MailError> {
        let never = |reason| Err(MailError::Never(Cow::Borrowed(reason)));
        if !is_address(&self.to) {
            return never("the recipient's address is not one");
        }
        if !is_address(&self.from.address) {
            return never("the sender's address is not one");
        }
        if !self.from.name.is_empty() && !is_line(&self.from.name, contact::MAX_NAME) {
            return never("the sender's name is too long or not one line");
        }
        if !is_line(&self.subject, MAX_SUBJECT) {
            return never("the subject is empty, too long or not one line");
        }
        if contact::paragraph(&self.text, MAX_TEXT).is_none() {
            return never("the text is too long or holds control characters");
        }
        Ok(())
    }
}

/// True for an address that is written exactly as it is to be used.
fn is_address(text: &str) -> bool {
    text.trim() == text && contact::email_key(text).is_some()
}

/// True for one line of text. A line break at either end counts too: nothing is trimmed on the way to a header.
fn is_line(text: &str, max: usize) -> bool {
    contact::line(text, max).is_some() && !text.chars().any(char::is_control)
}

/// Why a letter was not taken. The reason is for the operator: it holds an SMTP reply code and an enhanced status
/// code (RFC 3463) at most, never an address, nor words of the letter or of the other side.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// It may be taken later, or may have been taken already: try again with the same id.
    #[error("not now: {0}")]
    Later(Cow<'static, str>),
    /// It will never be taken.
    #[error("refused: {0}")]
    Never(Cow<'static, str>),
}

impl MailError {
    /// The reason alone.
    pub fn reason(&self) -> &str {
        match self {
            Self::Later(reason) | Self::Never(reason) => reason,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use ward_domain::id::Id;

    /// A letter that every adapter takes.
    pub(crate) fn letter() -> Mail {
        Mail {
            message_id: Id::new(77).unwrap().into(),
            at: Time::parse("2025-01-20T09:00:00Z").unwrap(),
            from: Sender { name: "Ward".into(), address: "ward@hospital.example".into() },
            to: "someone@home.example".into(),
            subject: "Your appointment".into(),
            text: "Dear patient,\nuntil tomorrow.".into(),
        }
    }

    #[test]
    fn a_letter_in_any_script_passes() {
        assert_eq!(letter().check(), Ok(()));
        let from =
            Sender { name: "بیمارستان میلاد".into(), address: "info@milad.example".into() };
        let text = "سلام،\nنوبت شما فرداست.\tساعت ۹".into();
        assert_eq!(Mail { from, subject: "یادآوری نوبت".into(), text, ..letter() }.check(), Ok(()));
    }

    #[test]
    fn whatever_could_add_a_header_or_a_recipient_is_refused() {
        let from = |name: &str, address: &str| Sender { name: name.into(), address: address.into() };
        let bad = [
            Mail { subject: "Hi\r\nBcc: all@evil.example".into(), ..letter() },
            Mail { subject: "Hi\nX: y".into(), ..letter() },
            Mail { subject: "\r\nBcc: all@evil.example".into(), ..letter() },
            Mail { subject: "Hi\r\n\r\n".into(), ..letter() },
            Mail { subject: "nul \0".into(), ..letter() },
            Mail { subject: String::new(), ..letter() },
            Mail { subject: "x".repeat(MAX_SUBJECT + 1), ..letter() },
            Mail { text: "x".repeat(MAX_TEXT + 1), ..letter() },
            Mail { text: "bell \u{7}".into(), ..letter() },
            Mail { from: from("Ward\r\nBcc: all@evil.example", "ward@hospital.example"), ..letter() },
            Mail { from: from("Ward", "ward@hospital.example>\r\nRCPT TO:<all@evil.example"), ..letter() },
            Mail { to: "a@home.example,b@evil.example".into(), ..letter() },
            Mail { to: "a@home.example> SIZE=1".into(), ..letter() },
            Mail { to: "a@home.example\r\nRCPT TO:<b@evil.example>".into(), ..letter() },
            Mail { to: " a@home.example".into(), ..letter() },
        ];
        for mail in bad {
            let refused = mail.check().unwrap_err();
            assert!(matches!(refused, MailError::Never(_)), "{} {}", mail.to, mail.subject);
            assert!(!refused.to_string().contains("example"), "{refused}");
        }
    }

    #[test]
    fn a_letter_in_a_log_is_its_id() {
        assert_eq!(format!("{:?}", letter()), "Mail { message_id: 77, .. }");
    }
}
