//! Attempts: what is under way, what waits for a place, and how many of one endpoint run at once.

use super::WebhookMessage;
use crate::shell::Turn;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use ward_domain::id::{DeliveryId, WebhookId};
use ward_domain::time::Time;
use ward_domain::webhook::{
    Attempt, Delivery, Ended, Endpoint, Outcome, Webhook, WebhookState, WebhookStatus, payload, sign,
};
use ward_gateways::webhook::{Call, Reply};

/// Attempts of one endpoint at once while it takes what it is told.
const AT_ONCE: usize = 32;
/// And while it does not: enough to see when it does again.
const AT_ONCE_FAILING: usize = 2;
/// Begun deliveries of one endpoint that wait for a place.
const MAX_READY: usize = 1_000;
/// How much longer than its lease an attempt is waited for.
const GRACE_MS: i64 = 60_000;
/// Gone (RFC 9110 section 15.5.11): the receiver says that it wants no more.
const GONE: u16 = 410;

/// Ends that lie there for the actor to note.
pub(super) type Ends = Arc<Mutex<Vec<Ended>>>;

/// What a hospital has under way.
#[derive(Debug, Default)]
pub(super) struct Sending {
    ready: BTreeMap<WebhookId, VecDeque<Delivery>>,
    under_way: BTreeMap<DeliveryId, (WebhookId, Time)>,
    ends: Ends,
}

fn places(endpoint: &Endpoint) -> usize {
    let failing = endpoint.health.as_ref().is_some_and(|health| health.failing_since.is_some());
    if failing { AT_ONCE_FAILING } else { AT_ONCE }
}

impl Sending {
    /// Takes the ends of attempts, at most so many.
    pub fn ends(&mut self, most: usize) -> Vec<Ended> {
        let mut lying = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        let count = lying.len().min(most);
        let ends: Vec<_> = lying.drain(..count).collect();
        drop(lying);
        for ended in &ends {
            self.under_way.remove(&ended.delivery);
        }
        ends
    }

    /// How many more of each endpoint can begin.
    pub fn room(&self, state: &WebhookState) -> BTreeMap<WebhookId, usize> {
        let of = |endpoint: &Endpoint| {
            let id = endpoint.webhook.id;
            let waiting = self.ready.get(&id).map_or(0, VecDeque::len) + self.busy(id);
            // So many that none of them waits for long.
            (id, (places(endpoint) * 4).saturating_sub(waiting))
        };
        state.endpoints.iter().map(of).collect()
    }

    fn busy(&self, webhook: WebhookId) -> usize {
        self.under_way.values().filter(|(of, _)| *of == webhook).count()
    }

    /// Has begun deliveries sent as soon as there is a place.
    pub fn start(&mut self, turn: &Turn, state: &WebhookState, begun: Vec<Delivery>) {
        for delivery in begun {
            let line = self.ready.entry(delivery.webhook).or_default();
            // One that finds no place any more is begun again when its time is over.
            if line.len() < MAX_READY {
                line.push_back(delivery);
            }
        }
        let now = turn.now();
        let lost = turn.env.hook_terms.lease + GRACE_MS;
        self.under_way.retain(|_, (_, since)| since.plus(lost) > now);
        for endpoint in &state.endpoints {
            let id = endpoint.webhook.id;
            let mut free = places(endpoint).saturating_sub(self.busy(id));
            while free > 0
                && let Some(delivery) = self.ready.get_mut(&id).and_then(VecDeque::pop_front)
            {
                // What waited too long may be another process's by now; what is under way already comes to its end.
                let fresh = delivery.due > now && !self.under_way.contains_key(&delivery.id);
                if fresh && endpoint.webhook.status == WebhookStatus::Active {
                    self.under_way.insert(delivery.id, (id, now));
                    attempt(turn, endpoint.webhook.clone(), delivery, Arc::clone(&self.ends));
                    free -= 1;
                }
            }
        }
        self.ready.retain(|_, line| !line.is_empty());
    }
}

/// Makes one attempt beside the actor.
fn attempt(turn: &Turn, webhook: Webhook, delivery: Delivery, ends: Ends) {
    let turn = turn.clone();
    let tasks = turn.env.tasks.clone();
    tasks.spawn(async move {
        let at = turn.now();
        if delivery.tried == 0 {
            let lag = u64::try_from(at.millis() - delivery.created_at.millis()).unwrap_or(0);
            metrics::histogram!("ward_webhook_lag_seconds").record(Duration::from_millis(lag));
        }
        let body = payload::body(webhook.face, &delivery);
        let id = payload::event_id(delivery.event);
        let secrets = webhook.secrets_at(at);
        let headers = sign::headers(webhook.face, &id, at.seconds(), &body, &secrets);
        let began = Instant::now();
        let reply = turn.env.hooks.send(&turn.scope, &Call { url: webhook.url.clone(), headers, body }).await;
        let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let outcome = outcome(&reply);
        let word = if outcome == Outcome::Delivered { "delivered" } else { "failed" };
        metrics::counter!("ward_webhook_attempts_total", "outcome" => word).increment(1);
        let not_before = reply.retry_after.map(|after| after.moment(turn.now()));
        let attempt = Attempt { at, took_ms, status_code: reply.status, error: reply.error.into_owned() };
        let first = {
            let mut lying = ends.lock().unwrap_or_else(PoisonError::into_inner);
            lying.push(Ended { delivery: delivery.id, outcome, attempt, not_before });
            // Should the first have been told in vain, another tells again.
            lying.len() % 64 == 1
        };
        if first && let Some(actors) = turn.env.actors() {
            actors.webhooks.tell(turn.scope, turn.id, WebhookMessage::Note);
        }
    });
}

fn outcome(reply: &Reply) -> Outcome {
    match reply.status {
        _ if reply.is_taken() => Outcome::Delivered,
        Some(GONE) => Outcome::Gone,
        _ => Outcome::Failed,
    }
}
