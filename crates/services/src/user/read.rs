//! One account.

use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use ward_domain::account::Account;
use ward_domain::id::Id;
use ward_domain::policy::{self, Action, Role};
use ward_domain::refusal::Refusal;

/// An account of the caller's hospital. One that the caller may not see is not there for a patient: whether someone
/// is a patient here is itself nobody's business.
pub async fn read(house: &House, ctx: &Ctx, id: Id) -> Result<Versioned<Account>, Fail> {
    let account = house.find::<Account>(&ctx.scope, id).await?.ok_or_else(|| Refusal::not_found("User"))?;
    let (role, own) = (account.document.role, account.document.id == ctx.user);
    if ctx.role == Role::Patient && !policy::grant(ctx.role, role.resource(), Action::Read).covers(own) {
        house.trace_refusal(ctx, role.resource(), Action::Read).await?;
        return Err(Refusal::not_found("User").into());
    }
    house.permit(ctx, role.resource(), Action::Read, own).await?;
    house.trace_account(ctx, Action::Read, role.resource(), &account.document).await?;
    Ok(account)
}

/// The caller's own account.
pub async fn me(house: &House, ctx: &Ctx) -> Result<Versioned<Account>, Fail> {
    read(house, ctx, ctx.user.id()).await
}
