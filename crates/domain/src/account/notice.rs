//! What an account's owner is told of by mail when it changes, so that a stranger's doing does not go unnoticed.

use crate::time::Time;
use crate::zone::Zone;
use serde::{Deserialize, Serialize};

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecurityChange {
    /// The password.
    Password,
    /// A second factor was set up.
    TotpOn,
    /// The second factor was taken away.
    TotpOff,
}

/// Subject and body of the notice.
pub fn notice(change: SecurityChange, from: &str, at: Time, zone: &Zone) -> (String, String) {
    let (subject, happened) = match change {
        SecurityChange::Password => ("Your password was changed", "The password of your account was changed"),
        SecurityChange::TotpOn => (
            "Log-in codes are in use now",
            "Logging in to your account asks for a code of your authenticator app now",
        ),
        SecurityChange::TotpOff => {
            ("Log-in codes are not in use any more", "Logging in to your account asks for no code any more")
        }
    };
    let when = zone.written(at);
    let body = format!(
        "{happened} at {from} ({when}).\n\n\
         If it was you, you need not do anything. If not, ask for a new password at once and tell {from}.\n"
    );
    (format!("{subject} at {from}"), body)
}
