//! An endpoint goes.

use crate::{Ctx, Fail, House};
use ward_domain::face::Face;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::webhook::WebhookCommand;

/// Deletes an endpoint with its log. What is on its way may still arrive.
pub async fn delete(house: &House, ctx: &Ctx, face: Face, id: Id) -> Result<(), Fail> {
    house.webhook(ctx, face, id, Action::Delete).await?;
    house.tell_webhooks(ctx, WebhookCommand::Delete(id.into())).await?;
    house.trace_one(ctx, Action::Delete, Resource::Webhook, id, &[]).await
}
