//! A new password without the old one: a code by mail, which says nothing of who has an account.

use super::log_in::candidates;
use crate::{Fail, House, RequestMeta};
use std::sync::Arc;
use std::time::Duration;
use ward_domain::account::code::CodePurpose;
use ward_domain::account::{Account, AccountCommand};
use ward_domain::audit::{AuditOutcome, Deed};
use ward_domain::contact::check_password;
use ward_domain::id::Id;
use ward_domain::refusal::{FieldErrors, Refusal};

/// When a request is answered, whatever there was to do: longer than the work takes on a machine that is not overloaded.
const ANSWER_AFTER: Duration = Duration::from_millis(250);

/// Whose password is forgotten.
#[derive(Debug, Clone)]
pub struct Forgotten {
    /// E-mail address, user name or telephone number.
    pub log_in: String,
    /// The hospital, where they say it.
    pub hospital: Option<Id>,
}

/// The code that came, and the password to be.
pub struct NewPassword {
    /// By what they log in.
    pub log_in: String,
    /// The hospital, where they say it.
    pub hospital: Option<Id>,
    /// The code.
    pub code: String,
    /// The password.
    pub password: String,
}

/// Posts a code to every account that this log-in has where it is looked for. The answer, and when it comes, is the same
/// if there is none, none with an address, or one that was given too many codes.
pub async fn ask_reset(house: &Arc<House>, meta: &RequestMeta, asked: Forgotten) -> Result<(), Fail> {
    let answered = tokio::time::sleep(ANSWER_AFTER);
    // A hospital that is not the host's is wrong whoever asks.
    house.named_tenant(meta, asked.hospital).await?;
    let (work, meta) = (Arc::clone(house), meta.clone());
    house.env.tasks.spawn(async move {
        if let Err(fail) = post(&work, &meta, &asked).await {
            tracing::warn!(%fail, "a code for a new password could not be posted");
        }
    });
    answered.await;
    Ok(())
}

async fn post(house: &House, meta: &RequestMeta, asked: &Forgotten) -> Result<(), Fail> {
    for (scope, user) in candidates(house, meta, &asked.log_in, asked.hospital).await? {
        let account = house.find::<Account>(&scope, user.id()).await?.map(|found| found.document);
        let Some(account) = account.filter(|one| one.active && !one.profile.email.is_empty()) else {
            continue;
        };
        let outcome = match house.post_code(&scope, &account, CodePurpose::ResetPassword).await {
            Ok(()) => AuditOutcome::Success,
            Err(Fail::Refused(_)) => AuditOutcome::Refused,
            Err(fault) => return Err(fault),
        };
        house.trace_stranger(&scope, meta, Deed::AskResetPassword, user, outcome).await?;
    }
    Ok(())
}

/// Sets a new password by a code. Every session of the account ends, and its owner is told by mail.
pub async fn reset_password(house: &House, meta: &RequestMeta, new: NewPassword) -> Result<(), Fail> {
    let answered = tokio::time::sleep(ANSWER_AFTER);
    let NewPassword { log_in, hospital, code, password } = new;
    let mut errors = FieldErrors::default();
    check_password(&password, &[&log_in], "password", &mut errors);
    errors.finish()?;
    // Hashed whether there is an account or not: it is most of what this takes.
    let hash = house.passwords.hash(password).await?;
    let mut done = false;
    for (scope, user) in candidates(house, meta, &log_in, hospital).await? {
        let code = house.one_time_hash(user, CodePurpose::ResetPassword, &code);
        let command = AccountCommand::ResetPassword { code, password: hash.clone() };
        let state = house.actors.accounts.ask(&scope, user.id(), house.settings.deadline, command).await?;
        let account = state.account.filter(|account| account.password_hash == hash);
        let outcome = if account.is_some() { AuditOutcome::Success } else { AuditOutcome::Refused };
        house.trace_stranger(&scope, meta, Deed::ResetPassword, user, outcome).await?;
        if let Some(account) = account {
            house.guard.right(account.log_in_hashes());
            done = true;
        }
    }
    if done {
        return Ok(());
    }
    answered.await;
    Err(Refusal::field("code", "This code is wrong, or good no more: ask for a new one.").into())
}
