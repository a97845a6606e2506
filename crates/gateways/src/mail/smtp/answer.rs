//! What a server's answer means for a letter.

use crate::mail::MailError;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::response::{Code, Response, Severity};
use std::error::Error as _;
use std::io;

/// Replies that ask for another log-in (RFC 4954 section 6), whatever the command that they answer.
const LOG_IN_REFUSED: [u16; 4] = [530, 534, 535, 538];

/// A letter is taken by a 2xx after its last line. Anything else that the client let pass means that answers and
/// questions are out of step, as somebody on the way can bring about who adds an answer in the clear behind that to
/// STARTTLS: the client library keeps it and reads it as one that came by TLS.
pub(super) fn accepted(response: &Response) -> Result<(), MailError> {
    if response.code().severity == Severity::PositiveCompletion {
        return Ok(());
    }
    Err(MailError::Later(format!("SMTP {} where a letter is taken or refused", response.code()).into()))
}

/// For an error before the server was asked to take a letter: it says nothing about the letter.
pub(super) fn to_us(error: &Error) -> MailError {
    MailError::Later(reason(error).into())
}

/// For an error in the talk about one letter.
pub(super) fn to_letter(error: &Error) -> MailError {
    let reason = reason(error).into();
    let wants_log_in = error.status().is_some_and(|code| LOG_IN_REFUSED.contains(&u16::from(code)));
    // What the client itself refuses after the greeting is an address that this server cannot take (no SMTPUTF8).
    if (error.is_permanent() || error.is_client()) && !wants_log_in {
        MailError::Never(reason)
    } else {
        MailError::Later(reason)
    }
}

/// Codes, or a kind of trouble: never the server's own words, which like to repeat addresses.
fn reason(error: &Error) -> String {
    if let Some(code) = error.status() {
        let words = error.source().map(ToString::to_string).unwrap_or_default();
        return match enhanced(code, &words) {
            Some(enhanced) => format!("SMTP {code} {enhanced}"),
            None => format!("SMTP {code}"),
        };
    }
    if let Some(kind) = io_kind(error) {
        // A TLS library reports a certificate that it does not trust as data that it does not like.
        return if kind == io::ErrorKind::InvalidData {
            "TLS failed".into()
        } else {
            format!("connection: {kind:?}")
        };
    }
    if error.is_client() {
        "the server does not offer what is needed (TLS, a way to log in, or international addresses)".into()
    } else if error.is_response() {
        "the server's answer is not SMTP".into()
    } else {
        "connection failed".into()
    }
}

fn io_kind(error: &Error) -> Option<io::ErrorKind> {
    let mut next = error.source();
    while let Some(source) = next {
        if let Some(io) = source.downcast_ref::<io::Error>() {
            return Some(io.kind());
        }
        next = source.source();
    }
    None
}

/// The enhanced status code (RFC 3463) at the head of a reply's text, if its class is that of the reply.
fn enhanced(code: Code, words: &str) -> Option<&str> {
    let word = words.split_whitespace().next()?;
    let parts: Vec<&str> = word.split('.').collect();
    let [class, subject, detail] = parts[..] else { return None };
    let number = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    let same_class = class == (u16::from(code) / 100).to_string();
    (same_class && number(subject) && number(detail)).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lettre::transport::smtp::response::{Category, Detail};

    #[test]
    fn an_enhanced_code_is_taken_only_where_it_is_one() {
        let code = Code::new(Severity::PermanentNegativeCompletion, Category::MailSystem, Detail::Zero);
        for (words, expected) in [
            ("5.1.1 no such user someone@home.example", Some("5.1.1")),
            ("5.7.509 policy", Some("5.7.509")),
            ("4.1.1 another class", None),
            ("5.1.someone@home.example", None),
            ("5.1.1234 too long", None),
            ("someone@home.example unknown", None),
            ("", None),
        ] {
            assert_eq!(enhanced(code, words), expected, "{words}");
        }
    }

    #[test]
    fn only_a_2xx_is_a_yes() {
        let reply = |severity| Response::new(Code::new(severity, Category::MailSystem, Detail::Zero), vec![]);
        assert!(accepted(&reply(Severity::PositiveCompletion)).is_ok());
        assert!(accepted(&reply(Severity::PositiveIntermediate)).is_err());
    }
}
