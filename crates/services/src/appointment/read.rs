//! One appointment.

use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use ward_domain::calendar::Appointment;
use ward_domain::id::Id;
use ward_domain::policy::{self, Action, Resource, Role};
use ward_domain::refusal::Refusal;

/// An appointment that the caller may see.
pub async fn read(house: &House, ctx: &Ctx, id: Id) -> Result<Versioned<Appointment>, Fail> {
    let found = house.appointment(ctx, id, Action::Read).await?;
    house.trace_one(ctx, Action::Read, Resource::Appointment, id, &[found.document.patient]).await?;
    Ok(found)
}

impl House {
    /// An appointment that the caller may act on. A patient is not told that another's exists.
    pub(crate) async fn appointment(
        &self,
        ctx: &Ctx,
        id: Id,
        action: Action,
    ) -> Result<Versioned<Appointment>, Fail> {
        let missing = || Fail::from(Refusal::not_found("Appointment"));
        let found = self.find::<Appointment>(&ctx.scope, id).await?.ok_or_else(missing)?;
        let own = found.document.patient == ctx.user || found.document.doctor == ctx.user;
        if ctx.role == Role::Patient
            && !policy::grant(ctx.role, Resource::Appointment, Action::Read).covers(own)
        {
            self.trace_refusal(ctx, Resource::Appointment, action).await?;
            return Err(missing());
        }
        self.permit(ctx, Resource::Appointment, action, own).await?;
        Ok(found)
    }
}
