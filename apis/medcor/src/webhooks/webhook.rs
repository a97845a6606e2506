//! A webhook as this API spells it.

use super::FACE;
use axum::Json;
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;
use ward_domain::time::Time;
use ward_domain::webhook::{self, EventKind};
use ward_http::extract::etag;
use ward_services::house::Versioned;
use ward_services::webhook::Registered;

/// An endpoint that is told of events.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Webhook {
    id: u64,
    #[schema(example = "https://your-server.com/webhook")]
    url: String,
    #[schema(example = json!(["appointment.created", "appointment.cancelled"]))]
    events: Vec<&'static str>,
    /// `active`, or `disabled`: it took nothing for too long.
    #[schema(example = "active")]
    status: &'static str,
    #[schema(value_type = Option<String>, format = DateTime)]
    disabled_at: Option<Time>,
    /// Until when the secret before signs as well.
    #[schema(value_type = Option<String>, format = DateTime)]
    previous_secret_until: Option<Time>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Time,
    /// Only in the answer that makes it, and only where Ward made it up: keep it, it is not shown again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=")]
    secret: Option<String>,
}

impl Webhook {
    pub fn new(webhook: webhook::Webhook, now: Time) -> Self {
        Self {
            id: webhook.id.get(),
            events: EventKind::spelled(FACE, &webhook.events),
            status: webhook.status.word(),
            disabled_at: webhook.disabled_at,
            previous_secret_until: webhook.overlap(now),
            created_at: webhook.created_at,
            updated_at: webhook.updated_at,
            url: webhook.url,
            secret: None,
        }
    }
}

/// A webhook as an answer, with its version.
pub(super) fn one(found: Versioned<webhook::Webhook>, now: Time) -> impl IntoResponse {
    (etag(found.version), Json(Webhook::new(found.document, now)))
}

/// The same with a secret that is shown this once.
pub(super) fn with_secret(made: Registered, now: Time) -> impl IntoResponse {
    let mut form = Webhook::new(made.webhook.document, now);
    form.secret = made.secret;
    (etag(made.webhook.version), Json(form))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use ward_domain::face::Face;
    use ward_domain::id::Id;
    use ward_domain::time::HOUR;
    use ward_domain::webhook::{Secret, WebhookStatus};

    #[test]
    fn the_secret_is_in_no_form_but_the_one_that_makes_it() {
        let now = Time::parse("2025-01-20T09:00:00Z").unwrap();
        let secret = |value: &str, until| Secret { value: value.into(), until };
        let webhook = webhook::Webhook {
            id: Id::new(7).unwrap().into(),
            face: Face::Medcor,
            url: "https://your-server.com/webhook".into(),
            events: vec![EventKind::AppointmentCancelled, EventKind::AppointmentCreated],
            secrets: vec![
                secret("the-newest-secret", None),
                secret("the-secret-before", Some(now.plus(HOUR))),
            ],
            status: WebhookStatus::Active,
            disabled_at: None,
            created_at: now,
            updated_at: now,
        };
        let mut expected = json!({
            "id": 7, "url": "https://your-server.com/webhook",
            "events": ["appointment.created", "appointment.cancelled"], "status": "active", "disabled_at": null,
            "previous_secret_until": "2025-01-20T10:00:00Z",
            "created_at": "2025-01-20T09:00:00Z", "updated_at": "2025-01-20T09:00:00Z",
        });
        assert_eq!(serde_json::to_value(Webhook::new(webhook.clone(), now)).unwrap(), expected);
        expected["previous_secret_until"] = json!(null);
        assert_eq!(serde_json::to_value(Webhook::new(webhook, now.plus(HOUR))).unwrap(), expected);
    }
}
