//! Ending the session that asks.

use crate::{Ctx, Fail, House};
use ward_domain::account::AccountCommand;
use ward_domain::audit::Deed;

/// Ends the caller's session: its tokens are dead from the next request on.
pub async fn log_out(house: &House, ctx: &Ctx) -> Result<(), Fail> {
    let command = AccountCommand::LogOut { session: ctx.session };
    house.actors.accounts.ask(&ctx.scope, ctx.user.id(), ctx.deadline, command).await?;
    house.trace_self(ctx, Deed::LogOut).await
}
