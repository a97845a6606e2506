//! An endpoint that was disabled is told again.

use super::validate::one;
use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use ward_domain::face::Face;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::webhook::{Webhook, WebhookCommand};

/// Enables an endpoint; one that is active stays as it is.
pub async fn enable(house: &House, ctx: &Ctx, face: Face, id: Id) -> Result<Versioned<Webhook>, Fail> {
    house.webhook(ctx, face, id, Action::Update).await?;
    let webhook = one(house.tell_webhooks(ctx, WebhookCommand::Enable(id.into())).await?)?;
    house.trace_one(ctx, Action::Update, Resource::Webhook, id, &[]).await?;
    Ok(webhook)
}
