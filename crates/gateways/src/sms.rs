//! The port for SMS: one short text to one telephone number.

mod ask;
mod kavenegar;
mod outbox;
mod twilio;

pub use kavenegar::{Kavenegar, KavenegarSettings};
pub use outbox::SmsOutbox;
pub use twilio::{Twilio, TwilioSettings};

use async_trait::async_trait;
use std::borrow::Cow;
use std::fmt;
use ward_domain::contact;
use ward_domain::id::MessageId;
use ward_domain::tenancy::TenantScope;
use ward_domain::time::Time;

/// Longest text, in characters: some five parts of an SMS in any script.
pub const MAX_SMS: usize = 335;

/// Takes texts out of the house.
#[async_trait]
pub trait SmsSender: Send + Sync {
    /// Hands one text over. `Ok` means that the other side has taken responsibility for it.
    ///
    /// Not safe to repeat by itself: a telephone shows what comes twice twice. So an adapter tells what was surely not
    /// sent ([`SmsError::Later`]) from what may have been ([`SmsError::Unknown`]), and sends each request once.
    async fn send(&self, scope: &TenantScope, sms: &Sms) -> Result<(), SmsError>;

    /// What is left to send with, in the provider's own unit; `None` where nothing is paid for.
    async fn credit(&self) -> Result<Option<f64>, SmsError>;

    /// Whether texts leave this machine.
    fn is_real(&self) -> bool;

    /// The adapter and where it delivers to, for the operator; no secrets in it.
    fn describe(&self) -> String;
}

/// One text.
#[derive(Clone, PartialEq, Eq)]
pub struct Sms {
    /// Its id, the same at every attempt.
    pub message_id: MessageId,
    /// When it was written; the same at every attempt.
    pub at: Time,
    /// The number it goes to, with its country's code.
    pub to: String,
    /// Plain text, at most [`MAX_SMS`] characters.
    pub text: String,
}

impl fmt::Debug for Sms {
    /// A text is somebody's matter, and may hold a code: only its id may end up in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sms").field("message_id", &self.message_id).finish_non_exhaustive()
    }
}

impl Sms {
    /// Refuses what no adapter may let out; every adapter asks this first.
    pub fn check(&self) -> Result<(), SmsError> {
        let never = |reason| Err(SmsError::Never(Cow::Borrowed(reason)));
        if contact::phone_key(&self.to).as_ref() != Some(&self.to) || !self.to.starts_with('+') {
            return never("the recipient's number is not one with its country's code");
        }
        if self.text.is_empty() || contact::paragraph(&self.text, MAX_SMS).is_none() {
            return never("the text is empty, too long or holds control characters");
        }
        Ok(())
    }
}

/// Why a text was not taken. The reason is for the operator: it holds a status or an error code at most, never a
/// number, a key, nor words of the text or of the other side.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SmsError {
    /// It was not sent and may be later.
    #[error("not now: {0}")]
    Later(Cow<'static, str>),
    /// It was not sent and never will be.
    #[error("refused: {0}")]
    Never(Cow<'static, str>),
    /// It may have been sent: not to be repeated.
    #[error("not known: {0}")]
    Unknown(Cow<'static, str>),
}

impl SmsError {
    /// The reason alone.
    pub fn reason(&self) -> &str {
        match self {
            Self::Later(reason) | Self::Never(reason) | Self::Unknown(reason) => reason,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use ward_domain::id::Id;

    /// A text that every adapter takes.
    pub(crate) fn text() -> Sms {
        Sms {
            message_id: Id::new(77).unwrap().into(),
            at: Time::parse("2025-01-20T09:00:00Z").unwrap(),
            to: "+989123456789".into(),
            text: "012345 is your code".into(),
        }
    }

    #[test]
    fn what_is_no_number_or_no_text_is_refused_and_a_log_says_neither() {
        assert_eq!(text().check(), Ok(()));
        assert_eq!(Sms { text: "کد شما ۰۱۲۳۴۵\nاست".into(), ..text() }.check(), Ok(()));
        for bad in [
            Sms { to: "09123456789".into(), ..text() },
            Sms { to: "+98 912 345 6789".into(), ..text() },
            Sms { to: "+989123456789,+989000000000".into(), ..text() },
            Sms { to: String::new(), ..text() },
            Sms { text: String::new(), ..text() },
            Sms { text: "bell \u{7}".into(), ..text() },
            Sms { text: "x".repeat(MAX_SMS + 1), ..text() },
        ] {
            assert!(matches!(bad.check(), Err(SmsError::Never(_))), "{} {}", bad.to, bad.text);
        }
        assert_eq!(format!("{:?}", text()), "Sms { message_id: 77, .. }");
    }
}
