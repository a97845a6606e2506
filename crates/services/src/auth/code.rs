//! One-time codes: drawn, kept as a keyed hash, and posted.
//!
//! The account keeps the hash only, and no event holds the code: it goes to the courier in a message of its own, whose
//! body is sealed at rest and forgotten once it is on its way. A crash between the two loses the letter, never the
//! account: its owner asks again.

use crate::{Fail, House};
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use ward_actors::Actors;
use ward_actors::courier::{CodeLetter, CourierMessage};
use ward_domain::account::code::{self, CODE_BYTES, CODE_MINUTES, CodePurpose};
use ward_domain::account::totp::{RECOVERY_BYTES, RECOVERY_CODES};
use ward_domain::account::{Account, AccountCommand, SecondFactor};
use ward_domain::courier::Channel;
use ward_domain::id::UserId;
use ward_domain::secret::hex;
use ward_domain::tenancy::TenantScope;
use ward_domain::time::MINUTE;

/// What someone shows beside their password, as they typed it.
#[derive(Clone)]
pub enum Second {
    /// The six digits of the authenticator app.
    Code(String),
    /// A recovery code.
    Recovery(String),
}

impl std::fmt::Debug for Second {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Second(…)")
    }
}

/// What recovery codes are hashed with beside the user.
const RECOVERY: &str = "recovery";

/// Secret random bytes.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Fail> {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).map_err(|error| Fail::Fault(format!("no randomness: {error}")))?;
    Ok(bytes)
}

impl House {
    /// The keyed hash of a code, hex: of one purpose, for one user.
    fn code_hash(&self, user: UserId, purpose: &str, typed: &str) -> String {
        let key = self.log_in_key.derive("codes");
        hex(&key.mac(&[purpose.as_bytes(), &user.get().to_be_bytes(), code::code_key(typed).as_bytes()]))
    }

    /// The keyed hash of a one-time code.
    pub(super) fn one_time_hash(&self, user: UserId, purpose: CodePurpose, typed: &str) -> String {
        self.code_hash(user, purpose.word(), typed)
    }

    /// What was shown, as the account compares it.
    pub(super) fn second_factor(&self, user: UserId, shown: &Second) -> SecondFactor {
        match shown {
            Second::Code(code) => SecondFactor::Code(code.clone()),
            Second::Recovery(typed) => SecondFactor::Recovery(self.code_hash(user, RECOVERY, typed)),
        }
    }

    /// New recovery codes, and their keyed hashes.
    pub(super) fn new_recovery_codes(&self, user: UserId) -> Result<(Vec<String>, Vec<String>), Fail> {
        let mut codes = Vec::with_capacity(RECOVERY_CODES);
        for _ in 0..RECOVERY_CODES {
            codes.push(code::spelled(&random::<RECOVERY_BYTES>()?));
        }
        let hashes = codes.iter().map(|code| self.code_hash(user, RECOVERY, code)).collect();
        Ok((codes, hashes))
    }

    /// Who writes: the hospital, or the platform.
    pub(crate) async fn called(&self, scope: &TenantScope) -> Result<String, Fail> {
        let hospital = self.tenancy.register.find(scope.tenant()).await?;
        Ok(hospital.map_or_else(|| self.env.sender.name.clone(), |hospital| hospital.profile.name.clone()))
    }

    /// Draws a code for an account and posts it to its address. Refused where there were too many, or there is no address.
    pub(super) async fn post_code(
        &self,
        scope: &TenantScope,
        account: &Account,
        purpose: CodePurpose,
    ) -> Result<(), Fail> {
        let code = code::spelled(&random::<CODE_BYTES>()?);
        let command =
            AccountCommand::IssueCode { purpose, hash: self.one_time_hash(account.id, purpose, &code) };
        let deadline = self.settings.deadline;
        let state = self.actors.accounts.ask(scope, account.id.id(), deadline, command).await?;
        // Where it goes is what the account says now: an address that changed meanwhile took the code back.
        let Some(account) = state.account else { return Ok(()) };
        let (subject, body) = code::letter(purpose, &self.called(scope).await?, &code);
        let letter = CodeLetter {
            channel: Channel::Mail,
            recipient: Some(account.id),
            to: account.profile.email,
            subject,
            body,
            until: self.env.now().plus(CODE_MINUTES * MINUTE),
        };
        let message = CourierMessage::Post(Box::new(letter));
        Ok(self.actors.couriers.ask(scope, Actors::of_hospital(scope), deadline, message).await?)
    }
}
