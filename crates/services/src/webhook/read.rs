//! One endpoint.

use crate::audit::Attempt;
use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use ward_domain::face::Face;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::Refusal;
use ward_domain::webhook::{Webhook, WebhookStatus};

/// An endpoint.
pub async fn read(house: &House, ctx: &Ctx, face: Face, id: Id) -> Result<Versioned<Webhook>, Fail> {
    let found = house.webhook(ctx, face, id, Action::Read).await?;
    house.trace_one(ctx, Action::Read, Resource::Webhook, id, &[]).await?;
    Ok(found)
}

impl House {
    /// An endpoint of this API that the caller may act on.
    pub(super) async fn webhook(
        &self,
        ctx: &Ctx,
        face: Face,
        id: Id,
        action: Action,
    ) -> Result<Versioned<Webhook>, Fail> {
        self.permit(ctx, Resource::Webhook, action, false).await?;
        let there = |found: &Versioned<Webhook>| {
            found.document.face == face && found.document.status != WebhookStatus::Deleted
        };
        let found = self.find::<Webhook>(&ctx.scope, id).await?.filter(there);
        let missing = found.ok_or_else(|| Refusal::not_found("Webhook"));
        let attempt = Attempt { action, resource: Resource::Webhook, id: Some(id), patients: Vec::new() };
        self.refusable(ctx, &attempt, missing).await
    }
}
