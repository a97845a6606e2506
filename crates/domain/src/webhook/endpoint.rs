//! An endpoint: where a hospital wants to hear of what happens.

use super::event::EventKind;
use crate::face::Face;
use crate::id::{Id, WebhookId};
use crate::record::{Document, IndexRow, Key, List, RecordKind};
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// Whether an endpoint is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookStatus {
    /// It is.
    Active,
    /// It took nothing for too long. What happens is written down, and not sent.
    Disabled,
    /// It is gone for everyone, and its log is being removed.
    Deleted,
}

impl WebhookStatus {
    /// Its word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Deleted => "deleted",
        }
    }
}

/// A secret that bodies are signed with. It is kept as it is, for a signature needs it; the store seals it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    /// The secret.
    pub value: String,
    /// Until when it is good; the newest has no end.
    pub until: Option<Time>,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secret").field("until", &self.until).finish_non_exhaustive()
    }
}

/// An endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// Whose words it is told in.
    pub face: Face,
    /// Where, as given.
    pub url: String,
    /// Of what.
    pub events: Vec<EventKind>,
    /// The newest first, at most two.
    pub secrets: Vec<Secret>,
    /// Whether it is told.
    pub status: WebhookStatus,
    /// Since when it is disabled.
    pub disabled_at: Option<Time>,
    /// When it was registered: what happened before is not told.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

impl Webhook {
    /// The secrets that are good at a time, the newest first.
    pub fn secrets_at(&self, now: Time) -> Vec<&str> {
        let good = |secret: &&Secret| secret.until.is_none_or(|until| now < until);
        self.secrets.iter().filter(good).map(|secret| secret.value.as_str()).collect()
    }

    /// Until when the secret before is good as well.
    pub fn overlap(&self, now: Time) -> Option<Time> {
        self.secrets.iter().filter_map(|secret| secret.until).find(|until| now < *until)
    }
}

impl Document for Webhook {
    const KIND: RecordKind = RecordKind::Webhook;
    fn record_id(&self) -> Id {
        self.id.id()
    }
    fn index(&self) -> Vec<IndexRow> {
        vec![IndexRow { list: List::Webhooks, eq: Key::all(), sort: self.created_at.sort_key() }]
    }
}

/// How an endpoint has done lately, under the endpoint's id. It is apart from the endpoint, whose version an editor
/// holds: failures must not come between a reading and an edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Which endpoint.
    pub webhook: WebhookId,
    /// How long the oldest has waited of what it did not take, since it last took something; `None`: all is well.
    pub failing_since: Option<Time>,
    /// Failed attempts since then.
    pub failures: u32,
    /// When it took something again after it had failed.
    #[serde(default)]
    pub taken_at: Option<Time>,
}

impl Document for Health {
    const KIND: RecordKind = RecordKind::WebhookHealth;
    fn record_id(&self) -> Id {
        self.webhook.id()
    }
    fn index(&self) -> Vec<IndexRow> {
        Vec::new()
    }
}
