//! Letting someone log in, or not any more.

use crate::audit::Attempt;
use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use ward_domain::account::{Account, AccountCommand};
use ward_domain::id::Id;
use ward_domain::policy::{Action, Role};
use ward_domain::record::{Key, List};
use ward_domain::refusal::Refusal;
use ward_store::Bounds;

/// Activates or deactivates an account. Deactivation ends every session at once. The last administrator stays.
pub async fn set_active(house: &House, ctx: &Ctx, id: Id, active: bool) -> Result<Versioned<Account>, Fail> {
    let account =
        house.find::<Account>(&ctx.scope, id).await?.ok_or_else(|| Refusal::not_found("User"))?.document;
    let resource = account.role.resource();
    house.permit(ctx, resource, Action::Delete, false).await?;
    let action = if active { Action::Update } else { Action::Delete };
    let attempt = Attempt::with(action, &account);
    house.refusable(ctx, &attempt, make(house, ctx, &account, active).await).await?;
    let after = house.find::<Account>(&ctx.scope, id).await?.ok_or_else(|| Refusal::not_found("User"))?;
    house.trace_account(ctx, action, resource, &after.document).await?;
    Ok(after)
}

async fn make(house: &House, ctx: &Ctx, account: &Account, active: bool) -> Result<(), Fail> {
    if !active && account.active && matches!(account.role, Role::HospitalAdmin | Role::PlatformAdmin) {
        let eq = Key::of(account.role.code()).and(1);
        if house.env.store.count(&ctx.scope, List::UsersByRoleActive, &eq, Bounds::ALL).await? <= 1 {
            return Err(Refusal::conflict(
                "last_admin",
                "This is the last active administrator: name another one first.",
            )
            .into());
        }
    }
    let seat = if active && !account.active {
        house.tenancy.seat_for_account(&ctx.scope, account.role).await?
    } else {
        None
    };
    house
        .actors
        .accounts
        .ask(&ctx.scope, account.id.id(), ctx.deadline, AccountCommand::SetActive(active))
        .await?;
    drop(seat);
    Ok(())
}
