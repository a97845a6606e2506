//! `PUT /api/webhooks/{id}/`

use super::webhook::{Webhook, one};
use super::{FACE, MAX_EVENTS};
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use axum::response::IntoResponse;
use serde::Deserialize;
use utoipa::ToSchema;
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_domain::webhook::{MAX_SECRET, MAX_URL};
use ward_http::{Caller, Given, IfMatch, InPath, JsonBody, Outcome, PathId};
use ward_services::webhook::{self, EditedWebhook};

/// What is to change; what is missing stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct EditWebhook {
    #[schema(value_type = Option<String>, example = "https://your-server.com/webhook")]
    url: Given<String>,
    #[schema(value_type = Option<Vec<String>>, example = json!(["appointment.created"]))]
    events: Given<Vec<String>>,
    /// Signs alone from now on; to let the one before be good for a while, rotate.
    #[schema(value_type = Option<String>, example = "your-webhook-secret")]
    secret: Given<String>,
}

impl EditWebhook {
    fn read(self, if_version: Option<u64>) -> Result<EditedWebhook, Refusal> {
        let mut errors = FieldErrors::default();
        let url = self.url.line(MAX_URL).not_blank().optional("url", &mut errors);
        let events = self.events.at_most(MAX_EVENTS).optional("events", &mut errors);
        let secret = self.secret.secret(MAX_SECRET * 4).optional("secret", &mut errors);
        errors.finish()?;
        Ok(EditedWebhook { url, events, secret, if_version })
    }
}

/// Updates a webhook
///
/// What is on its way goes to the new URL, signed with the new secret.
#[utoipa::path(
    put,
    path = "/api/webhooks/{id}/",
    operation_id = "edit_webhook",
    tag = "Webhooks",
    params(("id" = u64, Path), ("If-Match" = Option<String>, Header, description = "The ETag that is edited")),
    request_body = EditWebhook,
    responses((status = 200, body = Webhook), Writing)
)]
pub(crate) async fn edit(
    State(house): Desk,
    Caller(ctx): Caller,
    InPath(PathId(id)): InPath<PathId>,
    IfMatch(if_version): IfMatch,
    JsonBody(body): JsonBody<EditWebhook>,
) -> Outcome<impl IntoResponse> {
    let edited = webhook::edit(&house, &ctx, FACE, id, body.read(if_version)?).await?;
    Ok(one(edited, ctx.now))
}
