//! One commit, from its intent to its acknowledgement.

use crate::claims::{Prepared, Reservation, Reserved, drop_loose, prepare, reserve};
use crate::fault::Fault;
use crate::fence::{Fence, State};
use crate::follow::follow;
use crate::house::House;
use crate::intents::{self, Intent, intend, is_current};
use crate::journal::Entry;
use crate::moving::check_serving;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use ward_domain::id::CommitId;
use ward_domain::tenancy::TenantId;
use ward_store::{Commit, CommitError, Committed, Outcome, Version};

/// Before a question whose answer was lost is asked again.
const PAUSE: Duration = Duration::from_millis(50);

/// Reads a fence serially and finishes what its journal holds: what this returns has been followed.
pub(crate) async fn load(house: &House, fence: &Fence<'_>) -> Result<Arc<State>, Fault> {
    let known = house.state(fence);
    let (state, entry) = fence.read().await?;
    // What this process has followed itself needs no second time.
    if let Some(entry) = entry.filter(|entry| known.is_none_or(|known| known.turn < entry.turn)) {
        follow(house, fence, &entry).await?;
    }
    Ok(house.keep(fence, state))
}

/// How a try at the next turn ended.
enum Try {
    Won(Reservation, Entry),
    /// Someone else has the turn: look again.
    Lost,
    Refused(CommitError),
}

struct Attempt<'a> {
    house: &'a House,
    fence: Fence<'a>,
    commit: &'a Commit,
    deadline: Instant,
    intent: Option<Intent>,
    /// A fence was sent whose answer was lost, and what became of it is not settled yet.
    unsettled: bool,
}

/// Carries a commit out.
pub(crate) async fn commit(
    house: &House,
    tenant: TenantId,
    commit: &Commit,
) -> Result<Committed, CommitError> {
    commit.check_size()?;
    check_serving(house).await.map_err(Fault::undone)?;
    let space = house.space(tenant).await.map_err(Fault::undone)?;
    let _lock = house.lock(&space, commit.aggregate).await;
    let fence = house.fence(&space, commit.aggregate);
    let deadline = Instant::now() + house.options.commit_deadline;
    let mut attempt = Attempt { house, fence, commit, deadline, intent: None, unsettled: false };
    let ended = attempt.run().await;
    if let Some(intent) = attempt.intent
        && !matches!(ended, Err(CommitError::Unknown(_)))
    {
        intents::done(house, &fence, &intent);
    }
    ended
}

impl Attempt<'_> {
    async fn run(&mut self) -> Result<Committed, CommitError> {
        let (mut state, mut fresh) = match self.house.state(&self.fence) {
            Some(state) => (state, false),
            None => (self.load().await?, true),
        };
        loop {
            if let Some(version) = state.made_by(self.commit.id) {
                return Ok(Committed { version });
            }
            let refusal = if state.version == self.commit.expected {
                match self.attempt(&state).await? {
                    Try::Won(reservation, entry) => return self.finish(&state, reservation, &entry).await,
                    Try::Lost => None,
                    Try::Refused(error) => Some(error),
                }
            } else {
                Some(CommitError::Version { actual: state.version })
            };
            match refusal {
                // A refusal holds on fresh state only.
                Some(refusal) if fresh => return Err(refusal),
                _ => {}
            }
            if Instant::now() >= self.deadline {
                return Err(CommitError::Unavailable("too many want the same at once".to_owned()));
            }
            state = self.load().await?;
            fresh = true;
        }
    }

    /// Asks until there is an answer, since without one nothing can be said.
    async fn load(&self) -> Result<Arc<State>, CommitError> {
        loop {
            match load(self.house, &self.fence).await {
                Ok(state) => return Ok(state),
                Err(fault) if Instant::now() >= self.deadline || !self.unsettled => {
                    return Err(self.failed(fault));
                }
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    fn failed(&self, fault: Fault) -> CommitError {
        if self.unsettled { fault.unknown() } else { fault.undone() }
    }

    async fn attempt(&mut self, state: &State) -> Result<Try, CommitError> {
        let (house, commit) = (self.house, self.commit);
        let turn = state.turn + 1;
        let trial = match prepare(&self.fence, state, commit).await.map_err(Fault::undone)? {
            Prepared::Ready(trial) => trial,
            Prepared::Taken(taken) => {
                return Ok(Try::Refused(CommitError::ClaimTaken { key: taken.key, owner: taken.owner }));
            }
        };
        let mut along = Vec::new();
        let mut intent = self.intent.filter(|intent| is_current(house, intent));
        if intent.is_none() {
            let (new, writes) = intend(house, &self.fence, commit.id, turn);
            (intent, along) = (Some(new), writes);
        }
        let reserved = reserve(house, &self.fence, trial, commit, along, house.options.patience).await;
        let reserved = match reserved {
            // Nothing that counts was sent. Where many want one thing, servers time out early.
            Err(Fault::Unknown(_)) if Instant::now() < self.deadline => {
                tokio::time::sleep(PAUSE).await;
                self.house.forget(&self.fence);
                return Ok(Try::Lost);
            }
            answer => answer.map_err(Fault::undone)?,
        };
        self.intent = intent;
        let reservation = match reserved {
            Reserved::Granted(reservation) => reservation,
            Reserved::Taken(taken, begun) => {
                if begun {
                    // So that nobody waits for what was reserved before.
                    self.give_up(state).await;
                }
                return Ok(Try::Refused(CommitError::ClaimTaken { key: taken.key, owner: taken.owner }));
            }
            Reserved::Again => {
                self.give_up(state).await;
                return Ok(Try::Lost);
            }
            Reserved::Yielded => {
                house.forget(&self.fence);
                return Ok(Try::Lost);
            }
        };
        house.options.reach("reserved");
        if self.intent.is_some_and(|intent| !is_current(house, &intent)) {
            // Held up for so long that the reconciler may have passed.
            return Ok(Try::Lost);
        }
        let entry = Entry::new(turn, state.version + 1, commit);
        let mut reservation = reservation;
        let holds = std::mem::take(&mut reservation.holds);
        match self.fence.commit(state, &entry, holds).await {
            Ok(true) => {
                house.options.reach("fenced");
                Ok(Try::Won(reservation, entry))
            }
            Ok(false) => Ok(Try::Lost),
            Err(Fault::Refused(reason)) => Err(CommitError::Unavailable(reason)),
            Err(fault) => {
                tracing::debug!(?fault, "a fence's answer was lost");
                self.unsettled = true;
                self.settle(turn).await?;
                self.unsettled = false;
                Ok(Try::Lost)
            }
        }
    }

    /// Takes the turn away from everyone, this commit's own late requests included.
    async fn give_up(&self, state: &State) {
        if let Err(fault) = self.fence.burn(state.turn).await {
            tracing::debug!(?fault, "a turn was not given up; whoever needs it takes it");
        }
        self.house.forget(&self.fence);
    }

    /// Makes it final what became of the turn: once it has passed, the journal says.
    async fn settle(&self, turn: u64) -> Result<(), CommitError> {
        self.house.forget(&self.fence);
        loop {
            let passed = match self.fence.read().await {
                Ok((state, _)) if state.turn >= turn => return Ok(()),
                Ok((state, _)) => self.fence.burn(state.turn).await.map(|_| ()),
                Err(fault) => Err(fault),
            };
            if let Err(fault) = passed {
                if Instant::now() >= self.deadline {
                    return Err(fault.unknown());
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    /// The commit stands: what follows, and the acknowledgement.
    async fn finish(
        &self,
        state: &State,
        reservation: Reservation,
        entry: &Entry,
    ) -> Result<Committed, CommitError> {
        let version = entry.version;
        self.house.forget(&self.fence);
        loop {
            match follow(self.house, &self.fence, entry).await {
                Ok(()) => break,
                // Not for everybody's eyes yet: sent again, the commit goes on from here.
                Err(fault) if Instant::now() >= self.deadline => return Err(fault.unknown()),
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
        self.house.keep(&self.fence, state.next(self.commit.id));
        if let Err(fault) = drop_loose(&self.fence, reservation).await {
            tracing::debug!(?fault, "a pointer stays for whoever wants it next");
        }
        Ok(Committed { version })
    }
}

/// What became of a commit.
pub(crate) async fn outcome(house: &House, fence: &Fence<'_>, commit: CommitId) -> Result<Outcome, Fault> {
    let state = load(house, fence).await?;
    Ok(state.made_by(commit).map_or(Outcome::Absent, Outcome::Applied))
}

/// The version of an aggregate, all of whose past is finished.
pub(crate) async fn version(house: &House, fence: &Fence<'_>) -> Result<Version, Fault> {
    Ok(load(house, fence).await?.version)
}
