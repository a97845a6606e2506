//! The live entities of one kind.

use super::admission::{Admission, Permit, late, overloaded};
use super::host::{Host, Knock, Letter, Reply, Resident, Tray, Turn};
use super::supervisor::Supervisors;
use super::{Activity, ActorSnapshot, Failure, Limits};
use crate::Env;
use dashmap::DashMap;
use ractor::{Actor, ActorCell, ActorRef};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{OnceCell, oneshot};
use ward_domain::id::Id;
use ward_domain::tenancy::{TenantId, TenantScope};

type Key = (TenantId, Id);

/// Failures in a row before the next activation has to wait.
const FREE_FAILURES: u32 = 3;
/// The longest wait before the next activation, in milliseconds.
const MAX_PAUSE_MS: i64 = 30_000;

/// One entity's place in a pool: it is made before its actor, and has one in its life.
pub(crate) struct Cell<R: Resident> {
    actor: OnceCell<ActorRef<Knock<R>>>,
    pub(crate) tray: Tray<R>,
    broke: AtomicBool,
    in_hand: AtomicUsize,
    handled: AtomicU64,
    last_used: AtomicI64,
}

/// What went wrong with an entity lately.
#[derive(Debug, Clone, Copy, Default)]
struct Trouble {
    failures: u32,
    wait_until: i64,
}

/// The live entities of one kind.
pub struct Pool<R: Resident> {
    env: Arc<Env>,
    supervisors: Arc<Supervisors>,
    admission: Arc<Admission>,
    limits: Limits,
    live: DashMap<Key, Arc<Cell<R>>>,
    trouble: DashMap<Key, Trouble>,
}

/// A message's place in hand, its entity's and its tenant's, given back when dropped.
pub(crate) struct InHand<R: Resident> {
    cell: Arc<Cell<R>>,
    pub(crate) permit: Option<Permit>,
}

impl<R: Resident> InHand<R> {
    pub(crate) fn cell(&self) -> Arc<Cell<R>> {
        Arc::clone(&self.cell)
    }
}

impl<R: Resident> Drop for InHand<R> {
    fn drop(&mut self) {
        self.cell.in_hand.fetch_sub(1, Ordering::AcqRel);
    }
}

impl<R: Resident> Pool<R> {
    pub(crate) fn new(
        env: &Arc<Env>,
        supervisors: &Arc<Supervisors>,
        admission: &Arc<Admission>,
        limits: &Limits,
    ) -> Self {
        Self {
            env: Arc::clone(env),
            supervisors: Arc::clone(supervisors),
            admission: Arc::clone(admission),
            limits: limits.clone(),
            live: DashMap::new(),
            trouble: DashMap::new(),
        }
    }

    /// Sends a command and waits for the answer, at most `deadline`. A time-out does not take the command back.
    pub async fn ask(
        &self,
        scope: &TenantScope,
        id: Id,
        deadline: Duration,
        command: R::Command,
    ) -> Result<R::Answer, Failure> {
        let permit = self.admission.enter(scope.tenant())?;
        let answer = self.deliver(scope, id, command, Some(permit));
        match tokio::time::timeout(deadline, answer).await {
            Ok(result) => result,
            Err(_) => Err(late()),
        }
    }

    /// Sends a command and does not wait: what an actor sends to another.
    pub fn tell(self: &Arc<Self>, scope: TenantScope, id: Id, command: R::Command) {
        let pool = Arc::clone(self);
        self.env.tasks.spawn(async move {
            if let Err(failure) = pool.deliver(&scope, id, command, None).await {
                tracing::warn!(kind = R::KIND.name(), tenant = scope.tenant().get(), %failure, "a message had no effect");
            }
        });
    }

    async fn deliver(
        &self,
        scope: &TenantScope,
        id: Id,
        command: R::Command,
        permit: Option<Permit>,
    ) -> Result<R::Answer, Failure> {
        let key = (scope.tenant(), id);
        let (mut command, mut permit) = (command, permit);
        // An actor can end between the look-up and the send, or with the command in its box; then the command comes back
        // unopened, and a fresh activation takes it. Twice in a row means that something is wrong with it.
        for _ in 0..3 {
            let hand = self.take_in_hand(key, permit.take())?;
            let cell = Arc::clone(&hand.cell);
            let actor = self.activated(scope, id, &cell).await?;
            let (reply, answer) = oneshot::channel();
            // What cannot be sent is dropped, and so a letter comes back unopened: this one or one before it, whose own knock
            // is then left for this one.
            let _ = actor.send_message(Knock::with(Letter { command, reply, hand, alone: false }));
            match answer.await {
                Ok(Reply::Answer(result)) => return self.answered(key, &cell, result),
                Ok(Reply::Unopened(returned, place)) => {
                    self.forget(key, &cell);
                    (command, permit) = (returned, place);
                }
                Err(_) => {
                    self.ended(key, &cell);
                    return Err(Failure::Broken(format!(
                        "{} ended while it handled a message",
                        R::KIND.name()
                    )));
                }
            }
        }
        Err(overloaded())
    }

    /// The entity's cell, with one message more in hand. Counted under the map's lock: a passivation sees either the
    /// count or no cell.
    fn take_in_hand(&self, key: Key, permit: Option<Permit>) -> Result<InHand<R>, Failure> {
        self.check_trouble(key)?;
        let now = self.env.now().millis();
        let cell = match self.live.get(&key) {
            Some(cell) => counted(&cell),
            None => counted(&self.live.entry(key).or_insert_with(|| {
                Arc::new(Cell {
                    actor: OnceCell::new(),
                    tray: Tray::default(),
                    broke: AtomicBool::new(false),
                    in_hand: AtomicUsize::new(0),
                    handled: AtomicU64::new(0),
                    last_used: AtomicI64::new(now),
                })
            })),
        };
        cell.last_used.store(now, Ordering::Relaxed);
        let hand = InHand { cell, permit };
        if hand.cell.in_hand.load(Ordering::Acquire) > self.limits.per_entity {
            return Err(overloaded());
        }
        Ok(hand)
    }

    async fn activated(
        &self,
        scope: &TenantScope,
        id: Id,
        cell: &Arc<Cell<R>>,
    ) -> Result<ActorRef<Knock<R>>, Failure> {
        let started = cell.actor.get_or_try_init(|| async {
            let supervisor = self.supervisors.of(scope.tenant()).await?;
            let turn = Turn { env: Arc::clone(&self.env), scope: *scope, id };
            match Actor::spawn_linked(None, Host::<R>::default(), turn, supervisor).await {
                Ok((actor, _)) => Ok(actor),
                Err(ractor::SpawnErr::StartupFailed(error)) => Err(match error.downcast::<Failure>() {
                    Ok(failure) => *failure,
                    Err(error) => Failure::Broken(error.to_string()),
                }),
                Err(other) => Err(Failure::Broken(other.to_string())),
            }
        });
        let result = started.await.cloned();
        if let Err(Failure::Broken(_)) = &result {
            self.note_failure((scope.tenant(), id));
        }
        result
    }

    fn answered(
        &self,
        key: Key,
        cell: &Arc<Cell<R>>,
        result: Result<R::Answer, Failure>,
    ) -> Result<R::Answer, Failure> {
        cell.handled.fetch_add(1, Ordering::Relaxed);
        if matches!(result, Err(Failure::Broken(_))) {
            self.ended(key, cell);
        } else if matches!(result, Err(Failure::Unknown(_))) {
            self.forget(key, cell);
        } else if self.trouble.contains_key(&key) {
            self.trouble.remove(&key);
        }
        result
    }

    /// Takes a cell out, if it is still the one in place.
    fn forget(&self, key: Key, cell: &Arc<Cell<R>>) {
        self.live.remove_if(&key, |_, current| Arc::ptr_eq(current, cell));
    }

    /// Notes that an activation broke: once, however many messages waited in its box.
    fn ended(&self, key: Key, cell: &Arc<Cell<R>>) {
        self.forget(key, cell);
        if !cell.broke.swap(true, Ordering::AcqRel) {
            self.note_failure(key);
        }
    }

    fn note_failure(&self, key: Key) {
        let mut trouble = self.trouble.entry(key).or_default();
        trouble.failures = trouble.failures.saturating_add(1);
        let over = trouble.failures.saturating_sub(FREE_FAILURES);
        let pause = if over == 0 { 0 } else { (100_i64 << over.min(10)).min(MAX_PAUSE_MS) };
        trouble.wait_until = self.env.now().millis() + pause;
    }

    fn check_trouble(&self, key: Key) -> Result<(), Failure> {
        let waits =
            self.trouble.get(&key).is_some_and(|trouble| trouble.wait_until > self.env.now().millis());
        if waits { Err(overloaded()) } else { Ok(()) }
    }

    /// Lets go of what is idle; says how many.
    pub fn sweep(&self) -> usize {
        let now = self.env.now().millis();
        let mut idle = i64::try_from(self.limits.idle.as_millis()).unwrap_or(i64::MAX);
        if self.live.len() > self.limits.residents {
            idle /= 10;
        }
        let due = |cell: &Cell<R>| {
            cell.in_hand.load(Ordering::Acquire) == 0 && now - cell.last_used.load(Ordering::Relaxed) >= idle
        };
        let keys: Vec<Key> =
            self.live.iter().filter(|entry| due(entry.value())).map(|entry| *entry.key()).collect();
        let mut gone = 0;
        for key in keys {
            if let Some((_, cell)) = self.live.remove_if(&key, |_, cell| due(cell)) {
                if let Some(actor) = cell.actor.get() {
                    actor.stop(None);
                }
                gone += 1;
            }
        }
        self.trouble.retain(|_, trouble| now - trouble.wait_until < MAX_PAUSE_MS * 4);
        if self.live.capacity() > 4 * (self.live.len() + 1024) {
            self.live.shrink_to_fit();
        }
        gone
    }

    /// Forgets a tenant's entities that live under a supervisor which is about to end, so that the next message starts
    /// a fresh one. What a message has started since, under the next supervisor, stays.
    pub(crate) fn forget_under(&self, tenant: TenantId, supervisor: &ActorCell) {
        let under = |actor: &ActorRef<Knock<R>>| {
            actor.try_get_supervisor().is_none_or(|parent| parent.get_id() == supervisor.get_id())
        };
        self.live.retain(|(owner, _), cell| *owner != tenant || !cell.actor.get().is_some_and(under));
        self.trouble.retain(|(owner, _), _| *owner != tenant);
    }

    /// How many are alive.
    pub fn len(&self) -> usize {
        self.live.len()
    }

    /// True where none is alive.
    pub fn is_empty(&self) -> bool {
        self.live.is_empty()
    }

    /// What is alive, at most `limit`.
    pub fn snapshot(&self, limit: usize) -> Vec<ActorSnapshot> {
        let now = self.env.now().millis();
        let of = |key: &Key, cell: &Cell<R>| {
            let in_hand = cell.in_hand.load(Ordering::Relaxed);
            let activity = match (cell.actor.initialized(), in_hand) {
                (false, _) => Activity::Activating,
                (true, 0) => Activity::Idle,
                (true, _) => Activity::Busy,
            };
            ActorSnapshot {
                kind: R::KIND.name(),
                hospital: key.0.get(),
                id: key.1.get(),
                activity,
                in_hand,
                handled: cell.handled.load(Ordering::Relaxed),
                idle_ms: (now - cell.last_used.load(Ordering::Relaxed)).max(0),
                failures: self.trouble.get(key).map_or(0, |trouble| trouble.failures),
            }
        };
        self.live.iter().take(limit).map(|entry| of(entry.key(), entry.value())).collect()
    }
}

fn counted<R: Resident>(cell: &Arc<Cell<R>>) -> Arc<Cell<R>> {
    cell.in_hand.fetch_add(1, Ordering::AcqRel);
    Arc::clone(cell)
}
