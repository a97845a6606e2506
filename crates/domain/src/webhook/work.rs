//! One command at work: what it changes, gathered for one commit.

use super::delivery::{Delivery, DeliveryStatus, MAX_ATTEMPTS_KEPT};
use super::endpoint::{Health, Webhook, WebhookStatus};
use super::event::HookEvent;
use super::rules::{DISABLED, Ended, KNOWN_FOR, MIN_FAILURES, Outcome, QueueKey, View};
use super::{Endpoint, Terms, WebhookAnswer, WebhookState, schedule};
use crate::courier::{MessageRequest, Occasion};
use crate::decision::{Change, Decision, Happening};
use crate::id::{DeliveryId, Id, WebhookId};
use crate::record::{ClaimKey, ClaimOp};
use crate::time::Time;
use std::collections::{BTreeMap, BTreeSet};

pub(super) struct Work<'a> {
    state: &'a WebhookState,
    view: &'a View,
    terms: Terms,
    now: Time,
    ids: std::slice::Iter<'a, Id>,
    /// Deliveries as they become; `None` where one goes.
    deliveries: BTreeMap<DeliveryId, Option<Delivery>>,
    webhooks: BTreeMap<WebhookId, Option<Webhook>>,
    healths: BTreeMap<WebhookId, Health>,
    /// Lines that something was put into by this command.
    lined: BTreeSet<QueueKey>,
    pub claims: Vec<ClaimOp>,
    /// The endpoint that it is about, where none changes.
    pub about: Option<WebhookId>,
    happenings: Vec<Happening>,
    answer: WebhookAnswer,
}

impl<'a> Work<'a> {
    pub fn new(state: &'a WebhookState, view: &'a View, terms: Terms, now: Time) -> Self {
        Self {
            state,
            view,
            terms,
            now,
            ids: view.ids.iter(),
            deliveries: BTreeMap::new(),
            webhooks: BTreeMap::new(),
            healths: BTreeMap::new(),
            lined: BTreeSet::new(),
            claims: Vec::new(),
            about: None,
            happenings: Vec::new(),
            answer: WebhookAnswer::default(),
        }
    }

    /// A delivery as it is by now.
    fn delivery(&self, id: DeliveryId) -> Option<Delivery> {
        match self.deliveries.get(&id) {
            Some(changed) => changed.clone(),
            None => self.view.deliveries.get(&id).cloned(),
        }
    }

    fn set(&mut self, delivery: Delivery) {
        self.deliveries.insert(delivery.id, Some(delivery));
    }

    /// Puts an endpoint, which the answer is about.
    pub fn put(&mut self, webhook: &Webhook) {
        self.about = Some(webhook.id);
        self.webhooks.insert(webhook.id, Some(webhook.clone()));
    }

    /// Takes an endpoint away that is gone for everyone.
    pub fn remove(&mut self, id: WebhookId) {
        if self.state.any(id).is_some_and(|one| one.webhook.status == WebhookStatus::Deleted) {
            self.webhooks.insert(id, None);
        }
    }

    fn status(&self, id: WebhookId) -> Option<WebhookStatus> {
        match self.webhooks.get(&id) {
            Some(changed) => changed.as_ref().map(|webhook| webhook.status),
            None => self.state.any(id).map(|one| one.webhook.status),
        }
    }

    /// Has an attempt begin: until then it counts as under way.
    fn begin_one(&mut self, mut delivery: Delivery) {
        delivery.waits = false;
        delivery.due = self.now.plus(self.terms.lease);
        self.answer.begun.push(delivery.clone());
        self.set(delivery);
    }

    /// Puts a delivery at the end of its line. It goes at once where nothing is before it.
    fn stand_in_line(&mut self, mut delivery: Delivery) {
        let line = (delivery.webhook, delivery.subject);
        let others = self.view.lines.get(&line).into_iter().flatten();
        let taken = others.filter_map(|id| self.delivery(*id)).any(|other| other.status.is_open());
        self.answer.touched.push(delivery.id);
        if self.lined.insert(line) && !taken {
            self.begin_one(delivery);
        } else {
            delivery.waits = true;
            self.set(delivery);
        }
    }

    /// A new delivery of an event to an endpoint.
    pub fn line_up(&mut self, webhook: WebhookId, event: &HookEvent) {
        let Some(id) = self.ids.next() else { return };
        let mut delivery = Delivery::new(*id, webhook, event, self.now);
        if self.status(webhook) == Some(WebhookStatus::Active) {
            self.stand_in_line(delivery);
        } else {
            // Written down, so that a replay can send it once the endpoint is enabled.
            (delivery.status, delivery.waits) = (DeliveryStatus::Dead, false);
            DISABLED.clone_into(&mut delivery.note);
            self.answer.touched.push(delivery.id);
            self.set(delivery);
        }
    }

    pub fn enqueue(&mut self, events: &[HookEvent]) {
        let state = self.state;
        let mut taken = BTreeSet::new();
        for event in events {
            if self.view.had.contains(&event.id) || !taken.insert(event.id) {
                continue;
            }
            let mut told = false;
            for Endpoint { webhook, .. } in &state.endpoints {
                let wanted = webhook.status != WebhookStatus::Deleted
                    && webhook.events.contains(&event.kind)
                    && webhook.created_at <= event.at;
                if wanted {
                    self.line_up(webhook.id, event);
                    told = true;
                }
            }
            if told {
                let expires = Some(self.now.plus(KNOWN_FOR));
                let key = ClaimKey::webhook_event(event.id);
                self.claims.push(ClaimOp::Take { key, body: Vec::new(), expires });
            }
        }
    }

    pub fn begin(&mut self, ids: &[DeliveryId], mut room: BTreeMap<WebhookId, usize>) {
        for id in ids {
            let Some(mut delivery) = self.delivery(*id) else { continue };
            let active = self.status(delivery.webhook) == Some(WebhookStatus::Active);
            if !active || !delivery.status.is_open() || delivery.waits || delivery.due > self.now {
                continue;
            }
            match room.get_mut(&delivery.webhook) {
                Some(room) if *room > 0 => {
                    *room -= 1;
                    self.begin_one(delivery);
                }
                _ => {
                    let health = self.state.any(delivery.webhook).and_then(|one| one.health.as_ref());
                    let failing = health.is_some_and(|health| health.failing_since.is_some());
                    delivery.due = self.now.plus(schedule::stand_back(delivery.id.id(), failing));
                    self.set(delivery);
                }
            }
        }
    }

    pub fn ended(&mut self, all: &[Ended]) {
        for ended in all {
            let Some(mut delivery) = self.delivery(ended.delivery) else { continue };
            let was_open = delivery.status.is_open();
            // One that was given up meanwhile, and arrived all the same, has arrived.
            if !was_open
                && (ended.outcome != Outcome::Delivered || delivery.status == DeliveryStatus::Delivered)
            {
                continue;
            }
            delivery.tried += 1;
            delivery.attempts.push(ended.attempt.clone());
            let over = delivery.attempts.len().saturating_sub(MAX_ATTEMPTS_KEPT);
            delivery.attempts.drain(..over);
            delivery.note.clear();
            match ended.outcome {
                Outcome::Delivered => {
                    delivery.status = DeliveryStatus::Delivered;
                    delivery.delivered_at = Some(self.now);
                    self.is_well(delivery.webhook);
                }
                Outcome::Failed | Outcome::Gone => {
                    delivery.failures += 1;
                    let next = schedule::next(
                        delivery.failures,
                        delivery.id.id(),
                        delivery.begun_at,
                        self.now,
                        self.terms.give_up,
                        ended.not_before,
                    );
                    match next.filter(|_| ended.outcome == Outcome::Failed) {
                        Some(due) => (delivery.status, delivery.due) = (DeliveryStatus::Failed, due),
                        None => delivery.status = DeliveryStatus::Dead,
                    }
                    self.answer.dead += u64::from(delivery.status == DeliveryStatus::Dead);
                    self.failed(delivery.webhook, delivery.begun_at);
                }
            }
            let (line, open) = ((delivery.webhook, delivery.subject), delivery.status.is_open());
            self.answer.touched.push(delivery.id);
            self.set(delivery);
            if was_open && !open {
                self.let_next_go(line);
            }
        }
    }

    /// Lets the first of a line go.
    fn let_next_go(&mut self, line: QueueKey) {
        if self.status(line.0) != Some(WebhookStatus::Active) {
            return;
        }
        let ids = self.view.lines.get(&line).into_iter().flatten();
        let first = ids.filter_map(|id| self.delivery(*id)).find(|delivery| delivery.status.is_open());
        if let Some(next) = first.filter(|next| next.waits) {
            self.begin_one(next);
        }
    }

    fn health(&mut self, id: WebhookId) -> &mut Health {
        let known = self.state.any(id).and_then(|one| one.health.clone());
        let well = Health { webhook: id, failing_since: None, failures: 0, taken_at: None };
        self.healths.entry(id).or_insert_with(|| known.unwrap_or(well))
    }

    pub fn is_well(&mut self, id: WebhookId) {
        let taken_at = Some(self.now);
        let health = self.health(id);
        if health.failing_since.is_some() {
            *health = Health { webhook: id, failing_since: None, failures: 0, taken_at };
        }
    }

    fn failed(&mut self, id: WebhookId, waits_since: Time) {
        let (now, terms) = (self.now, self.terms);
        let health = self.health(id);
        health.failures = health.failures.saturating_add(1);
        // However long one has waited: what the endpoint took meanwhile counts.
        let waits_since = health.taken_at.map_or(waits_since, |taken| taken.max(waits_since));
        let since = health.failing_since.map_or(waits_since, |since| since.min(waits_since));
        health.failing_since = Some(since);
        let enough = health.failures >= MIN_FAILURES && now >= since.plus(terms.disable_after);
        if enough
            && self.status(id) == Some(WebhookStatus::Active)
            && let Some(Endpoint { webhook, .. }) = self.state.any(id)
        {
            let status = WebhookStatus::Disabled;
            let webhook = Webhook { status, disabled_at: Some(now), updated_at: now, ..webhook.clone() };
            self.webhooks.insert(id, Some(webhook));
            self.answer.disabled.push(id);
            let occasion = Occasion::WebhookDisabled { webhook: id };
            let message = MessageRequest { recipient: None, occasion };
            self.happenings.push(Happening::MessageRequested { message });
        }
    }

    pub fn replay(&mut self, webhook: WebhookId, ids: &[DeliveryId]) {
        for id in ids {
            let Some(mut delivery) = self.delivery(*id).filter(|one| one.webhook == webhook) else {
                continue;
            };
            if !delivery.status.is_open() {
                let Some(place) = self.ids.next() else { return };
                (delivery.status, delivery.place) = (DeliveryStatus::Pending, *place);
                (delivery.failures, delivery.begun_at, delivery.due) = (0, self.now, self.now);
                delivery.note.clear();
                self.stand_in_line(delivery);
            } else if !delivery.waits {
                self.answer.touched.push(delivery.id);
                self.begin_one(delivery);
            } else {
                self.answer.touched.push(delivery.id);
            }
        }
    }

    pub fn give_up(&mut self, ids: &[DeliveryId]) {
        for id in ids {
            let Some(mut delivery) = self.delivery(*id).filter(|one| one.status.is_open()) else { continue };
            if self.status(delivery.webhook) == Some(WebhookStatus::Active) {
                continue;
            }
            (delivery.status, delivery.waits) = (DeliveryStatus::Dead, false);
            DISABLED.clone_into(&mut delivery.note);
            self.answer.dead += 1;
            self.answer.touched.push(delivery.id);
            self.set(delivery);
        }
    }

    pub fn forget(&mut self, ids: &[DeliveryId]) {
        for id in ids {
            let Some(delivery) = self.delivery(*id) else { continue };
            let gone = !matches!(
                self.status(delivery.webhook),
                Some(WebhookStatus::Active | WebhookStatus::Disabled)
            );
            let old = delivery.created_at.plus(self.terms.keep) <= self.now;
            if gone || (old && !delivery.status.is_open()) {
                self.answer.touched.push(*id);
                self.deliveries.insert(*id, None);
            }
        }
    }

    /// The commit's content, the answer, and the state that follows.
    pub fn done(self, version: u64) -> (Decision, WebhookAnswer, WebhookState) {
        let Self { state, view, now: _, deliveries, webhooks, healths, claims, about, happenings, .. } = self;
        let mut answer = self.answer;
        let (mut changes, mut next) = (Vec::new(), state.clone());
        for (id, new) in deliveries {
            match (view.deliveries.get(&id), new) {
                (Some(old), Some(new)) if *old != new => changes.push(Change::update(old, &new)),
                (None, Some(new)) => changes.push(Change::create(&new)),
                (Some(old), None) => changes.push(Change::remove(old)),
                _ => {}
            }
        }
        for (id, health) in healths {
            let Some(endpoint) = next.endpoints.iter_mut().find(|one| one.webhook.id == id) else { continue };
            match &endpoint.health {
                Some(old) if *old != health => changes.push(Change::update(old, &health)),
                None if health.failing_since.is_some() => changes.push(Change::create(&health)),
                _ => continue,
            }
            endpoint.health = Some(health);
        }
        for (id, new) in webhooks {
            let at = next.endpoints.iter().position(|one| one.webhook.id == id);
            match (at, new) {
                (Some(at), Some(new)) if next.endpoints[at].webhook != new => {
                    changes.push(Change::update(&next.endpoints[at].webhook, &new));
                    (next.endpoints[at].webhook, next.endpoints[at].version) = (new, version + 1);
                }
                (None, Some(new)) => {
                    changes.push(Change::create(&new));
                    next.endpoints.push(Endpoint { webhook: new, version: version + 1, health: None });
                }
                (Some(at), None) => {
                    let gone = next.endpoints.remove(at);
                    changes.push(Change::remove(&gone.webhook));
                    changes.extend(gone.health.iter().map(Change::remove));
                }
                _ => {}
            }
        }
        answer.endpoint = about.and_then(|id| next.any(id).cloned());
        (Decision { changes, claims, happenings }, answer, next)
    }
}
