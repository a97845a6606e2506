//! A new secret for an endpoint.

use super::create::Registered;
use super::validate::{check_secret, new_secret, one};
use crate::request::Known;
use crate::{Ctx, Fail, House};
use ward_domain::face::Face;
use ward_domain::id::Id;
use ward_domain::policy::{Action, Resource};
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_domain::time::HOUR;
use ward_domain::webhook::{MAX_OVERLAP_HOURS, WebhookCommand};

/// Gives an endpoint a new secret, of the caller's or of Ward's making. The one before is good for so many hours more.
pub async fn rotate(
    house: &House,
    ctx: &Ctx,
    face: Face,
    id: Id,
    secret: Option<String>,
    overlap_hours: i64,
) -> Result<Registered, Fail> {
    house.webhook(ctx, face, id, Action::Update).await?;
    let mut errors = FieldErrors::default();
    check_secret(secret.as_deref(), &mut errors);
    errors.check((0..=MAX_OVERLAP_HOURS).contains(&overlap_hours), "overlap_hours", "Must be from 0 to 168.");
    errors.finish()?;
    let claims = match house.known(ctx, &[id]).await? {
        Known::New(claims) => claims,
        // The secret was shown once, so the first answer cannot be given again.
        Known::Done(_) => {
            let message = "This webhook has its new secret; it was shown then.";
            return Err(Refusal::conflict("request_done", message).into());
        }
    };
    let made = secret.is_none().then(new_secret);
    let secret = secret.or_else(|| made.clone()).unwrap_or_default();
    let until = ctx.now.plus(overlap_hours * HOUR);
    let command = WebhookCommand::Rotate { webhook: id.into(), secret, until, claims };
    let webhook = one(house.tell_webhooks(ctx, command).await?)?;
    house.trace_one(ctx, Action::Update, Resource::Webhook, id, &[]).await?;
    Ok(Registered { webhook, secret: made })
}
