//! A delivery as this API spells it.

use super::FACE;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use ward_domain::time::Time;
use ward_domain::webhook::{self, DeliveryStatus, payload};

/// One event on its way to one webhook.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Delivery {
    id: u64,
    webhook: u64,
    /// The `id` of its body, the same at every attempt.
    #[schema(example = "evt_123456")]
    event_id: String,
    #[schema(example = "appointment.created")]
    event_type: &'static str,
    /// `pending` (not tried yet), `failed` (it will be tried again), `delivered` or `dead` (given up).
    status: &'static str,
    /// Attempts so far.
    attempts: u32,
    /// What was answered last; null where nothing was.
    status_code: Option<u16>,
    /// How long the last attempt took.
    duration_ms: Option<u64>,
    /// What went wrong last; empty where nothing did.
    error: String,
    /// Null where none is to come, and where an earlier event of the same doctor or user goes first.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_attempt_at: Option<Time>,
    #[schema(value_type = Option<String>, format = DateTime)]
    delivered_at: Option<Time>,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
}

impl From<webhook::Delivery> for Delivery {
    fn from(delivery: webhook::Delivery) -> Self {
        let last = delivery.attempts.last();
        Self {
            id: delivery.id.get(),
            webhook: delivery.webhook.get(),
            event_id: payload::event_id(delivery.event),
            event_type: delivery.kind.name(FACE),
            status: delivery.status.word(),
            attempts: delivery.tried,
            status_code: last.and_then(|attempt| attempt.status_code),
            duration_ms: last.map(|attempt| attempt.took_ms),
            error: delivery.last_error().to_owned(),
            next_attempt_at: delivery.next_attempt(),
            delivered_at: delivery.delivered_at,
            created_at: delivery.created_at,
        }
    }
}

/// An attempt.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Attempt {
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    duration_ms: u64,
    status_code: Option<u16>,
    error: String,
}

/// A delivery with its body and its latest attempts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeliveryDetail {
    #[serde(flatten)]
    delivery: Delivery,
    /// The latest 32, oldest first.
    attempt_log: Vec<Attempt>,
    /// What is sent.
    #[schema(value_type = Object)]
    payload: Value,
}

impl From<webhook::Delivery> for DeliveryDetail {
    fn from(delivery: webhook::Delivery) -> Self {
        let log = delivery.attempts.iter().map(|attempt| Attempt {
            at: attempt.at,
            duration_ms: attempt.took_ms,
            status_code: attempt.status_code,
            error: attempt.error.clone(),
        });
        Self {
            attempt_log: log.collect(),
            payload: serde_json::from_slice(&payload::body(FACE, &delivery)).unwrap_or_default(),
            delivery: delivery.into(),
        }
    }
}

/// Words of a status, for filters.
pub(super) fn statuses() -> [(&'static str, DeliveryStatus); 4] {
    DeliveryStatus::ALL.map(|status| (status.word(), status))
}
