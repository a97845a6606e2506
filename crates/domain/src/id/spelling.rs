//! How the APIs spell an id: a prefix and a number, or a UUID that carries the kind and the number.

use super::Id;
use std::fmt::Write as _;

/// The spelling cannot be read as an id of the kind that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid id")]
pub struct ParseIdError;

/// What an id names, as far as a spelling says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum IdKind {
    /// A user; Mark's patients are `pat_`.
    Patient = 1,
    /// A conversation, `conv_`.
    Conversation = 2,
    /// An appointment, `apt_`.
    Appointment = 3,
    /// A message, `msg_`.
    Message = 4,
    /// A webhook, `wh_`.
    Webhook = 5,
    /// An event, `evt_`.
    Event = 6,
    /// A log-in session.
    Session = 7,
    /// An account of any role.
    User = 8,
    /// A recorded consultation.
    Encounter = 9,
    /// A payment transaction.
    Transaction = 10,
}

impl IdKind {
    /// The prefix of the prefixed spelling.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Patient => "pat_",
            Self::Conversation => "conv_",
            Self::Appointment => "apt_",
            Self::Message => "msg_",
            Self::Webhook => "wh_",
            Self::Event => "evt_",
            Self::Session => "ses_",
            Self::User => "usr_",
            Self::Encounter => "enc_",
            Self::Transaction => "txn_",
        }
    }
}

impl Id {
    /// `apt_123`: Mark's spelling.
    pub fn prefixed(self, kind: IdKind) -> String {
        format!("{}{}", kind.prefix(), self.get())
    }

    /// Reads [`Id::prefixed`] of the same kind.
    pub fn from_prefixed(kind: IdKind, text: &str) -> Result<Self, ParseIdError> {
        text.strip_prefix(kind.prefix()).ok_or(ParseIdError).and_then(Self::from_number)
    }

    /// Reads a plain decimal number: no sign, no leading zero, at most 53 bits.
    pub fn from_number(text: &str) -> Result<Self, ParseIdError> {
        let plain = !text.is_empty()
            && text.bytes().all(|b| b.is_ascii_digit())
            && (text == "0" || !text.starts_with('0'));
        if !plain {
            return Err(ParseIdError);
        }
        text.parse().ok().and_then(Self::new).ok_or(ParseIdError)
    }

    /// A UUID of version 8 (RFC 9562 section 5.8: free for the application) with kind and number inside: it needs no
    /// look-up to be read back. Layout: 48 bits of number, version, 5 bits of number and kind, variant, a check.
    pub fn to_uuid(self, kind: IdKind) -> String {
        let number = u128::from(self.get());
        let kind_bits = u128::from(kind as u8);
        let check = u128::from(check(self.get(), kind));
        let bits = ((number >> 5) << 80)
            | (8 << 76)
            | ((number & 0x1f) << 71)
            | (kind_bits << 64)
            | (0b10 << 62)
            | check;
        let hex = format!("{bits:032x}");
        let mut text = String::with_capacity(36);
        for (index, part) in
            [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].iter().enumerate()
        {
            let _ = write!(text, "{}{part}", if index == 0 { "" } else { "-" });
        }
        text
    }

    /// Reads [`Id::to_uuid`] of the same kind; any other UUID is refused.
    pub fn from_uuid(kind: IdKind, text: &str) -> Result<Self, ParseIdError> {
        let bytes = text.as_bytes();
        let shaped = bytes.len() == 36 && [8, 13, 18, 23].iter().all(|&at| bytes[at] == b'-');
        if !shaped {
            return Err(ParseIdError);
        }
        let hex: String = text.chars().filter(|c| *c != '-').collect();
        if hex.len() != 32 || hex.starts_with('+') {
            return Err(ParseIdError);
        }
        let bits = u128::from_str_radix(&hex, 16).map_err(|_| ParseIdError)?;
        let number = u64::try_from(((bits >> 80) << 5) | ((bits >> 71) & 0x1f)).map_err(|_| ParseIdError)?;
        let id = Self::new(number).ok_or(ParseIdError)?;
        if id.to_uuid(kind) == text.to_ascii_lowercase() { Ok(id) } else { Err(ParseIdError) }
    }
}

/// 62 bits that differ for every number and kind: they make a mistyped UUID unreadable. Not a secret.
const fn check(number: u64, kind: IdKind) -> u64 {
    let mut x = number ^ ((kind as u64) << 56);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (x ^ (x >> 31)) & ((1 << 62) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_spelling_reads_back(number in 0..=super::super::MAX) {
            let id = Id::new(number).unwrap();
            prop_assert_eq!(Id::from_number(&id.to_string()), Ok(id));
            prop_assert_eq!(Id::from_prefixed(IdKind::Appointment, &id.prefixed(IdKind::Appointment)), Ok(id));
            let uuid = id.to_uuid(IdKind::Encounter);
            prop_assert_eq!(&uuid[14..15], "8");
            prop_assert_eq!(Id::from_uuid(IdKind::Encounter, &uuid), Ok(id));
            prop_assert_eq!(Id::from_uuid(IdKind::Session, &uuid), Err(ParseIdError));
        }

        #[test]
        fn any_text_is_refused_or_read_without_a_panic(text in ".{0,40}") {
            let _ = Id::from_uuid(IdKind::User, &text);
            let _ = Id::from_number(&text);
        }
    }

    #[test]
    fn numbers_that_are_not_ids() {
        for text in ["", "-1", "+1", "01", "9007199254740992", "99999999999999999999", "1.0", "١"] {
            assert_eq!(Id::from_number(text), Err(ParseIdError), "{text}");
        }
    }
}
