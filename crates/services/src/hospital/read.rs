//! One hospital.

use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use ward_domain::hospital::{Hospital, HospitalStatus};
use ward_domain::id::Id;
use ward_domain::policy::{self, Action, Resource};
use ward_domain::refusal::Refusal;
use ward_tenants::platform;

/// A hospital: the caller's own, or any for the platform admin. Another's is not there.
pub async fn read(house: &House, ctx: &Ctx, id: Id) -> Result<Versioned<Hospital>, Fail> {
    house.hospital(ctx, id, Action::Read).await
}

impl House {
    /// A hospital that the caller may act on; one that they may not even see is not there.
    pub(crate) async fn hospital(
        &self,
        ctx: &Ctx,
        id: Id,
        action: Action,
    ) -> Result<Versioned<Hospital>, Fail> {
        let own = ctx.scope.tenant().get() == id.get();
        if !policy::grant(ctx.role, Resource::Hospital, Action::Read).covers(own) {
            return Err(Refusal::not_found("Hospital").into());
        }
        self.permit(ctx, Resource::Hospital, action, own).await?;
        let found = self.find::<Hospital>(&platform(), id).await?;
        let found = found.filter(|hospital| hospital.document.status != HospitalStatus::Deleted);
        found.ok_or_else(|| Refusal::not_found("Hospital").into())
    }
}
