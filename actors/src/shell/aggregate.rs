//! The cycle of everything that owns documents: load, decide, commit, apply, publish, answer.

use super::{Failure, Turn};
use std::time::Duration;
use ward_domain::decision::{Decision, Event};
use ward_domain::id::CommitId;
use ward_domain::record::{ClaimKey, ClaimOp, Document};
use ward_domain::refusal::Refusal;
use ward_domain::time::Time;
use ward_domain::webhook::HookEvent;
use ward_store::{AggregateRef, Commit, CommitError, OutboxEvent, Outcome, Store, Version};

/// How often a command is decided anew after someone else committed first.
pub(crate) const MAX_ROUNDS: usize = 8;
/// How often a commit is sent again after its answer was lost.
const MAX_SENDINGS: u32 = 8;

/// An entity that owns documents.
pub trait Aggregate: Send + Sync {
    /// What it can be told.
    type Command: Send + Sync;
    /// What it answers.
    type Answer: Send;
    /// What its state becomes by a decision.
    type Next: Send;

    /// Its place in the store.
    fn reference(&self, turn: &Turn) -> AggregateRef;

    /// The version that its state is of.
    fn version(&self) -> Version;

    /// Brings version and state up to date with the store: both, or on an error neither. A new version beside old state
    /// would let the next command undo what another has done.
    fn reload(&mut self, turn: &Turn) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Loads what a command needs beyond the state; before every decision.
    fn prepare(
        &mut self,
        _turn: &Turn,
        _command: &Self::Command,
    ) -> impl Future<Output = Result<(), Failure>> + Send {
        async { Ok(()) }
    }

    /// Decides a command.
    #[allow(clippy::type_complexity, reason = "decision, answer and next state are what a decision is")]
    fn decide(
        &self,
        now: Time,
        command: &Self::Command,
    ) -> Result<(Decision, Self::Answer, Self::Next), Refusal>;

    /// Takes on what was committed.
    fn apply(&mut self, version: Version, next: Self::Next);

    /// The words for a claim that another holds.
    fn claim_refusal(&self, key: &ClaimKey, command: &Self::Command) -> Refusal;
}

/// Carries a command out.
pub async fn carry_out<A: Aggregate>(
    entity: &mut A,
    turn: &Turn,
    command: &A::Command,
) -> Result<A::Answer, Failure> {
    let mut fresh = false;
    for _ in 0..MAX_ROUNDS {
        entity.prepare(turn, command).await?;
        let now = turn.now();
        let (decision, answer, next) = match entity.decide(now, command) {
            Ok(decided) => decided,
            // Where others may write too, a refusal decided on kept state is decided again on fresh state.
            Err(_) if turn.env.store.is_shared() && !fresh => {
                entity.reload(turn).await?;
                fresh = true;
                continue;
            }
            Err(refusal) => return Err(refusal.into()),
        };
        if decision.is_empty() {
            return Ok(answer);
        }
        match commit(turn, entity.reference(turn), entity.version(), decision, now).await? {
            Ended::Stands(version) => {
                entity.apply(version, next);
                return Ok(answer);
            }
            Ended::Stale => {
                entity.reload(turn).await?;
                fresh = true;
            }
            Ended::Taken(key) if key.is_once() => return Err(Failure::Repeated),
            Ended::Taken(key) => return Err(entity.claim_refusal(&key, command).into()),
        }
    }
    Err(super::admission::overloaded())
}

/// How a commit ended, as far as an entity can go on from it.
pub(crate) enum Ended {
    Stands(Version),
    Stale,
    Taken(ClaimKey),
}

/// Commits a decision and publishes its events.
pub(crate) async fn commit(
    turn: &Turn,
    aggregate: AggregateRef,
    expected: Version,
    decision: Decision,
    now: Time,
) -> Result<Ended, Failure> {
    let store = &*turn.env.store;
    // What must happen once is refused even to the aggregate that did it before; its own fence makes looking first
    // safe.
    for op in &decision.claims {
        if let ClaimOp::Take { key, .. } = op
            && key.is_once()
            && store.claim(&turn.scope, key, now).await?.is_some()
        {
            return Ok(Ended::Taken(key.clone()));
        }
    }
    let mut events = Vec::with_capacity(decision.happenings.len());
    let mut for_webhooks = Vec::new();
    for what in decision.happenings {
        let event = Event { id: turn.env.ids.next()?.into(), at: now, what };
        let body = serde_json::to_vec(&event).map_err(|error| Failure::Broken(error.to_string()))?;
        for_webhooks.extend(HookEvent::of(aggregate.id, &event));
        events.push(OutboxEvent { id: event.id, at: now, body });
    }
    let publishes = !events.is_empty();
    let id = CommitId::from(turn.env.ids.next()?);
    let commit = Commit {
        id,
        at: now,
        aggregate,
        expected,
        changes: decision.changes,
        claims: decision.claims,
        events,
    };
    let ended = match send(turn, store, commit).await {
        Ok(committed) => Ended::Stands(committed.version),
        Err(CommitError::Version { .. }) => Ended::Stale,
        Err(CommitError::ClaimTaken { key, .. }) => Ended::Taken(key),
        Err(CommitError::Unavailable(why)) => {
            failed("unavailable");
            return Err(Failure::unavailable(&why));
        }
        Err(error @ CommitError::TooLarge { .. }) => {
            failed("too_large");
            tracing::warn!(%error, "a commit is over the limit");
            return Err(Refusal::new(
                ward_domain::refusal::Kind::TooLarge,
                "too_large",
                "This is too much to keep at once.",
            )
            .into());
        }
        Err(CommitError::Unknown(why)) => {
            failed("unknown");
            tracing::error!(why, "the outcome of a commit is not to be had");
            return Err(Failure::Unknown(why));
        }
    };
    if matches!(ended, Ended::Stands(_)) {
        turn.env.committed(turn.scope, aggregate);
        if publishes && let Some(actors) = turn.env.actors() {
            actors.tell_webhooks(turn, for_webhooks);
            actors.nudge_relay(turn.scope);
        }
    }
    Ok(ended)
}

/// Counts a commit that ended in neither success nor a conflict.
fn failed(why: &'static str) {
    metrics::counter!("ward_commits_failed_total", "why" => why).increment(1);
}

/// Sends a commit until its outcome is known. A store may say that a commit is absent while it is still on its way, so
/// nothing is concluded from that: the same commit is sent again, under the same id, which can count once only. Where
/// its version has meanwhile gone, the commit itself may be what took it: then the store is asked.
async fn send(turn: &Turn, store: &dyn Store, commit: Commit) -> Result<ward_store::Committed, CommitError> {
    let mut result = store.commit(&turn.scope, commit.clone()).await;
    let mut pause = Duration::from_millis(20);
    for _ in 0..MAX_SENDINGS {
        let Err(CommitError::Unknown(why)) = &result else { return result };
        tracing::warn!(why, "a commit's answer was lost; it is sent again");
        tokio::time::sleep(pause).await;
        pause *= 2;
        result = match store.commit(&turn.scope, commit.clone()).await {
            // Not even begun this time, but the sending before may stand or still arrive.
            Err(CommitError::Unavailable(why)) => Err(CommitError::Unknown(why)),
            Err(CommitError::Version { actual }) => {
                match store.outcome(&turn.scope, commit.aggregate, commit.id).await {
                    Ok(Outcome::Applied(version)) => Ok(ward_store::Committed { version }),
                    Ok(Outcome::Absent) => Err(CommitError::Version { actual }),
                    Err(error) => Err(CommitError::Unknown(error.to_string())),
                }
            }
            other => other,
        };
    }
    result
}

/// A document and the version that wrote it.
pub async fn load<D: Document>(
    turn: &Turn,
    id: ward_domain::id::Id,
) -> Result<Option<(D, Version)>, Failure> {
    let Some(stored) = turn.env.store.get(&turn.scope, D::KIND, id).await? else { return Ok(None) };
    let version = stored.version;
    Ok(Some((stored.document()?, version)))
}
