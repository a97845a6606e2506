//! The webhooks' actor: one per hospital, keyed by the hospital's id. It owns the hospital's endpoints and what is on its
//! way to them.
//!
//! Events come by two ways. Who commits leaves them at the desk and the actor collects them, so that nothing that the
//! relay waits for (search, mail) holds them up. And the relay settles no event before this actor has it, which makes
//! sure that none is lost. An event is taken on once, by a commit that claims its id.
//!
//! Attempts run beside the actor and come back by a tray: one commit notes all that lie there. What is in which order,
//! and when it goes, is decided in [`ward_domain::webhook::rules`].

mod desk;
mod looking;
mod sending;
mod upkeep;

pub(crate) use desk::HookDesk;

use self::sending::Sending;
use crate::shell::aggregate::{Aggregate, carry_out};
use crate::shell::{ActorKind, Failure, Resident, Turn};
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use tokio::time::Instant;
use ward_domain::decision::{Decision, Event};
use ward_domain::id::{DeliveryId, EventId, WebhookId};
use ward_domain::record::{AggregateKind, ClaimKey, ClaimOp, Document as _, Key, List};
use ward_domain::refusal::Refusal;
use ward_domain::time::Time;
use ward_domain::webhook::rules::View;
use ward_domain::webhook::{
    Delivery, DeliveryStatus, Endpoint, Health, HookEvent, Terms, Webhook, WebhookAnswer, WebhookCommand,
    WebhookState,
};
use ward_store::{AggregateRef, Bounds, ListQuery, Version};

/// Documents that one commit makes or changes, about.
const BATCH: usize = 300;
/// Ends of attempts noted in one commit: each may let another delivery go.
const MAX_ENDS: usize = 150;
/// Pending events looked through for those that nobody left at the desk.
const MAX_PENDING: usize = 32_768;
/// Events that are remembered as taken on; older ones are looked up. More than are looked through: else each look through a
/// long outbox would look up what the last one did.
const MAX_KNOWN: usize = 2 * MAX_PENDING;

/// What can be told to a hospital's webhooks.
#[derive(Debug)]
pub enum WebhookMessage {
    /// Changes an endpoint, or sends something.
    Do(Box<WebhookCommand>),
    /// Events lie at the desk.
    Collect,
    /// Takes these on, unless it has them: the answer is that it does.
    Have(Vec<HookEvent>),
    /// Attempts have ended.
    Note,
    /// Deliveries are due.
    Work(
        /// Which.
        Vec<DeliveryId>,
    ),
    /// Sends again what happened within a time.
    ReplayRange {
        /// To which endpoint.
        webhook: WebhookId,
        /// When.
        bounds: Bounds,
        /// What stands so; `None`: everything that has ended.
        status: Option<DeliveryStatus>,
        /// A request's key.
        claims: Vec<ClaimOp>,
    },
    /// Goes on with what upkeep has left over.
    Tidy,
}

/// Events known to have been taken on, the latest.
#[derive(Debug, Default)]
struct KnownEvents {
    ids: BTreeSet<EventId>,
    order: VecDeque<EventId>,
}

impl KnownEvents {
    fn add(&mut self, id: EventId) {
        if self.ids.insert(id) {
            self.order.push_back(id);
        }
        if self.order.len() > MAX_KNOWN
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
    }
}

/// A hospital's webhooks.
#[derive(Debug, Default)]
pub struct Webhooks {
    version: Version,
    state: WebhookState,
    view: View,
    terms: Terms,
    known: KnownEvents,
    /// True once everything that was pending when this activation began has been taken on.
    caught_up: bool,
    sending: Sending,
    tidied: Option<Instant>,
}

impl Resident for Webhooks {
    const KIND: ActorKind = ActorKind::Webhooks;
    type Command = WebhookMessage;
    type Answer = WebhookAnswer;

    async fn activate(turn: &Turn) -> Result<Self, Failure> {
        let mut webhooks = Self::default();
        webhooks.reload(turn).await?;
        Ok(webhooks)
    }

    async fn handle(&mut self, turn: &Turn, message: WebhookMessage) -> Result<WebhookAnswer, Failure> {
        self.note(turn).await?;
        self.tidy_if_due(turn).await?;
        match message {
            WebhookMessage::Do(command) => {
                let answer = self.run(turn, &command).await?;
                if matches!(*command, WebhookCommand::Delete(_)) {
                    self.tidy(turn).await?;
                }
                return Ok(answer);
            }
            WebhookMessage::Collect => self.collect(turn, true).await?,
            WebhookMessage::Have(events) => {
                // What was left before these were committed comes first.
                self.collect(turn, false).await?;
                self.enqueue(turn, events).await?;
            }
            WebhookMessage::Note => {}
            WebhookMessage::Work(due) => self.work(turn, due).await?,
            WebhookMessage::ReplayRange { webhook, bounds, status, claims } => {
                return self.replay_range(turn, webhook, bounds, status, claims).await;
            }
            WebhookMessage::Tidy => self.tidy(turn).await?,
        }
        Ok(WebhookAnswer::default())
    }
}

impl Webhooks {
    /// Carries a command out and begins what it lets go.
    async fn run(&mut self, turn: &Turn, command: &WebhookCommand) -> Result<WebhookAnswer, Failure> {
        let mut answer = carry_out(self, turn, command).await?;
        self.listens(turn);
        if answer.dead > 0 {
            metrics::counter!("ward_webhook_dead_total").increment(answer.dead);
        }
        let begun = std::mem::take(&mut answer.begun);
        self.sending.start(turn, &self.state, begun);
        Ok(answer)
    }

    /// Says at the desk whether anyone listens here.
    fn listens(&self, turn: &Turn) {
        if let Some(actors) = turn.env.actors() {
            actors.hook_desk.note(turn.scope.tenant(), !self.state.endpoints.is_empty());
        }
    }

    /// Notes how attempts ended, all that lie there.
    async fn note(&mut self, turn: &Turn) -> Result<(), Failure> {
        loop {
            let ends = self.sending.ends(MAX_ENDS);
            if ends.is_empty() {
                return Ok(());
            }
            // What is not noted is begun again when its time is over.
            let answer = self.run(turn, &WebhookCommand::Ended(ends)).await?;
            if !answer.disabled.is_empty() {
                metrics::counter!("ward_webhook_disabled_total").increment(answer.disabled.len() as u64);
                tracing::warn!(tenant = turn.scope.tenant().get(), webhooks = ?answer.disabled, "webhooks that took nothing for too long are disabled");
                self.tidy(turn).await?;
            }
        }
    }

    /// Takes on what lies at the desk; first, in a new activation or where something was not left there, what is pending.
    /// Once: who leaves something meanwhile tells this actor again, and under load a desk is never empty.
    async fn collect(&mut self, turn: &Turn, was_told: bool) -> Result<(), Failure> {
        let Some(actors) = turn.env.actors() else { return Ok(()) };
        let shared = turn.env.store.is_shared();
        if shared && turn.env.store.version(&turn.scope, self.reference(turn)).await? != self.version {
            self.reload(turn).await?;
        }
        let taken = actors.hook_desk.take(turn.scope.tenant(), was_told);
        // Where others write too, an event of theirs may come before one that was left here.
        if taken.behind || (shared && !taken.events.is_empty()) {
            self.caught_up = false;
        }
        if !self.caught_up {
            self.catch_up(turn).await?;
        }
        let done = self.enqueue(turn, taken.events).await;
        self.caught_up = done.is_ok();
        done
    }

    async fn catch_up(&mut self, turn: &Turn) -> Result<(), Failure> {
        if self.state.endpoints.is_empty() {
            return Ok(());
        }
        let pending = turn.env.store.pending_events(&turn.scope, MAX_PENDING).await?;
        let events = pending.iter().filter_map(|stored| {
            let event: Event = serde_json::from_slice(&stored.event.body).ok()?;
            HookEvent::of(stored.aggregate.id, &event)
        });
        self.enqueue(turn, events.collect()).await
    }

    /// Takes events on, in order, each once.
    async fn enqueue(&mut self, turn: &Turn, mut events: Vec<HookEvent>) -> Result<(), Failure> {
        events.retain(|event| !self.known.ids.contains(&event.id));
        let at_once = (BATCH / (self.state.endpoints.len() + 1)).max(1);
        while !events.is_empty() {
            let rest = events.split_off(at_once.min(events.len()));
            let taken: Vec<_> = events.iter().map(|event| event.id).collect();
            self.run(turn, &WebhookCommand::Enqueue(events)).await?;
            for id in taken {
                self.known.add(id);
            }
            events = rest;
        }
        Ok(())
    }

    /// Begins what is due; what is due at an endpoint that is told nothing is put in order.
    async fn work(&mut self, turn: &Turn, due: Vec<DeliveryId>) -> Result<(), Failure> {
        let room = self.sending.room(&self.state);
        self.run(turn, &WebhookCommand::Begin { deliveries: due, room }).await?;
        let told = |delivery: &Delivery| {
            self.state.endpoint(delivery.webhook).is_ok_and(|one| one.webhook.disabled_at.is_none())
        };
        let idle: Vec<DeliveryId> =
            self.view.deliveries.values().filter(|one| !told(one)).map(|one| one.id).collect();
        if idle.is_empty() {
            return Ok(());
        }
        self.run(turn, &WebhookCommand::GiveUp(idle)).await?;
        self.tidy(turn).await
    }

    async fn replay_range(
        &mut self,
        turn: &Turn,
        webhook: WebhookId,
        bounds: Bounds,
        status: Option<DeliveryStatus>,
        mut claims: Vec<ClaimOp>,
    ) -> Result<WebhookAnswer, Failure> {
        let mut all = WebhookAnswer::default();
        for deliveries in upkeep::ended_within(turn, webhook, bounds, status).await?.chunks(BATCH / 2) {
            let deliveries = deliveries.to_vec();
            let claims = std::mem::take(&mut claims);
            let answer = self.run(turn, &WebhookCommand::Replay { webhook, deliveries, claims }).await?;
            all.touched.extend(answer.touched);
        }
        Ok(all)
    }
}

impl Aggregate for Webhooks {
    type Command = WebhookCommand;
    type Answer = WebhookAnswer;
    type Next = WebhookState;

    fn reference(&self, turn: &Turn) -> AggregateRef {
        AggregateRef { kind: AggregateKind::Webhooks, id: turn.id }
    }

    fn version(&self) -> Version {
        self.version
    }

    async fn reload(&mut self, turn: &Turn) -> Result<(), Failure> {
        let store = &turn.env.store;
        let version = store.version(&turn.scope, self.reference(turn)).await?;
        let page = store.list(&turn.scope, &ListQuery::all(List::Webhooks, Key::all())).await?;
        let ids: Vec<_> = page.rows.iter().map(|row| row.id).collect();
        let mut endpoints = Vec::with_capacity(ids.len());
        for stored in store.get_many(&turn.scope, Webhook::KIND, &ids).await? {
            endpoints.push(Endpoint { version: stored.version, webhook: stored.document()?, health: None });
        }
        for stored in store.get_many(&turn.scope, Health::KIND, &ids).await? {
            let health: Health = stored.document()?;
            let of = endpoints.iter_mut().find(|one| one.webhook.id == health.webhook);
            if let Some(endpoint) = of {
                endpoint.health = Some(health);
            }
        }
        self.version = version;
        self.state = WebhookState { endpoints };
        self.listens(turn);
        Ok(())
    }

    async fn prepare(&mut self, turn: &Turn, command: &WebhookCommand) -> Result<(), Failure> {
        self.view = looking::view(turn, &self.state, command).await?;
        self.terms = turn.env.hook_terms;
        Ok(())
    }

    fn decide(
        &self,
        now: Time,
        command: &WebhookCommand,
    ) -> Result<(Decision, WebhookAnswer, WebhookState), Refusal> {
        self.state.decide(now, &self.terms, self.version, &self.view, command)
    }

    fn apply(&mut self, version: Version, next: WebhookState) {
        self.version = version;
        self.state = next;
    }

    fn claim_refusal(&self, _key: &ClaimKey, _command: &WebhookCommand) -> Refusal {
        Refusal::overloaded("The webhooks are busy.")
    }
}

impl crate::Actors {
    /// Whether a hospital has webhooks.
    pub(crate) async fn has_webhooks(
        &self,
        scope: &ward_domain::tenancy::TenantScope,
    ) -> Result<bool, Failure> {
        if scope.is_platform() {
            return Ok(false);
        }
        if let Some(any) = self.hook_desk.listening(scope.tenant()) {
            return Ok(any);
        }
        let query = ListQuery { limit: 1, ..ListQuery::all(List::Webhooks, Key::all()) };
        let any = !self.env().store.list(scope, &query).await?.rows.is_empty();
        self.hook_desk.note_read(scope.tenant(), any);
        Ok(any)
    }

    /// Leaves what was committed for the hospital's webhooks, if it has any.
    pub(crate) fn tell_webhooks(self: &Arc<Self>, turn: &Turn, events: Vec<HookEvent>) {
        let tenant = turn.scope.tenant();
        if events.is_empty()
            || turn.scope.is_platform()
            || self.hook_desk.listening(tenant) == Some(false)
            || !self.hook_desk.leave(tenant, events)
        {
            return;
        }
        let (tree, scope) = (Arc::clone(self), turn.scope);
        turn.env.tasks.spawn(async move {
            let told = match tree.has_webhooks(&scope).await {
                Ok(false) => {
                    tree.hook_desk.take(tenant, true);
                    return;
                }
                Ok(true) => {
                    let id = Self::of_hospital(&scope);
                    tree.webhooks.ask(&scope, id, DEADLINE, WebhookMessage::Collect).await.map(|_| ())
                }
                Err(failure) => Err(failure),
            };
            if let Err(failure) = told {
                // The relay has the events too, and offers them until they are taken.
                tree.hook_desk.not_told(tenant);
                tracing::warn!(tenant = tenant.get(), %failure, "webhooks could not take events yet");
            }
        });
    }
}

/// How long taking events on may take.
const DEADLINE: std::time::Duration = std::time::Duration::from_secs(30);
