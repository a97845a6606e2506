//! What else proves who someone is, beside the password: codes by mail and the second factor. A document of its own,
//! because nobody who reads an account has any use for it.

use super::code::{CodePurpose, Codes};
use super::totp::Totp;
use crate::id::{Id, UserId};
use crate::record::{Document, IndexRow, RecordKind};
use serde::{Deserialize, Serialize};

/// The proofs of an account, under the account's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proofs {
    /// Whose.
    pub user: UserId,
    /// Codes for a new password.
    #[serde(default)]
    reset: Codes,
    /// Codes that confirm the e-mail address.
    #[serde(default)]
    verify: Codes,
    /// The second factor, if they set one up.
    #[serde(default)]
    pub totp: Option<Totp>,
}

impl Proofs {
    /// None yet.
    pub fn new(user: UserId) -> Self {
        Self { user, reset: Codes::default(), verify: Codes::default(), totp: None }
    }

    /// The codes of a purpose.
    pub fn codes(&mut self, purpose: CodePurpose) -> &mut Codes {
        match purpose {
            CodePurpose::ResetPassword => &mut self.reset,
            CodePurpose::VerifyEmail => &mut self.verify,
        }
    }

    /// Takes back all codes that went to an address.
    pub fn revoke_codes(&mut self) {
        self.reset.revoke();
        self.verify.revoke();
    }

    /// The second factor, where log-ins ask for it.
    pub fn active_totp(&mut self) -> Option<&mut Totp> {
        self.totp.as_mut().filter(|totp| totp.active)
    }

    /// Whether log-ins ask for a second factor.
    pub fn has_totp(&self) -> bool {
        self.totp.as_ref().is_some_and(|totp| totp.active)
    }
}

impl Document for Proofs {
    const KIND: RecordKind = RecordKind::Proofs;
    fn record_id(&self) -> Id {
        self.user.id()
    }
    fn index(&self) -> Vec<IndexRow> {
        Vec::new()
    }
}
