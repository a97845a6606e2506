//! Codes and the second factor, as commands of the account.

use super::code::CodePurpose;
use super::command::LogInCheck;
use super::notice::SecurityChange;
use super::proofs::Proofs;
use super::rules::Work;
use super::totp::{SECRET_BYTES, SecondFactor, Totp};
use crate::refusal::Refusal;
use crate::time::Time;

impl Work {
    fn proofs(&mut self) -> &mut Proofs {
        let user = self.account.id;
        self.proofs.get_or_insert_with(|| Proofs::new(user))
    }

    pub(super) fn issue_code(&mut self, now: Time, purpose: CodePurpose, hash: &str) -> Result<(), Refusal> {
        if !self.account.active {
            return Err(Refusal::not_found("User"));
        }
        if self.account.profile.email.is_empty() {
            return Err(Refusal::impossible("no_email", "This account has no e-mail address."));
        }
        if purpose == CodePurpose::VerifyEmail && self.account.email_verified {
            return Err(Refusal::conflict("email_verified", "This e-mail address is verified already."));
        }
        self.proofs().codes(purpose).issue(now, hash)
    }

    pub(super) fn redeem(&mut self, now: Time, purpose: CodePurpose, hash: &str) -> bool {
        self.proofs.as_mut().is_some_and(|proofs| proofs.codes(purpose).redeem(now, hash))
    }

    pub(super) fn begin_totp(&mut self, secret: &[u8; SECRET_BYTES]) -> Result<(), Refusal> {
        if self.proofs().has_totp() {
            return Err(Refusal::conflict(
                "totp_active",
                "Log-ins ask for a code already: remove that first to set up another one.",
            ));
        }
        self.proofs().totp = Some(Totp::new(secret));
        Ok(())
    }

    pub(super) fn confirm_totp(&mut self, now: Time, code: &str, recovery: &[String]) -> Result<(), Refusal> {
        let Some(totp) = &mut self.proofs().totp else {
            return Err(Refusal::conflict("totp_not_begun", "Begin to set it up first."));
        };
        if totp.active {
            return Err(Refusal::conflict("totp_active", "Log-ins ask for a code already."));
        }
        // Whoever asks was shown the secret: there is nothing to guess, so nothing is counted.
        if !totp.take(now, &SecondFactor::Code(code.to_owned())) {
            return Err(Refusal::field(
                "code",
                "This is not the code of now: look at the clock of the device, and try the next one.",
            ));
        }
        totp.active = true;
        totp.set_recovery(recovery);
        self.notice = Some(SecurityChange::TotpOn);
        Ok(())
    }

    /// A wrong code is counted; the caller sees by the codes that are left whether it was right.
    pub(super) fn renew_recovery(
        &mut self,
        now: Time,
        code: &str,
        recovery: &[String],
    ) -> Result<(), Refusal> {
        self.account.failures.check(now)?;
        let shown = SecondFactor::Code(code.to_owned());
        let Some(totp) = self.proofs.as_mut().and_then(Proofs::active_totp) else { return Err(none()) };
        if totp.take(now, &shown) {
            totp.set_recovery(recovery);
        } else {
            self.account.failures = self.account.failures.and_another(now);
        }
        Ok(())
    }

    pub(super) fn remove_totp(
        &mut self,
        now: Time,
        check: &LogInCheck,
        second: &SecondFactor,
    ) -> Result<(), Refusal> {
        if !self.proofs.as_ref().is_some_and(Proofs::has_totp) {
            return Err(none());
        }
        if self.prove(now, check, Some(second))? {
            self.proofs().totp = None;
            self.notice = Some(SecurityChange::TotpOff);
        }
        Ok(())
    }

    pub(super) fn reset_totp(&mut self) {
        if let Some(proofs) = &mut self.proofs
            && proofs.totp.take().is_some_and(|totp| totp.active)
        {
            self.notice = Some(SecurityChange::TotpOff);
            // Whoever had it taken away is not there yet; whoever had the device may be.
            self.sessions.clear();
        }
    }
}

fn none() -> Refusal {
    Refusal::conflict("totp_inactive", "Log-ins of this account ask for no code.")
}
