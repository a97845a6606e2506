//! Changing an endpoint.

use super::validate::{check_secret, kinds, one};
use crate::audit::Attempt;
use crate::house::Versioned;
use crate::{Ctx, Fail, House};
use ward_domain::face::Face;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::FieldErrors;
use ward_domain::webhook::{Webhook, WebhookCommand, WebhookEdit};

/// What is to change; `None` leaves as is.
#[derive(Debug, Clone, Default)]
pub struct EditedWebhook {
    /// Where.
    pub url: Option<String>,
    /// Of what, in the API's words.
    pub events: Option<Vec<String>>,
    /// The secret from now on, and no other.
    pub secret: Option<String>,
    /// The version that the caller edits, if they said.
    pub if_version: Option<u64>,
}

/// Edits an endpoint.
pub async fn edit(
    house: &House,
    ctx: &Ctx,
    face: Face,
    id: Id,
    edited: EditedWebhook,
) -> Result<Versioned<Webhook>, Fail> {
    let found = house.webhook(ctx, face, id, Action::Update).await?;
    let mut errors = FieldErrors::default();
    let events = edited.events.map(|names| kinds(face, &names, &mut errors));
    check_secret(edited.secret.as_deref(), &mut errors);
    if let Some(url) = edited.url.as_deref().filter(|url| *url != found.document.url) {
        house.check_url(url, &mut errors).await;
    }
    errors.finish()?;
    let edit = WebhookEdit { url: edited.url, events, secret: edited.secret };
    let command = WebhookCommand::Edit { webhook: id.into(), edit, if_version: edited.if_version };
    let attempt =
        Attempt { action: Action::Update, resource: Resource::Webhook, id: Some(id), patients: Vec::new() };
    let told = house.tell_webhooks(ctx, command).await;
    let webhook = one(house.refusable(ctx, &attempt, told).await?)?;
    house.trace_one(ctx, Action::Update, Resource::Webhook, id, &[]).await?;
    Ok(webhook)
}
