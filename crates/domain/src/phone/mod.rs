//! What a telephone number opens: one-time codes by SMS, invitations into a role, and a doctor's access to what is kept
//! of a patient, which the patient gives by reading a code out.
//!
//! Numbers are compared by a keyed hash; a number itself stands only in the documents that must show or ring it.

mod access;
mod code;
mod grant;
mod invitation;
pub mod words;

pub use access::{ACCESS_HOURS, AccessKind, AccessStatus, Ended, Granted, MAX_REASON, PatientAccess};
pub use code::{
    CODE_DIGITS, CODE_GUESSES, CODE_SECONDS, CODES_AN_HOUR, PhoneCode, PhoneCodeAnswer, PhoneCodeCommand,
    RESEND_SECONDS, Shown, as_typed, document_id, six_digits,
};
pub use grant::{PhoneGrant, PhoneGrantCommand};
pub use invitation::{INVITATION_DAYS, Invitation};

use crate::contact::phone_key;

/// A number as an SMS gateway reaches it: its key, which must begin with the country's code (ITU-T E.164).
pub fn reachable(text: &str) -> Option<String> {
    phone_key(text).filter(|key| key.starts_with('+') && key.len() >= 8)
}

/// What to say of a number that [`reachable`] does not take.
pub const UNREACHABLE: &str = "Enter the number with its country's code, such as +989123456789.";
