//! One place on a waiting list.

use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use ward_domain::calendar::WaitingEntry;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource, Role};
use ward_domain::refusal::Refusal;

/// An entry that the caller may see.
pub async fn read(house: &House, ctx: &Ctx, id: Id) -> Result<Versioned<WaitingEntry>, Fail> {
    let found = house.waiting_entry(ctx, id, Action::Read).await?;
    house.trace_one(ctx, Action::Read, Resource::WaitingEntry, id, &[found.document.patient]).await?;
    Ok(found)
}

impl House {
    /// An entry that the caller may act on. A patient is not told that another's exists.
    pub(crate) async fn waiting_entry(
        &self,
        ctx: &Ctx,
        id: Id,
        action: Action,
    ) -> Result<Versioned<WaitingEntry>, Fail> {
        let missing = || Fail::from(Refusal::not_found("Waiting list entry"));
        let found = self.find::<WaitingEntry>(&ctx.scope, id).await?.ok_or_else(missing)?;
        let own = found.document.patient == ctx.user || found.document.doctor == ctx.user;
        if ctx.role == Role::Patient && !own {
            self.trace_refusal(ctx, Resource::WaitingEntry, action).await?;
            return Err(missing());
        }
        self.permit(ctx, Resource::WaitingEntry, action, own).await?;
        Ok(found)
    }
}
