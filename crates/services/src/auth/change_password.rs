//! Changing one's password: every other session ends.

use crate::{Ctx, Fail, House};
use ward_domain::account::{Account, AccountCommand};
use ward_domain::audit::Deed;
use ward_domain::contact::check_password;
use ward_domain::refusal::{FieldErrors, Refusal};

/// The old password and the new one.
pub struct ChangePassword {
    /// The one in use.
    pub old: String,
    /// The one to be.
    pub new: String,
}

/// Changes the caller's password.
pub async fn change_password(house: &House, ctx: &Ctx, change: ChangePassword) -> Result<(), Fail> {
    let account = house
        .find::<Account>(&ctx.scope, ctx.user.id())
        .await?
        .ok_or_else(|| Refusal::not_found("User"))?
        .document;
    let mut errors = FieldErrors::default();
    let profile = &account.profile;
    check_password(
        &change.new,
        &[&profile.email, &profile.username, &profile.phone_number],
        "new_password",
        &mut errors,
    );
    errors.finish()?;
    account.failures.check(house.env.now())?;
    if !house.passwords.matches(change.old, Some(account.password_hash)).await? {
        let accounts = &house.actors.accounts;
        accounts.ask(&ctx.scope, ctx.user.id(), ctx.deadline, AccountCommand::WrongPassword).await?;
        return Err(Refusal::field("old_password", "This is not your password.").into());
    }
    let hash = house.passwords.hash(change.new).await?;
    let command = AccountCommand::SetPassword { hash, keep: Some(ctx.session) };
    house.actors.accounts.ask(&ctx.scope, ctx.user.id(), ctx.deadline, command).await?;
    house.trace_self(ctx, Deed::ChangePassword).await
}
