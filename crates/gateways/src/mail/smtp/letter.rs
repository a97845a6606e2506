//! A letter in the form that goes over the wire (RFC 5322, MIME).

use crate::mail::{Mail, MailError};
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, SinglePart};
use lettre::{Address, Message};
use std::time::{Duration, SystemTime};
use ward_domain::id::IdKind;

/// `Auto-Submitted: auto-generated` (RFC 3834 section 5): keeps out-of-office answers from answering a machine.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Composes a letter that [`Mail::check`] has passed. Headers and text outside ASCII are encoded, so that only an
/// address may ask anything special of the server (SMTPUTF8).
pub(super) fn compose(mail: &Mail) -> Result<Message, MailError> {
    let from = address(&mail.from.address)?;
    let message_id = format!("<{}@{}>", mail.message_id.id().prefixed(IdKind::Message), from.domain());
    let name = Some(mail.from.name.clone()).filter(|name| !name.is_empty());
    let millis = u64::try_from(mail.at.millis()).unwrap_or(0);
    Message::builder()
        .message_id(Some(message_id))
        .date(SystemTime::UNIX_EPOCH + Duration::from_millis(millis))
        .from(Mailbox::new(name, from))
        .to(Mailbox::new(None, address(&mail.to)?))
        .subject(mail.subject.clone())
        .header(AutoSubmitted)
        .singlepart(SinglePart::plain(mail.text.clone()))
        .map_err(|_| MailError::Never("the letter cannot be composed".into()))
}

fn address(text: &str) -> Result<Address, MailError> {
    text.parse().map_err(|_| MailError::Never("an address is not one that SMTP can carry".into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Sender;
    use crate::mail::tests::letter;
    use proptest::prelude::*;

    const HEADERS: [&str; 9] = [
        "Message-ID",
        "Date",
        "From",
        "To",
        "Subject",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    ];

    fn wire(mail: &Mail) -> String {
        String::from_utf8(compose(mail).unwrap().formatted()).unwrap()
    }

    #[test]
    fn an_attempt_reads_like_the_one_before() {
        let text = wire(&letter());
        assert_eq!(text, wire(&letter()));
        assert!(text.contains("Message-ID: <msg_77@hospital.example>\r\n"), "{text}");
        assert!(text.contains("Date: Mon, 20 Jan 2025 09:00:00 +0000\r\n"), "{text}");
        assert!(text.contains("Auto-Submitted: auto-generated\r\n"), "{text}");
    }

    #[test]
    fn the_wire_is_ascii_in_any_script_and_lines_stay_short() {
        let from =
            Sender { name: "بیمارستان میلاد".into(), address: "info@milad.example".into() };
        let text = format!("{}\n.\n{}", "نوبت شما فرداست ".repeat(200), "x".repeat(3000));
        let text = wire(&Mail { from, subject: "یادآوری نوبت ".repeat(10), text, ..letter() });
        assert!(text.is_ascii());
        // RFC 5322 section 2.1.1
        assert!(text.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])));
    }

    #[test]
    fn a_subject_that_slipped_past_the_check_still_adds_no_header() {
        let text = wire(&Mail { subject: "s\r\nBcc: y@evil.example".into(), ..letter() });
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.lines().all(|line| !line.to_lowercase().starts_with("bcc")), "{head}");
    }

    proptest! {
        /// The library ends in a panic over a name that it cannot quote, so whatever the check passes must be sound.
        #[test]
        fn whatever_the_check_passes_composes_to_the_same_headers(
            name in "\\PC{0,80}|[ -~]{0,80}|.{0,20}",
            subject in "\\PC{1,120}|[ -~]{1,120}|.{1,20}",
            text in "(\\PC|\n|\r|\t){0,300}",
        ) {
            let from = Sender { name, address: "ward@hospital.example".into() };
            let mail = Mail { from, subject, text, ..letter() };
            if mail.check().is_ok() {
                let wire = wire(&mail);
                let (head, _) = wire.split_once("\r\n\r\n").unwrap();
                let starts = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
                let names: Vec<&str> = starts.map(|line| line.split(':').next().unwrap_or(line)).collect();
                prop_assert_eq!(names, HEADERS);
            }
        }
    }
}
