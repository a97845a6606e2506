//! A ping, to see whether an endpoint works.

use super::deliveries::Sent;
use crate::audit::Attempt;
use crate::request::Known;
use crate::{Ctx, Fail, House};
use ward_domain::face::Face;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::webhook::{EventKind, Facts, HookEvent, WebhookCommand};

/// Sends a ping to an endpoint, whatever it subscribes to. The answer is its delivery, which has just begun.
pub async fn test(house: &House, ctx: &Ctx, face: Face, id: Id) -> Result<Sent, Fail> {
    house.webhook(ctx, face, id, Action::Update).await?;
    let event = house.new_id()?;
    let claims = match house.known(ctx, &[event]).await? {
        Known::New(claims) => claims,
        // What came of it stands in the log.
        Known::Done(_) => return house.latest_ping(ctx, id).await,
    };
    let event = HookEvent {
        id: event.into(),
        at: ctx.now,
        subject: id,
        kind: EventKind::Ping,
        facts: Facts::Ping { webhook: id.into() },
    };
    let command = WebhookCommand::Ping { webhook: id.into(), event: Box::new(event), claims };
    let attempt =
        Attempt { action: Action::Update, resource: Resource::Webhook, id: Some(id), patients: Vec::new() };
    let told = house.tell_webhooks(ctx, command).await;
    let answer = house.refusable(ctx, &attempt, told).await?;
    house.trace_one(ctx, Action::Update, Resource::Webhook, id, &[]).await?;
    let delivery = answer.touched.first().map(|id| id.id()).unwrap_or_default();
    house.sent(ctx, id, delivery).await
}
