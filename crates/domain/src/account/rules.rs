//! What can be told to an account, and what it answers.

use super::{Account, AccountFacts, Failures, Profile, Session};
use crate::decision::{Change, Decision, Happening};
use crate::hospital::check_version;
use crate::id::SessionId;
use crate::record::{ClaimKey, ClaimOp};
use crate::refusal::{Kind, Refusal};
use crate::time::{MINUTE, Time};

/// Wrong passwords in a row before the account is locked.
pub const MAX_FAILURES: u32 = 5;
/// The longest lock: it doubles from a minute up to this.
pub const MAX_LOCK_MINUTES: i64 = 60;
/// Sessions of one account at once; a further log-in ends the oldest.
pub const MAX_SESSIONS: usize = 20;

/// What checking a password against a hash said, off the actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogInCheck {
    /// It matches the hash given here.
    Right {
        /// The hash it was checked against: if the password was changed meanwhile, the log-in is refused.
        hash: String,
    },
    /// It does not.
    Wrong,
}

/// What can be told to an account.
#[derive(Debug, Clone)]
pub enum AccountCommand {
    /// Makes it.
    Create {
        /// The whole account.
        account: Box<Account>,
        /// Further claims of the same commit: the hospital's first administrator, a request's key.
        claims: Vec<ClaimOp>,
    },
    /// Changes who they are.
    Edit {
        /// All of it.
        profile: Box<Profile>,
        /// The keyed hashes of the log-ins of that profile, hex.
        log_ins: Vec<String>,
        /// The version that the caller edits, if they said.
        if_version: Option<u64>,
    },
    /// Lets them log in, or not (any more: that ends every session).
    SetActive(
        /// Whether they may.
        bool,
    ),
    /// Sets a new password and ends every other session.
    SetPassword {
        /// Argon2id in PHC form.
        hash: String,
        /// The session that stays.
        keep: Option<SessionId>,
    },
    /// Opens a session, or counts a wrong password.
    LogIn {
        /// What the check said.
        check: LogInCheck,
        /// The session that opens if all is well.
        session: Box<Session>,
    },
    /// Ends a session.
    LogOut {
        /// Which.
        session: SessionId,
    },
}

/// An account as its actor holds it.
#[derive(Debug, Clone, Default)]
pub struct AccountState {
    /// The account, once made.
    pub account: Option<Account>,
    /// Its open sessions, oldest first.
    pub sessions: Vec<Session>,
}

impl AccountState {
    /// Decides a command; `version` is the aggregate's. A wrong password is a decision (it is counted), so the caller
    /// looks at the state that follows: the session is open if it is among [`AccountState::sessions`].
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
        let mut next = Self { account: None, sessions: self.sessions.clone() };
        let mut after = account.clone();
        let mut claims = Vec::new();
        let mut visible = true;
        match command {
            AccountCommand::Create { .. } => {}
            AccountCommand::Edit { profile, log_ins, if_version } => {
                check_version(*if_version, version)?;
                after.profile = (**profile).clone();
                after.log_ins.clone_from(log_ins);
                claims = moved_log_ins(account, &after);
            }
            AccountCommand::SetActive(active) => {
                if account.active == *active {
                    return Ok((Decision::default(), self.clone()));
                }
                after.active = *active;
                after.failures = Failures::default();
                if !active {
                    next.sessions.clear();
                }
            }
            AccountCommand::SetPassword { hash, keep } => {
                after.password_hash.clone_from(hash);
                after.failures = Failures::default();
                next.sessions.retain(|session| Some(session.id) == *keep);
            }
            AccountCommand::LogIn { check, session } => {
                log_in(&mut after, &mut next.sessions, now, check, session)?;
                visible = false;
            }
            AccountCommand::LogOut { session } => {
                next.sessions.retain(|open| open.id != *session);
                visible = false;
            }
        }
        if visible {
            after.updated_at = now;
        }
        let mut changes = Vec::new();
        if after != *account {
            changes.push(Change::update(account, &after));
        }
        let gone = self.sessions.iter().filter(|old| !next.sessions.iter().any(|open| open.id == old.id));
        changes.extend(gone.map(Change::remove));
        let come = next.sessions.iter().filter(|open| !self.sessions.iter().any(|old| old.id == open.id));
        changes.extend(come.map(Change::create));
        let mut happenings = Vec::new();
        if visible {
            happenings.push(changed(&after, false));
        }
        if after.profile.full_name() != account.profile.full_name() {
            happenings.push(Happening::PersonRenamed { user: after.id });
        }
        next.account = Some(after);
        Ok((Decision { changes, claims, happenings }, next))
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
            happenings: vec![changed(account, true)],
        };
        Ok((decision, Self { account: Some(account.clone()), sessions: Vec::new() }))
    }
}

fn changed(account: &Account, created: bool) -> Happening {
    let then = AccountFacts { role: account.role, active: account.active, created };
    Happening::AccountChanged { user: account.id, then: Some(then) }
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

fn log_in(
    account: &mut Account,
    sessions: &mut Vec<Session>,
    now: Time,
    check: &LogInCheck,
    session: &Session,
) -> Result<(), Refusal> {
    if let Some(until) = account.failures.locked_until.filter(|until| *until > now) {
        let seconds = u32::try_from((until.millis() - now.millis()) / 1000 + 1).unwrap_or(u32::MAX);
        let refusal = Refusal::new(
            Kind::Limited,
            "account_locked",
            "Too many wrong passwords: wait before you try again.",
        );
        return Err(Refusal { retry_after_seconds: Some(seconds), ..refusal });
    }
    match check {
        LogInCheck::Right { hash } if *hash == account.password_hash && account.active => {
            account.failures = Failures::default();
            account.last_log_in = Some(now);
            sessions.retain(|open| open.expires_at > now);
            while sessions.len() >= MAX_SESSIONS {
                sessions.remove(0);
            }
            sessions.push(session.clone());
        }
        // The password was changed, or the account deactivated, between the check and now: nobody's failure.
        LogInCheck::Right { .. } => {}
        LogInCheck::Wrong => {
            let count = account.failures.count.saturating_add(1);
            let over = count.saturating_sub(MAX_FAILURES);
            let minutes = (1_i64 << over.min(10)).min(MAX_LOCK_MINUTES);
            let locked_until = (count >= MAX_FAILURES).then(|| now.plus(minutes * MINUTE));
            account.failures = Failures { count, locked_until };
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
