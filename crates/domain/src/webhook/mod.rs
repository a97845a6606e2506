//! Webhooks: where a hospital wants to hear of what happens, and what becomes of each telling.
//!
//! Start reading at [`event`] (what is told, and by which name in which API), then [`rules`] (the commands of the one
//! aggregate that owns a hospital's endpoints and deliveries). [`schedule`] says when a failed attempt is made again,
//! [`sign`] how a body is signed, [`url`] and [`address`] where events may go at all.

pub mod address;
mod delivery;
mod endpoint;
pub mod event;
pub mod payload;
pub mod rules;
pub mod schedule;
pub mod sign;
pub mod url;
mod work;

#[cfg(test)]
mod tests;

pub use delivery::{Attempt, Delivery, DeliveryStatus, MAX_ATTEMPTS_KEPT};
pub use endpoint::{Health, Secret, Webhook, WebhookStatus};
pub use event::{EventKind, Facts, HookEvent};
pub use rules::{
    Ended, Endpoint, Outcome, QueueKey, View, WebhookAnswer, WebhookCommand, WebhookEdit, WebhookState,
};

use crate::time::{DAY, HOUR};

/// Endpoints of one hospital, at most.
pub const MAX_WEBHOOKS: usize = 20;
/// Longest URL, in bytes.
pub const MAX_URL: usize = 2_048;
/// Shortest secret, in characters.
pub const MIN_SECRET: usize = 16;
/// Longest secret, in characters.
pub const MAX_SECRET: usize = 256;
/// Longest time for which the secret before stays good, in hours.
pub const MAX_OVERLAP_HOURS: i64 = 7 * 24;

/// What the operator decides about deliveries, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// How long a delivery is tried.
    pub give_up: i64,
    /// How long an endpoint may take nothing before it is disabled.
    pub disable_after: i64,
    /// How long an attempt counts as under way: what was begun and not ended by then is begun again, by whoever is there.
    pub lease: i64,
    /// How long what has ended stays in the log.
    pub keep: i64,
}

impl Default for Terms {
    fn default() -> Self {
        Self { give_up: 72 * HOUR, disable_after: 72 * HOUR, lease: 20_000, keep: 30 * DAY }
    }
}
