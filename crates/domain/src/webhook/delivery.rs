//! A delivery: one event on its way to one endpoint, and what became of it.

use super::event::{EventKind, Facts, HookEvent};
use crate::id::{DeliveryId, EventId, Id, WebhookId};
use crate::record::{Document, IndexRow, Key, List, RecordKind};
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// Attempts that are kept of one delivery, the newest last.
pub const MAX_ATTEMPTS_KEPT: usize = 32;

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum DeliveryStatus {
    /// It was not tried yet.
    Pending = 1,
    /// It was tried, and will be again.
    Failed = 2,
    /// The endpoint took it.
    Delivered = 3,
    /// It was given up. It stays to be looked at, and can be replayed.
    Dead = 4,
}

impl DeliveryStatus {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Failed, Self::Delivered, Self::Dead];

    /// Its word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Failed => "failed",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }

    /// The number in index rows.
    pub const fn code(self) -> u64 {
        self as u64
    }

    /// True while it is still to be tried.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Failed)
    }
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When it began.
    pub at: Time,
    /// How long it took.
    pub took_ms: u64,
    /// What the endpoint answered; `None` where it answered nothing.
    pub status_code: Option<u16>,
    /// What went wrong, in our words; empty where nothing did. Never what the endpoint said.
    pub error: String,
}

/// A delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// To which endpoint.
    pub webhook: WebhookId,
    /// Of which event.
    pub event: EventId,
    /// What happened.
    pub kind: EventKind,
    /// What is told of it.
    pub facts: Facts,
    /// The aggregate that it happened to.
    pub subject: Id,
    /// Its place in the line of its endpoint and aggregate: what came first goes first.
    pub place: Id,
    /// True while one before it in that line has not ended.
    pub waits: bool,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// When the next attempt is due; while one is under way, when it is taken to be lost.
    pub due: Time,
    /// Failed attempts since `begun_at`.
    pub failures: u32,
    /// Since when it is tried: its time is counted from here. Later than `created_at` where it was replayed.
    pub begun_at: Time,
    /// All attempts, those of earlier replays too.
    pub tried: u32,
    /// The latest attempts, oldest first.
    pub attempts: Vec<Attempt>,
    /// Why it is dead, where no attempt says it.
    pub note: String,
    /// When the endpoint took it.
    pub delivered_at: Option<Time>,
    /// When it happened.
    pub created_at: Time,
}

impl Delivery {
    /// A new one, last in its line.
    pub fn new(id: Id, webhook: WebhookId, event: &HookEvent, now: Time) -> Self {
        Self {
            id: id.into(),
            webhook,
            event: event.id,
            kind: event.kind,
            facts: event.facts.clone(),
            subject: event.subject,
            place: id,
            waits: true,
            status: DeliveryStatus::Pending,
            due: now,
            failures: 0,
            begun_at: now,
            tried: 0,
            attempts: Vec::new(),
            note: String::new(),
            delivered_at: None,
            created_at: event.at,
        }
    }

    /// When the next attempt will be made, as far as it can be said.
    pub fn next_attempt(&self) -> Option<Time> {
        (self.status.is_open() && !self.waits).then_some(self.due)
    }

    /// What went wrong last; empty where nothing did.
    pub fn last_error(&self) -> &str {
        match self.attempts.last() {
            _ if !self.note.is_empty() => &self.note,
            Some(last) => &last.error,
            None => "",
        }
    }
}

impl Document for Delivery {
    const KIND: RecordKind = RecordKind::WebhookDelivery;
    fn record_id(&self) -> Id {
        self.id.id()
    }
    fn index(&self) -> Vec<IndexRow> {
        let (of_webhook, created) = (Key::of(self.webhook.get()), self.created_at.sort_key());
        let mut rows = vec![
            (List::DeliveriesByWebhook, of_webhook.clone(), created),
            (List::DeliveriesByWebhookStatus, of_webhook.clone().and(self.status.code()), created),
        ];
        if self.status.is_open() {
            rows.push((List::WebhookLines, of_webhook.and(self.subject.get()), self.place.get()));
            if !self.waits {
                rows.push((List::WebhooksDue, Key::all(), self.due.sort_key()));
            }
        }
        rows.into_iter().map(|(list, eq, sort)| IndexRow { list, eq, sort }).collect()
    }
}
