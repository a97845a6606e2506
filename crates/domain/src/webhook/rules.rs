//! The commands of the aggregate that owns a hospital's endpoints and deliveries.
//!
//! What happens to one aggregate reaches an endpoint in order: deliveries of one endpoint and one aggregate stand in a
//! line, and only the first of a line is ever tried. When it ends, the commit that says so lets the next one go. An
//! attempt is begun by a commit too: it moves `due` to where the attempt is taken to be lost, so that another process
//! does not make it as well, and whoever is there makes it again where this one dies.

use super::delivery::{Attempt, Delivery};
use super::endpoint::{Health, Secret, Webhook, WebhookStatus};
use super::event::{EventKind, HookEvent};
use super::work::Work;
use super::{MAX_WEBHOOKS, Terms};
use crate::decision::Decision;
use crate::hospital::check_version;
use crate::id::{DeliveryId, EventId, Id, WebhookId};
use crate::record::ClaimOp;
use crate::refusal::Refusal;
use crate::time::{DAY, Time};
use std::collections::{BTreeMap, BTreeSet};

/// Failures in a row before an endpoint is disabled, however long they take.
pub const MIN_FAILURES: u32 = 5;
/// How long an event is known to have been taken on: longer than it can lie in the outbox.
pub(super) const KNOWN_FOR: i64 = 90 * DAY;
/// What is said of deliveries that an endpoint was disabled before.
pub(super) const DISABLED: &str = "the endpoint is disabled";

/// A line: an endpoint and the aggregate that things happen to.
pub type QueueKey = (WebhookId, Id);

/// An endpoint as its actor holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Endpoint {
    /// The endpoint.
    pub webhook: Webhook,
    /// The version that wrote it.
    pub version: u64,
    /// How it has done lately.
    pub health: Option<Health>,
}

/// What is to change of an endpoint; `None` leaves as is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebhookEdit {
    /// Where.
    pub url: Option<String>,
    /// Of what.
    pub events: Option<Vec<EventKind>>,
    /// The secret from now on, and no other.
    pub secret: Option<String>,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The endpoint took it.
    Delivered,
    /// It may take it later.
    Failed,
    /// It says that it never will (410).
    Gone,
}

/// The end of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Of which delivery.
    pub delivery: DeliveryId,
    /// How.
    pub outcome: Outcome,
    /// For the log.
    pub attempt: Attempt,
    /// The endpoint asked not to be tried again before.
    pub not_before: Option<Time>,
}

/// What can be told to a hospital's webhooks.
#[derive(Debug, Clone)]
pub enum WebhookCommand {
    /// Registers an endpoint.
    Create {
        /// The whole endpoint.
        webhook: Box<Webhook>,
        /// Further claims of the same commit: a request's key.
        claims: Vec<ClaimOp>,
    },
    /// Changes one.
    Edit {
        /// Which.
        webhook: WebhookId,
        /// What.
        edit: WebhookEdit,
        /// The version that the caller edits, if they said.
        if_version: Option<u64>,
    },
    /// Gives one a new secret; the one before stays good for a while.
    Rotate {
        /// Which.
        webhook: WebhookId,
        /// The new secret.
        secret: String,
        /// Until when the one before is good.
        until: Time,
        /// A request's key.
        claims: Vec<ClaimOp>,
    },
    /// Tells one again that was disabled.
    Enable(WebhookId),
    /// Takes one away for everyone.
    Delete(WebhookId),
    /// Takes the last of one away, once its deliveries are gone.
    Remove(WebhookId),
    /// Takes events on, each once, in order.
    Enqueue(Vec<HookEvent>),
    /// Takes on an event for one endpoint, whatever it subscribes to.
    Ping {
        /// Which endpoint.
        webhook: WebhookId,
        /// The event.
        event: Box<HookEvent>,
        /// A request's key.
        claims: Vec<ClaimOp>,
    },
    /// Begins attempts that are due.
    Begin {
        /// Which.
        deliveries: Vec<DeliveryId>,
        /// How many more of each endpoint can be under way; what is over waits some time longer.
        room: BTreeMap<WebhookId, usize>,
    },
    /// Notes how attempts ended.
    Ended(Vec<Ended>),
    /// Sends again, last in their lines; what is still to be tried is tried now.
    Replay {
        /// Of which endpoint.
        webhook: WebhookId,
        /// Which, in order.
        deliveries: Vec<DeliveryId>,
        /// A request's key.
        claims: Vec<ClaimOp>,
    },
    /// Gives deliveries of a disabled endpoint up.
    GiveUp(Vec<DeliveryId>),
    /// Takes deliveries out of the log.
    Forget(Vec<DeliveryId>),
}

/// What a command needs beyond the state, as it is now.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// Deliveries that it names, and the first of the lines that it touches.
    pub deliveries: BTreeMap<DeliveryId, Delivery>,
    /// The first of each line that it touches.
    pub lines: BTreeMap<QueueKey, Vec<DeliveryId>>,
    /// Events that were taken on before.
    pub had: BTreeSet<EventId>,
    /// New ids, growing; a command takes from the front.
    pub ids: Vec<Id>,
}

/// What a command comes to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WebhookAnswer {
    /// The endpoint that it was about.
    pub endpoint: Option<Endpoint>,
    /// Deliveries whose attempt begins now.
    pub begun: Vec<Delivery>,
    /// Deliveries that it made or changed.
    pub touched: Vec<DeliveryId>,
    /// Deliveries that it gave up.
    pub dead: u64,
    /// Endpoints that it disabled.
    pub disabled: Vec<WebhookId>,
}

/// A hospital's endpoints.
#[derive(Debug, Clone, Default)]
pub struct WebhookState {
    /// All of them, oldest first, those that are being removed too.
    pub endpoints: Vec<Endpoint>,
}

impl WebhookState {
    /// One that is there for the callers.
    pub fn endpoint(&self, id: WebhookId) -> Result<&Endpoint, Refusal> {
        let there = |one: &&Endpoint| one.webhook.id == id && one.webhook.status != WebhookStatus::Deleted;
        self.endpoints.iter().find(there).ok_or_else(|| Refusal::not_found("Webhook"))
    }

    /// One of any status.
    pub(super) fn any(&self, id: WebhookId) -> Option<&Endpoint> {
        self.endpoints.iter().find(|one| one.webhook.id == id)
    }

    /// Decides a command. `version` is the aggregate's.
    pub fn decide(
        &self,
        now: Time,
        terms: &Terms,
        version: u64,
        view: &View,
        command: &WebhookCommand,
    ) -> Result<(Decision, WebhookAnswer, Self), Refusal> {
        let mut work = Work::new(self, view, *terms, now);
        match command {
            WebhookCommand::Create { webhook, claims } => {
                let living = |one: &&Endpoint| one.webhook.status != WebhookStatus::Deleted;
                if self.endpoints.iter().filter(living).count() >= MAX_WEBHOOKS {
                    return Err(Refusal::conflict(
                        "too_many_webhooks",
                        "This hospital has 20 webhooks, and may have no more.",
                    ));
                }
                work.claims.clone_from(claims);
                work.put(webhook);
            }
            WebhookCommand::Edit { webhook, edit, if_version } => {
                let old = self.endpoint(*webhook)?;
                check_version(*if_version, old.version)?;
                work.put(&edited(&old.webhook, edit, now));
            }
            WebhookCommand::Rotate { webhook, secret, until, claims } => {
                let old = &self.endpoint(*webhook)?.webhook;
                let mut new = old.clone();
                new.secrets.truncate(1);
                for before in &mut new.secrets {
                    before.until = Some(*until);
                }
                new.secrets.insert(0, Secret { value: secret.clone(), until: None });
                new.updated_at = now;
                work.claims.clone_from(claims);
                work.put(&new);
            }
            WebhookCommand::Enable(webhook) => {
                let old = self.endpoint(*webhook)?;
                if old.webhook.status == WebhookStatus::Disabled {
                    let status = WebhookStatus::Active;
                    work.put(&Webhook { status, disabled_at: None, updated_at: now, ..old.webhook.clone() });
                    work.is_well(*webhook);
                } else {
                    work.about = Some(*webhook);
                }
            }
            WebhookCommand::Delete(webhook) => {
                let old = self.endpoint(*webhook)?;
                work.put(&Webhook { status: WebhookStatus::Deleted, updated_at: now, ..old.webhook.clone() });
            }
            WebhookCommand::Remove(webhook) => work.remove(*webhook),
            WebhookCommand::Enqueue(events) => work.enqueue(events),
            WebhookCommand::Ping { webhook, event, claims } => {
                self.listening(*webhook)?;
                work.claims.clone_from(claims);
                work.line_up(*webhook, event);
            }
            WebhookCommand::Begin { deliveries, room } => work.begin(deliveries, room.clone()),
            WebhookCommand::Ended(ended) => work.ended(ended),
            WebhookCommand::Replay { webhook, deliveries, claims } => {
                self.listening(*webhook)?;
                work.claims.clone_from(claims);
                work.replay(*webhook, deliveries);
            }
            WebhookCommand::GiveUp(deliveries) => work.give_up(deliveries),
            WebhookCommand::Forget(deliveries) => work.forget(deliveries),
        }
        Ok(work.done(version))
    }

    /// One that is told of what happens.
    fn listening(&self, id: WebhookId) -> Result<&Endpoint, Refusal> {
        let found = self.endpoint(id)?;
        if found.webhook.status == WebhookStatus::Active {
            return Ok(found);
        }
        Err(Refusal::conflict("webhook_disabled", "This webhook is disabled: enable it first."))
    }
}

fn edited(old: &Webhook, edit: &WebhookEdit, now: Time) -> Webhook {
    let mut new = old.clone();
    if let Some(url) = &edit.url {
        new.url.clone_from(url);
    }
    if let Some(events) = &edit.events {
        new.events.clone_from(events);
    }
    if let Some(secret) = &edit.secret {
        new.secrets = vec![Secret { value: secret.clone(), until: None }];
    }
    if new != *old {
        new.updated_at = now;
    }
    new
}
