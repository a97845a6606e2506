//! Sending again.

use super::deliveries::Sent;
use crate::audit::Attempt;
use crate::request::Known;
use crate::{Ctx, Fail, Filters, House};
use ward_actors::Actors;
use ward_actors::webhooks::WebhookMessage;
use ward_domain::face::Face;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::Refusal;
use ward_domain::webhook::{DeliveryStatus, WebhookCommand};

/// What is to be sent again.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReplayQuery {
    /// What happened within.
    pub happened: Filters,
    /// Only what stands so; otherwise everything that has ended.
    pub status: Option<DeliveryStatus>,
}

/// Sends one delivery again, or tries one now that waits for its next attempt.
pub async fn replay_one(house: &House, ctx: &Ctx, face: Face, webhook: Id, id: Id) -> Result<Sent, Fail> {
    house.webhook(ctx, face, webhook, Action::Update).await?;
    let found = house.sent(ctx, webhook, id).await?;
    let claims = match house.known(ctx, &[id]).await? {
        Known::New(claims) => claims,
        Known::Done(_) => return Ok(found),
    };
    let deliveries = vec![id.into()];
    let command = WebhookCommand::Replay { webhook: webhook.into(), deliveries, claims };
    let told = house.tell_webhooks(ctx, command).await;
    house.refusable(ctx, &attempt(webhook), told).await?;
    house.trace_one(ctx, Action::Update, Resource::Webhook, webhook, &[]).await?;
    house.sent(ctx, webhook, id).await
}

/// Sends again what has ended of what happened within a time; says how many.
pub async fn replay_range(
    house: &House,
    ctx: &Ctx,
    face: Face,
    webhook: Id,
    query: ReplayQuery,
) -> Result<usize, Fail> {
    house.webhook(ctx, face, webhook, Action::Update).await?;
    if query.status.is_some_and(DeliveryStatus::is_open) {
        return Err(Refusal::field(
            "status",
            "Must be delivered or dead: what is still to be tried is on its way.",
        )
        .into());
    }
    let claims = match house.known(ctx, &[webhook]).await? {
        Known::New(claims) => claims,
        Known::Done(_) => {
            return Err(Refusal::conflict(
                "request_done",
                "This was replayed; the log says what came of it.",
            )
            .into());
        }
    };
    let message = WebhookMessage::ReplayRange {
        webhook: webhook.into(),
        bounds: query.happened.bounds(),
        status: query.status,
        claims,
    };
    let id = Actors::of_hospital(&ctx.scope);
    let told =
        house.actors.webhooks.ask(&ctx.scope, id, ctx.deadline, message).await.map_err(House::in_flight);
    let answer = house.refusable(ctx, &attempt(webhook), told).await?;
    house.trace_one(ctx, Action::Update, Resource::Webhook, webhook, &[]).await?;
    Ok(answer.touched.len())
}

fn attempt(webhook: Id) -> Attempt {
    let (action, resource) = (Action::Update, Resource::Webhook);
    Attempt { action, resource, id: Some(webhook), patients: Vec::new() }
}
