//! The relay's actor: one per hospital, keyed by the hospital's id. It takes committed events out of the outbox and
//! feeds them to the search index, the statistics, the courier and the storage.
//!
//! Events come at least once, in no promised order, and late ones appear whenever they commit: so it reads what is
//! pending, never from a cursor, and each consumer knows by an id or a version what it has had. An event is settled
//! when everyone it concerns has it. Where the index is down its events stay, and messages go out all the same.

mod documents;
mod figures;
mod rebuilding;
mod renames;
mod webhooks;

use self::figures::Figures;
use self::rebuilding::Rebuilding;
use self::renames::Renames;
use crate::courier::CourierMessage;
use crate::shell::{ActorKind, Failure, Resident, Turn};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::time::Instant;
use ward_domain::decision::{Event, Happening};
use ward_domain::id::{EventId, Id, UserId};
use ward_domain::time::Time;
use ward_domain::upload::storage::StorageCommand;
use ward_search::{DocumentKind, IndexOp};
use ward_store::StoredEvent;

/// Events in hand at a time.
const BATCH: usize = 512;
/// The least time from one feeding of the index to the next: each ends in a commit there, which costs about as much for one
/// document as for a hundred. The first event after a quiet time goes at once.
const PACE: Duration = Duration::from_millis(250);
/// Events looked through at most for those that can go while others must wait.
const MAX_BATCH: usize = 64 * BATCH;
/// How long an index that was found complete is taken to be so: one that loses its documents later is found out.
const TRUSTED: Duration = Duration::from_secs(5);
/// How long the courier or the storage may take with one message.
const TAKE_WITHIN: Duration = Duration::from_secs(10);

/// What can be told to a relay.
#[derive(Debug, Clone, Copy)]
pub enum RelayMessage {
    /// Events are waiting.
    Work,
    /// Empties the search index; the next work feeds it everything there is.
    Empty,
    /// Empties the search index and feeds it everything there is.
    Rebuild,
}

/// A hospital's relay.
#[derive(Debug, Default)]
pub struct Relay {
    /// When the index was last seen to be complete.
    checked: Option<Instant>,
    fed: Option<Instant>,
    figures: Figures,
    renames: Renames,
    rebuilding: Option<Rebuilding>,
}

impl Resident for Relay {
    const KIND: ActorKind = ActorKind::Relay;
    type Command = RelayMessage;
    /// How many events or documents it passed on.
    type Answer = u64;

    async fn activate(_turn: &Turn) -> Result<Self, Failure> {
        Ok(Self::default())
    }

    async fn handle(&mut self, turn: &Turn, message: RelayMessage) -> Result<u64, Failure> {
        if let Some(actors) = turn.env.actors() {
            actors.relay_works(turn.scope.tenant());
        }
        match message {
            RelayMessage::Empty => {
                self.empty(turn).await?;
                Ok(0)
            }
            RelayMessage::Rebuild => {
                self.empty(turn).await?;
                let fed = self.drain(turn).await?.fed;
                fed.ok_or_else(|| Failure::unavailable("the search index did not take every document"))
            }
            RelayMessage::Work => {
                self.check(turn).await;
                Ok(self.drain(turn).await?.passed)
            }
        }
    }
}

/// What a message came to.
struct Drained {
    /// Events passed on.
    passed: u64,
    /// Documents fed by a rebuilding that came to its end.
    fed: Option<u64>,
}

impl Relay {
    async fn empty(&mut self, turn: &Turn) -> Result<(), Failure> {
        let emptied = turn.env.search.destroy(&turn.scope).await;
        emptied.map_err(|error| Failure::unavailable(&error.to_string()))?;
        self.rebuilding = Some(Rebuilding::new());
        Ok(())
    }

    /// An index that is new, was lost or was found damaged is fed everything first.
    async fn check(&mut self, turn: &Turn) {
        if self.rebuilding.is_some() || self.checked.is_some_and(|checked| checked.elapsed() < TRUSTED) {
            return;
        }
        match turn.env.search.status(&turn.scope).await {
            Ok(status) if status.complete => self.checked = Some(Instant::now()),
            Ok(_) => self.rebuilding = Some(Rebuilding::new()),
            Err(error) => {
                tracing::warn!(%error, tenant = turn.scope.tenant().get(), "search is not to be had");
            }
        }
    }

    /// Waits until the index may be fed again.
    async fn pace(&self) {
        if let Some(fed) = self.fed {
            tokio::time::sleep_until(fed + PACE).await;
        }
    }

    /// Passes pending events on until none is left, or none can go. Who commits meanwhile has the relay told again.
    async fn drain(&mut self, turn: &Turn) -> Result<Drained, Failure> {
        let (mut passed, mut rebuilt) = (0, None);
        let mut batch = BATCH;
        let mut search_is_up = true;
        self.pace().await;
        loop {
            let pending = turn.env.store.pending_events(&turn.scope, batch).await?;
            let seen = pending.len();
            let since: BTreeMap<_, _> =
                pending.iter().map(|stored| (stored.event.id, stored.event.at)).collect();
            let for_webhooks = webhooks::concerned(turn, &pending).await;
            let Sorted { index, mut to_search, mut done, renamed } =
                sort(turn, pending, &mut self.figures).await;
            // Whatever is for the figures is for the index too. What is not counted is not settled either.
            let counted = self.figures.count(turn).await;
            // An index that is down is not asked again before the next message.
            if search_is_up && !index.is_empty() {
                search_is_up = feed(turn, index).await;
                self.fed = Some(Instant::now());
            }
            if search_is_up && counted {
                done.append(&mut to_search);
            }
            webhooks::keep_what_they_have(turn, for_webhooks.as_deref(), &mut done).await;
            if search_is_up && let Some((event, user)) = renamed {
                match self.renames.feed_page(turn, event, user).await {
                    Some(true) => done.push(event),
                    Some(false) if done.is_empty() => continue,
                    Some(false) => {}
                    None => search_is_up = false,
                }
            }
            if search_is_up && let Some(rebuilding) = &mut self.rebuilding {
                match rebuilding.feed_page(turn).await {
                    Some(false) => {}
                    Some(true) => {
                        rebuilt = Some(rebuilding.fed);
                        (self.rebuilding, self.checked) = (None, Some(Instant::now()));
                    }
                    None => search_is_up = false,
                }
            }
            if !search_is_up {
                // It may come back with nothing in it.
                (self.rebuilding, self.checked) = (None, None);
            }
            let more_to_feed = self.rebuilding.is_some();
            if done.is_empty() && !more_to_feed {
                // Nothing of these can go; behind them there may be what can.
                if seen < batch || batch >= MAX_BATCH {
                    return Ok(Drained { passed, fed: rebuilt });
                }
                batch *= 4;
                continue;
            }
            if !done.is_empty() {
                turn.env.store.settle_events(&turn.scope, &done).await?;
                self.figures.settled(&done);
                passed += done.len() as u64;
                settled(turn.now(), done.iter().filter_map(|id| since.get(id)));
            }
            if seen < batch && renamed.is_none() && !more_to_feed {
                return Ok(Drained { passed, fed: rebuilt });
            }
        }
    }
}

/// Counts events that were settled, and how old they were.
fn settled<'a>(now: Time, since: impl Iterator<Item = &'a Time>) {
    let (count, lag) =
        (metrics::counter!("ward_relay_settled_total"), metrics::histogram!("ward_relay_lag_seconds"));
    for at in since {
        count.increment(1);
        lag.record(Duration::from_millis(u64::try_from(now.millis() - at.millis()).unwrap_or(0)));
    }
}

/// Pending events by who must have them.
#[derive(Default)]
struct Sorted {
    /// What the index is fed.
    index: BTreeSet<(DocumentKind, Id)>,
    /// The events that say so.
    to_search: Vec<EventId>,
    /// Events that everyone has.
    done: Vec<EventId>,
    /// The first that renames someone: one at a time, and of that a page before what else waits has its turn again.
    renamed: Option<(EventId, UserId)>,
}

/// Sorts events, and passes on at once what is not for the index.
async fn sort(turn: &Turn, pending: Vec<StoredEvent>, figures: &mut Figures) -> Sorted {
    let mut sorted = Sorted::default();
    for stored in pending {
        let id = stored.event.id;
        match serde_json::from_slice::<Event>(&stored.event.body) {
            Ok(Event { what: Happening::PersonRenamed { user }, .. }) => {
                sorted.renamed = sorted.renamed.or(Some((id, user)));
            }
            Ok(event) => match subject(&event.what) {
                Some(subject) => {
                    figures.note(id, &event.what);
                    sorted.index.insert(subject);
                    sorted.to_search.push(id);
                }
                None => {
                    if pass(turn, id, event.what).await {
                        sorted.done.push(id);
                    }
                }
            },
            // An event of a later version of Ward, or damaged: it can never be passed on, and must not stop the rest.
            Err(error) => {
                tracing::error!(%error, event = %id, "an event cannot be read and is put aside");
                sorted.done.push(id);
            }
        }
    }
    sorted
}

/// What of the search index an event concerns.
fn subject(what: &Happening) -> Option<(DocumentKind, Id)> {
    match what {
        Happening::AccountChanged { user, .. } => Some((DocumentKind::Account, user.id())),
        Happening::AppointmentBooked { appointment, .. }
        | Happening::AppointmentChanged { appointment, .. } => {
            Some((DocumentKind::Appointment, appointment.id()))
        }
        Happening::EncounterChanged { encounter } => Some((DocumentKind::Encounter, encounter.id())),
        Happening::HospitalChanged { .. }
        | Happening::PersonRenamed { .. }
        | Happening::ChartChanged { .. }
        | Happening::ObjectReleased { .. }
        | Happening::MessageRequested { .. } => None,
    }
}

/// Passes on what is not for the index; says whether it is done with.
async fn pass(turn: &Turn, event: EventId, what: Happening) -> bool {
    let Some(actors) = turn.env.actors() else { return false };
    let taken = match what {
        Happening::MessageRequested { message: request } => {
            let take = CourierMessage::Take { request, event };
            actors.couriers.ask(&turn.scope, turn.id, TAKE_WITHIN, take).await
        }
        Happening::ObjectReleased { object } => {
            actors.storage(&turn.scope, StorageCommand::Release { id: object }, TAKE_WITHIN).await
        }
        _ => return true,
    };
    match taken {
        Ok(()) => true,
        Err(failure) => {
            tracing::warn!(%failure, "the courier or the storage did not take an event; it is offered again");
            false
        }
    }
}

/// Indexes what is named, as it is now; says whether the index took it.
async fn feed(turn: &Turn, subjects: BTreeSet<(DocumentKind, Id)>) -> bool {
    if subjects.is_empty() {
        return true;
    }
    let mut ops = Vec::with_capacity(subjects.len());
    for kind in DocumentKind::ALL {
        let ids: Vec<Id> = subjects.iter().filter(|(of, _)| of == kind).map(|(_, id)| *id).collect();
        match documents::read(turn, *kind, &ids).await {
            Ok(read) => ops.extend(read.into_iter().map(IndexOp::Put)),
            Err(failure) => {
                tracing::warn!(%failure, "documents could not be read for the index");
                return false;
            }
        }
    }
    apply(turn, ops).await
}

/// Gives operations to the index; says whether it took them.
async fn apply(turn: &Turn, ops: Vec<IndexOp>) -> bool {
    match turn.env.search.apply(&turn.scope, ops).await {
        Ok(()) => true,
        Err(error) => {
            metrics::counter!("ward_search_feed_failures_total").increment(1);
            tracing::warn!(%error, tenant = turn.scope.tenant().get(), "the search index did not take documents");
            false
        }
    }
}
