//! Showing that an e-mail address is one's own: by a code that comes there.

use crate::{Ctx, Fail, House};
use ward_domain::account::code::CodePurpose;
use ward_domain::account::{Account, AccountCommand};
use ward_domain::audit::Deed;
use ward_domain::refusal::Refusal;
use ward_domain::tenancy::TenantScope;

/// Posts a code to the caller's address.
pub async fn ask_verify_email(house: &House, ctx: &Ctx) -> Result<(), Fail> {
    let account = house.own_account(ctx).await?;
    house.post_code(&ctx.scope, &account, CodePurpose::VerifyEmail).await?;
    house.trace_self(ctx, Deed::AskVerifyEmail).await
}

/// Takes the code: the address is the caller's.
pub async fn verify_email(house: &House, ctx: &Ctx, code: &str) -> Result<(), Fail> {
    let code = house.one_time_hash(ctx.user, CodePurpose::VerifyEmail, code);
    let command = AccountCommand::VerifyEmail { code };
    let state = house.actors.accounts.ask(&ctx.scope, ctx.user.id(), ctx.deadline, command).await?;
    if !state.account.is_some_and(|account| account.email_verified) {
        return Err(Refusal::field("code", "This code is wrong, or good no more: ask for a new one.").into());
    }
    house.trace_self(ctx, Deed::VerifyEmail).await
}

impl House {
    /// The account of whoever asks.
    pub(super) async fn own_account(&self, ctx: &Ctx) -> Result<Account, Fail> {
        let found = self.find::<Account>(&ctx.scope, ctx.user.id()).await?;
        Ok(found.ok_or_else(|| Refusal::not_found("User"))?.document)
    }

    /// Posts the code to someone who has just registered. They are registered all the same if that does not work now.
    pub(super) async fn welcome(&self, scope: &TenantScope, account: &Account) {
        if account.profile.email.is_empty() {
            return;
        }
        if let Err(fail) = self.post_code(scope, account, CodePurpose::VerifyEmail).await {
            tracing::warn!(%fail, "a code to verify an address could not be posted");
        }
    }
}
