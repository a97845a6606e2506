//! `POST /api/webhooks/`

use super::webhook::{Webhook, with_secret};
use super::{FACE, MAX_EVENTS};
use crate::Desk;
use crate::description::Writing;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use ward_domain::refusal::{FieldErrors, Refusal};
use ward_domain::webhook::{MAX_SECRET, MAX_URL};
use ward_http::{Caller, Given, JsonBody, Outcome};
use ward_services::webhook::{self, NewWebhook};

/// Where to tell of what.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CreateWebhook {
    /// It begins with `https://` and leads to a public address.
    #[schema(value_type = String, example = "https://your-server.com/webhook")]
    url: Given<String>,
    /// `appointment.created`, `.updated`, `.confirmed`, `.rescheduled`, `.cancelled`, `.completed`, `.no_show`; `patient.created`,
    /// `.updated`; `user.created`, `.updated`.
    #[schema(value_type = Vec<String>, example = json!(["appointment.created", "appointment.cancelled"]))]
    events: Given<Vec<String>>,
    /// 16 to 256 characters; Ward makes one where none is given, and shows it once.
    #[schema(value_type = Option<String>, example = "your-webhook-secret")]
    secret: Given<String>,
}

impl CreateWebhook {
    fn read(self) -> Result<NewWebhook, Refusal> {
        let mut errors = FieldErrors::default();
        let url = self.url.line(MAX_URL).not_blank().required("url", &mut errors);
        let events = self.events.at_most(MAX_EVENTS).required("events", &mut errors);
        let secret = self.secret.secret(MAX_SECRET * 4).optional("secret", &mut errors);
        errors.finish()?;
        Ok(NewWebhook { url: url.unwrap_or_default(), events: events.unwrap_or_default(), secret })
    }
}

/// Registers a webhook
///
/// Events from now on are sent there as `POST` with a JSON body `{id, type, created, data}`, signed in `X-MedCor-Signature`
/// (lower-case hex of HMAC-SHA256 over the raw body, keyed with the secret) and by the headers of Standard Webhooks. Any
/// answer of 2xx takes an event; others are tried again for 72 hours. Events of one doctor's calendar, and of one user, come
/// in order.
#[utoipa::path(
    post,
    path = "/api/webhooks/",
    operation_id = "create_webhook",
    tag = "Webhooks",
    params(("Idempotency-Key" = Option<String>, Header, description = "Sent twice, it counts once; a secret of Ward's making is shown the first time only")),
    request_body = CreateWebhook,
    responses((status = 201, body = Webhook), Writing)
)]
pub(crate) async fn create(
    State(house): Desk,
    Caller(ctx): Caller,
    JsonBody(body): JsonBody<CreateWebhook>,
) -> Outcome<impl IntoResponse> {
    let made = webhook::create(&house, &ctx, FACE, body.read()?).await?;
    Ok((StatusCode::CREATED, with_secret(made, ctx.now)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(body: Value) -> Result<NewWebhook, String> {
        let body: CreateWebhook = serde_json::from_value(body).unwrap();
        let names = |refusal: Refusal| {
            refusal.fields.iter().map(|error| error.field.to_string()).collect::<Vec<_>>().join(",")
        };
        body.read().map_err(names)
    }

    #[test]
    fn the_documented_body_is_read_and_wrong_fields_are_named() {
        let printed = json!({
            "url": "https://your-server.com/webhook",
            "events": ["appointment.created", "appointment.cancelled"],
            "secret": "your-webhook-secret"
        });
        let new = read(printed).unwrap();
        assert_eq!((new.url.as_str(), new.events.len()), ("https://your-server.com/webhook", 2));
        assert_eq!(new.secret.as_deref(), Some("your-webhook-secret"));
        assert_eq!(read(json!({"url": "https://a.example/", "events": ["ping"]})).unwrap().secret, None);
        for (body, expected) in [
            (json!({}), "url,events"),
            (json!({"url": "", "events": "all", "secret": ""}), "url,events,secret"),
            (json!({"url": 7, "events": [1], "secret": []}), "url,events,secret"),
            (json!({"url": "x".repeat(3_000), "events": vec!["x"; 51]}), "url,events"),
        ] {
            assert_eq!(read(body.clone()).err().as_deref(), Some(expected), "{body}");
        }
    }
}
