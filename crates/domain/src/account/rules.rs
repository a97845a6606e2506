//! What an account makes of what it is told.

use super::code::CodePurpose;
use super::command::{AccountCommand, LogInCheck};
use super::merge::MergePlan;
use super::notice::SecurityChange;
use super::proofs::Proofs;
use super::{Account, AccountFacts, CalendarLink, Failures, Session, add_link, revoke_link};
use crate::contact::{email_key, phone_key};
use crate::courier::{MessageRequest, Occasion};
use crate::decision::{Change, Decision, Happening};
use crate::hospital::check_version;
use crate::record::{ClaimKey, ClaimOp, Document};
use crate::refusal::{Kind, Refusal};
use crate::time::Time;

const PHONE_UNPROVEN: &str =
    "Nobody has vouched for this number yet: log in with the password, or have the hospital save it.";
/// Sessions of one account at once; a further log-in ends the oldest.
pub const MAX_SESSIONS: usize = 20;

/// An account as its actor holds it.
#[derive(Debug, Clone, Default)]
pub struct AccountState {
    /// The account, once made.
    pub account: Option<Account>,
    /// Its open sessions, oldest first.
    pub sessions: Vec<Session>,
    /// Codes and second factor, once there is one.
    pub proofs: Option<Proofs>,
    /// How it is merged into another one, if it ever was to be.
    pub merge: Option<MergePlan>,
    /// The links to their calendar; in hand only for what is about them.
    pub links: Vec<CalendarLink>,
}

/// An account while a command is carried out on it.
pub(super) struct Work {
    pub account: Account,
    pub sessions: Vec<Session>,
    pub proofs: Option<Proofs>,
    pub merge: Option<MergePlan>,
    pub claims: Vec<ClaimOp>,
    /// Whether those who look at the account see a change.
    pub visible: bool,
    /// What its owner is told of.
    pub notice: Option<SecurityChange>,
}

impl AccountState {
    /// Decides a command; `version` is the aggregate's. A wrong password, code or second factor is a decision (it is
    /// counted), so the caller looks at the state that follows: the session is open if it is among
    /// [`AccountState::sessions`].
    pub fn decide(
        &self,
        now: Time,
        version: u64,
        command: &AccountCommand,
    ) -> Result<(Decision, Self), Refusal> {
        if let AccountCommand::Create { account, claims } = command {
            return self.create(account, claims);
        }
        let Some(account) = &self.account else { return Err(Refusal::not_found("User")) };
        match command {
            AccountCommand::AddCalendarLink { link, claims } => {
                return Ok((add_link(account, &self.links, link, claims)?, self.clone()));
            }
            AccountCommand::RevokeCalendarLink(id) => {
                return Ok((revoke_link(&self.links, *id)?, self.clone()));
            }
            _ => {}
        }
        let mut work = Work {
            account: account.clone(),
            sessions: self.sessions.clone(),
            proofs: self.proofs.clone(),
            merge: self.merge.clone(),
            claims: Vec::new(),
            visible: false,
            notice: None,
        };
        work.carry_out(now, version, command)?;
        Ok(self.became(account, work, now))
    }

    fn create(&self, account: &Account, claims: &[ClaimOp]) -> Result<(Decision, Self), Refusal> {
        if self.account.is_some() {
            return Err(Refusal::conflict("user_exists", "This user exists already."));
        }
        let mut all = claims.to_vec();
        all.extend(account.log_in_hashes().map(|hash| take(&hash)));
        let decision = Decision {
            changes: vec![Change::create(account)],
            claims: all,
            happenings: vec![account_changed(account, true)],
        };
        Ok((decision, Self { account: Some(account.clone()), ..Self::default() }))
    }

    /// The difference between what was and what was made of it.
    fn became(&self, before: &Account, work: Work, now: Time) -> (Decision, Self) {
        let Work { account: mut after, sessions, proofs, merge, mut claims, visible, notice } = work;
        if visible {
            after.updated_at = now;
        }
        claims.extend(moved_log_ins(before, &after));
        let mut changes = Vec::new();
        changes.extend(changed(Some(before), Some(&after)));
        for old in &self.sessions {
            changes.extend(changed(Some(old), sessions.iter().find(|open| open.id == old.id)));
        }
        let come = sessions.iter().filter(|open| !self.sessions.iter().any(|old| old.id == open.id));
        changes.extend(come.map(Change::create));
        changes.extend(changed(self.proofs.as_ref(), proofs.as_ref()));
        changes.extend(changed(self.merge.as_ref(), merge.as_ref()));
        let mut happenings = Vec::new();
        if visible {
            happenings.push(account_changed(&after, false));
        }
        if after.profile.full_name() != before.profile.full_name() {
            happenings.push(Happening::PersonRenamed { user: after.id });
        }
        if let Some(change) = notice.filter(|_| !after.profile.email.is_empty()) {
            let occasion = Occasion::AccountSecured { change, at: now };
            happenings.push(Happening::MessageRequested {
                message: MessageRequest { recipient: Some(after.id), occasion },
            });
        }
        let next = Self { account: Some(after), sessions, proofs, merge, links: Vec::new() };
        (Decision { changes, claims, happenings }, next)
    }
}

fn account_changed(account: &Account, created: bool) -> Happening {
    let then = AccountFacts { role: account.role, active: account.active, created };
    Happening::AccountChanged { user: account.id, then: Some(then) }
}

fn changed<D: Document + PartialEq>(before: Option<&D>, after: Option<&D>) -> Option<Change> {
    match (before, after) {
        (Some(before), Some(after)) if before == after => None,
        (Some(before), Some(after)) => Some(Change::update(before, after)),
        (None, Some(after)) => Some(Change::create(after)),
        (Some(before), None) => Some(Change::remove(before)),
        (None, None) => None,
    }
}

fn take(hash: &[u8; 16]) -> ClaimOp {
    ClaimOp::Take { key: ClaimKey::log_in(hash), body: Vec::new(), expires: None }
}

/// Claims for log-ins that are new, and back with those that are gone.
fn moved_log_ins(before: &Account, after: &Account) -> Vec<ClaimOp> {
    let (old, new): (Vec<_>, Vec<_>) = (before.log_in_hashes().collect(), after.log_in_hashes().collect());
    let gone = old
        .iter()
        .filter(|hash| !new.contains(hash))
        .map(|hash| ClaimOp::Release { key: ClaimKey::log_in(hash) });
    let come = new.iter().filter(|hash| !old.contains(hash)).map(take);
    gone.chain(come).collect()
}

impl Work {
    fn carry_out(&mut self, now: Time, version: u64, command: &AccountCommand) -> Result<(), Refusal> {
        match command {
            // Decided before.
            AccountCommand::Create { .. }
            | AccountCommand::AddCalendarLink { .. }
            | AccountCommand::RevokeCalendarLink(_) => {}
            AccountCommand::Edit { profile, log_ins, fingerprints, own, if_version } => {
                check_version(*if_version, version)?;
                self.check_unmerged()?;
                if email_key(&profile.email) != email_key(&self.account.profile.email) {
                    self.account.email_verified = false;
                    if let Some(proofs) = &mut self.proofs {
                        proofs.revoke_codes();
                    }
                }
                let same_phone =
                    phone_key(&profile.phone_number) == phone_key(&self.account.profile.phone_number);
                // Whoever else changes it vouches for it.
                self.account.phone_unproven = *own && (self.account.phone_unproven || !same_phone);
                self.account.profile = (**profile).clone();
                self.account.log_ins.clone_from(log_ins);
                self.account.fingerprints.clone_from(fingerprints);
                self.visible = true;
            }
            AccountCommand::SetActive(active) => self.set_active(*active)?,
            AccountCommand::SetPassword { hash, keep } => {
                self.check_unmerged()?;
                self.set_password(hash);
                self.sessions.retain(|session| Some(session.id) == *keep);
            }
            AccountCommand::LogIn { check, second, session } => {
                if self.prove(now, check, second.as_ref())? {
                    self.open(now, session);
                }
            }
            AccountCommand::WrongPassword => {
                self.account.failures.check(now)?;
                self.account.failures = self.account.failures.and_another(now);
            }
            AccountCommand::LogOut { session } => self.sessions.retain(|open| open.id != *session),
            AccountCommand::EndOthers { keep } => self.sessions.retain(|open| open.id == *keep),
            AccountCommand::Renewed { session } => {
                if let Some(open) = self.sessions.iter_mut().find(|open| open.id == *session) {
                    open.renew(now);
                }
            }
            AccountCommand::IssueCode { purpose, hash } => self.issue_code(now, *purpose, hash)?,
            AccountCommand::ResetPassword { code, password } => {
                if self.account.active && self.redeem(now, CodePurpose::ResetPassword, code) {
                    self.set_password(password);
                    self.sessions.clear();
                    // Whoever has the code reads the mail.
                    self.account.email_verified = true;
                }
            }
            AccountCommand::VerifyEmail { code } => {
                if self.account.active && self.redeem(now, CodePurpose::VerifyEmail, code) {
                    self.account.email_verified = true;
                    self.visible = true;
                }
            }
            AccountCommand::BeginTotp { secret } => self.begin_totp(secret)?,
            AccountCommand::ConfirmTotp { code, recovery } => self.confirm_totp(now, code, recovery)?,
            AccountCommand::RenewRecovery { code, recovery } => self.renew_recovery(now, code, recovery)?,
            AccountCommand::RemoveTotp { check, second } => self.remove_totp(now, check, second)?,
            AccountCommand::ResetTotp => self.reset_totp(),
            AccountCommand::BeginMerge(plan) => self.begin_merge(now, plan)?,
            AccountCommand::CarryMergeOn(progress) => self.carry_merge_on(now, progress),
            AccountCommand::AddAllergies(text) => self.add_allergies(text),
        }
        Ok(())
    }

    /// An account that was merged into another is another's history: nothing of it changes any more.
    fn check_unmerged(&self) -> Result<(), Refusal> {
        match self.account.merged_into {
            Some(_) => Err(Refusal::conflict("account_merged", "This account was merged into another one.")),
            None => Ok(()),
        }
    }

    fn set_active(&mut self, active: bool) -> Result<(), Refusal> {
        if self.account.active == active {
            return Ok(());
        }
        self.check_unmerged()?;
        self.account.active = active;
        self.account.failures = Failures::default();
        self.visible = true;
        if !active {
            self.sessions.clear();
        }
        Ok(())
    }

    fn set_password(&mut self, hash: &str) {
        hash.clone_into(&mut self.account.password_hash);
        self.account.failures = Failures::default();
        // A code that was asked for before would open the account to whoever asked.
        if let Some(proofs) = &mut self.proofs {
            proofs.codes(CodePurpose::ResetPassword).revoke();
        }
        self.visible = true;
        self.notice = Some(SecurityChange::Password);
    }

    /// Whether password, and second factor where there is one, are right. Wrong ones are counted; while there were too
    /// many, nothing is tried.
    pub(super) fn prove(
        &mut self,
        now: Time,
        check: &LogInCheck,
        second: Option<&super::SecondFactor>,
    ) -> Result<bool, Refusal> {
        self.account.failures.check(now)?;
        let stands = match check {
            LogInCheck::Right { hash } => *hash == self.account.password_hash,
            // A number may be somebody's user name too.
            LogInCheck::Phone { log_in, phone } => {
                self.account.log_ins.contains(log_in)
                    && phone_key(&self.account.profile.phone_number) == phone_key(phone)
            }
            LogInCheck::Wrong => false,
        };
        if stands && self.account.phone_unproven && matches!(check, LogInCheck::Phone { .. }) {
            return Err(Refusal::new(Kind::Forbidden, "phone_unproven", PHONE_UNPROVEN));
        }
        let right = match check {
            LogInCheck::Right { .. } | LogInCheck::Phone { .. } if stands && self.account.active => {
                match (self.proofs.as_mut().and_then(Proofs::active_totp), second) {
                    (None, _) => true,
                    (Some(totp), Some(shown)) => totp.take(now, shown),
                    (Some(_), None) => {
                        let message = "A code of your authenticator app is needed.";
                        return Err(Refusal::new(Kind::Unauthenticated, "totp_required", message));
                    }
                }
            }
            // The password was changed, or the account deactivated, between the check and now: nobody's failure.
            LogInCheck::Right { .. } | LogInCheck::Phone { .. } => return Ok(false),
            LogInCheck::Wrong => false,
        };
        self.account.failures =
            if right { Failures::default() } else { self.account.failures.and_another(now) };
        Ok(right)
    }

    fn open(&mut self, now: Time, session: &Session) {
        self.account.last_log_in = Some(now);
        self.sessions.retain(|open| open.expires_at > now);
        while self.sessions.len() >= MAX_SESSIONS {
            self.sessions.remove(0);
        }
        self.sessions.push(session.clone());
    }
}

#[cfg(test)]
mod tests;
