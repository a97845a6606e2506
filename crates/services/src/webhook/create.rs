//! Registering an endpoint.

use super::validate::{check_secret, kinds, new_secret, one};
use crate::audit::Attempt;
use crate::house::Versioned;
use crate::request::Known;
use crate::{Ctx, Fail, House};
use ward_actors::Actors;
use ward_actors::webhooks::WebhookMessage;
use ward_domain::face::Face;
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::FieldErrors;
use ward_domain::webhook::{Secret, Webhook, WebhookCommand, WebhookStatus};

/// An endpoint to be registered.
#[derive(Debug, Clone)]
pub struct NewWebhook {
    /// Where.
    pub url: String,
    /// Of what, in the API's words.
    pub events: Vec<String>,
    /// What bodies are signed with; Ward makes one where none is given.
    pub secret: Option<String>,
}

/// An endpoint that was registered, or has a new secret.
#[derive(Debug, Clone)]
pub struct Registered {
    /// The endpoint.
    pub webhook: Versioned<Webhook>,
    /// The secret, if Ward made it: it is never shown again.
    pub secret: Option<String>,
}

/// Registers an endpoint.
pub async fn create(house: &House, ctx: &Ctx, face: Face, new: NewWebhook) -> Result<Registered, Fail> {
    house.permit(ctx, Resource::Webhook, Action::Create, false).await?;
    let mut errors = FieldErrors::default();
    let events = kinds(face, &new.events, &mut errors);
    check_secret(new.secret.as_deref(), &mut errors);
    house.check_url(&new.url, &mut errors).await;
    errors.finish()?;
    let id = house.new_id()?;
    let claims = match house.known(ctx, &[id]).await? {
        Known::New(claims) => claims,
        Known::Done(made) => {
            let id = made.first().copied().unwrap_or_default();
            return Ok(Registered { webhook: super::read(house, ctx, face, id).await?, secret: None });
        }
    };
    let made = new.secret.is_none().then(new_secret);
    let value = new.secret.or_else(|| made.clone()).unwrap_or_default();
    let webhook = Webhook {
        id: id.into(),
        face,
        url: new.url,
        events,
        secrets: vec![Secret { value, until: None }],
        status: WebhookStatus::Active,
        disabled_at: None,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let command = WebhookCommand::Create { webhook: Box::new(webhook), claims };
    let (action, resource) = (Action::Create, Resource::Webhook);
    let attempt = Attempt { action, resource, id: None, patients: Vec::new() };
    let told = house.tell_webhooks(ctx, command).await;
    let webhook = one(house.refusable(ctx, &attempt, told).await?)?;
    house.trace_one(ctx, action, resource, id, &[]).await?;
    Ok(Registered { webhook, secret: made })
}

impl House {
    /// Tells the hospital's webhooks.
    pub(super) async fn tell_webhooks(
        &self,
        ctx: &Ctx,
        command: WebhookCommand,
    ) -> Result<ward_domain::webhook::WebhookAnswer, Fail> {
        let (id, message) = (Actors::of_hospital(&ctx.scope), WebhookMessage::Do(Box::new(command)));
        self.actors.webhooks.ask(&ctx.scope, id, ctx.deadline, message).await.map_err(Self::in_flight)
    }
}
