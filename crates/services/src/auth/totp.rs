//! The second factor: set up, used up, and taken away.

use super::code::{Second, random};
use crate::audit::Attempt;
use crate::qr;
use crate::{Ctx, Fail, House};
use ward_domain::account::totp::{SECRET_BYTES, Totp};
use ward_domain::account::{Account, AccountCommand, LogInCheck};
use ward_domain::audit::Deed;
use ward_domain::id::Id;
use ward_domain::policy::Action;
use ward_domain::refusal::Refusal;

/// What an authenticator app is given. It is shown once.
pub struct Enrolment {
    /// The secret in base32, for those who type it.
    pub secret: String,
    /// The `otpauth://` address.
    pub uri: String,
    /// The address as a picture: a PNG.
    pub qr: Vec<u8>,
}

/// Begins to set a second factor up; it counts from [`confirm_totp`] on.
pub async fn begin_totp(house: &House, ctx: &Ctx) -> Result<Enrolment, Fail> {
    let account = house.own_account(ctx).await?;
    let secret = random::<SECRET_BYTES>()?;
    let command = AccountCommand::BeginTotp { secret };
    house.actors.accounts.ask(&ctx.scope, ctx.user.id(), ctx.deadline, command).await?;
    let totp = Totp::new(&secret);
    let profile = &account.profile;
    let name = if profile.email.is_empty() { &profile.username } else { &profile.email };
    let uri = totp.uri(&house.called(&ctx.scope).await?, name);
    let qr = qr::png(&uri)?;
    house.trace_self(ctx, Deed::BeginTotp).await?;
    Ok(Enrolment { secret: totp.base32(), uri, qr })
}

/// Ends setting it up with the first code; gives the recovery codes, which are never shown again.
pub async fn confirm_totp(house: &House, ctx: &Ctx, code: String) -> Result<Vec<String>, Fail> {
    let (codes, recovery) = house.new_recovery_codes(ctx.user)?;
    let command = AccountCommand::ConfirmTotp { code, recovery };
    house.actors.accounts.ask(&ctx.scope, ctx.user.id(), ctx.deadline, command).await?;
    house.trace_self(ctx, Deed::ConfirmTotp).await?;
    Ok(codes)
}

/// New recovery codes in the place of all others, for a code of now.
pub async fn renew_recovery_codes(house: &House, ctx: &Ctx, code: String) -> Result<Vec<String>, Fail> {
    let (codes, recovery) = house.new_recovery_codes(ctx.user)?;
    let command = AccountCommand::RenewRecovery { code, recovery: recovery.clone() };
    let state = house.actors.accounts.ask(&ctx.scope, ctx.user.id(), ctx.deadline, command).await?;
    let kept = state.proofs.and_then(|proofs| proofs.totp);
    if kept.is_none_or(|totp| totp.recovery() != recovery) {
        return Err(Refusal::field("code", "This is not the code of now.").into());
    }
    house.trace_self(ctx, Deed::RenewRecovery).await?;
    Ok(codes)
}

/// Takes the caller's second factor away, for their password and a code.
pub async fn remove_totp(house: &House, ctx: &Ctx, password: String, shown: &Second) -> Result<(), Fail> {
    let account = house.own_account(ctx).await?;
    account.failures.check(house.env.now())?;
    let hash = account.password_hash;
    let right = house.passwords.matches(password, Some(hash.clone())).await?;
    let check = if right { LogInCheck::Right { hash } } else { LogInCheck::Wrong };
    let command = AccountCommand::RemoveTotp { check, second: house.second_factor(ctx.user, shown) };
    let state = house.actors.accounts.ask(&ctx.scope, ctx.user.id(), ctx.deadline, command).await?;
    if state.proofs.is_some_and(|proofs| proofs.has_totp()) {
        return Err(match (right, shown) {
            (false, _) => Refusal::field("password", "This is not your password."),
            (true, Second::Code(_)) => Refusal::field("code", "This is not the code of now."),
            (true, Second::Recovery(_)) => {
                Refusal::field("recovery_code", "This is none of your recovery codes.")
            }
        }
        .into());
    }
    house.trace_self(ctx, Deed::RemoveTotp).await
}

/// Takes another's second factor away: for those who lost their device. Every session of theirs ends.
pub async fn reset_totp(house: &House, ctx: &Ctx, id: Id) -> Result<(), Fail> {
    let account =
        house.find::<Account>(&ctx.scope, id).await?.ok_or_else(|| Refusal::not_found("User"))?.document;
    house.permit(ctx, account.role.resource(), Action::Delete, false).await?;
    let attempt = Attempt::with(Action::Update, &account);
    let told = house.actors.accounts.ask(&ctx.scope, id, ctx.deadline, AccountCommand::ResetTotp).await;
    house.refusable(ctx, &attempt, told).await?;
    house.trace_deed(ctx, Deed::ResetTotp, account.role.resource(), Some(account.id.id()), Vec::new()).await
}
