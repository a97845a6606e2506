//! A commit, and how it can end.

use ward_domain::decision::Change;
use ward_domain::id::{CommitId, EventId, Id};
use ward_domain::record::{AggregateKind, ClaimKey, ClaimOp};
use ward_domain::time::Time;

/// How often an aggregate was committed to; 0 before the first time.
pub type Version = u64;

/// Names an aggregate within a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AggregateRef {
    /// What it is.
    pub kind: AggregateKind,
    /// Which.
    pub id: Id,
}

/// The most bytes of documents, claims and events in one commit. A CQL mutation must stay well under 16 MiB, and the
/// commit travels there once as a journal row and once as what follows.
pub const MAX_COMMIT_BYTES: usize = 4 << 20;
/// The most changes, claims and events together in one commit.
pub const MAX_COMMIT_PARTS: usize = 1024;

/// How many of an aggregate's latest commits a store knows by id, at least. A commit that is sent again, or asked
/// about, after so many later ones is a stranger: whoever lost an answer asks before anything else is committed.
pub const REMEMBERED_COMMITS: usize = 16;

/// All that changes of one aggregate at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Commit {
    /// Its own id: a commit is carried out once, however often it is sent.
    pub id: CommitId,
    /// When, by the caller's clock: decides which claims have lapsed.
    pub at: Time,
    /// Whose.
    pub aggregate: AggregateRef,
    /// The version it was decided on.
    pub expected: Version,
    /// Documents with their index rows.
    pub changes: Vec<Change>,
    /// Claims.
    pub claims: Vec<ClaimOp>,
    /// Events for the outbox.
    pub events: Vec<OutboxEvent>,
}

/// An event on its way out. What it says is the publisher's business: here it is bytes, sealed like any body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxEvent {
    /// Makes the second delivery harmless.
    pub id: EventId,
    /// When.
    pub at: Time,
    /// What has happened, as JSON.
    pub body: Vec<u8>,
}

impl Commit {
    /// Bytes that count against [`MAX_COMMIT_BYTES`].
    pub fn weight(&self) -> usize {
        let bodies: usize = self.changes.iter().map(|change| change.body.as_ref().map_or(0, Vec::len)).sum();
        let claims: usize = self
            .claims
            .iter()
            .map(|op| if let ClaimOp::Take { body, .. } = op { body.len() } else { 0 })
            .sum();
        let events: usize = self.events.iter().map(|event| event.body.len()).sum();
        bodies + claims + events
    }

    /// Documents, claims and events together.
    pub fn parts(&self) -> usize {
        self.changes.len() + self.claims.len() + self.events.len()
    }

    /// Refuses what is over a limit, before any back end sees it.
    pub fn check_size(&self) -> Result<(), CommitError> {
        if self.weight() > MAX_COMMIT_BYTES || self.parts() > MAX_COMMIT_PARTS {
            return Err(CommitError::TooLarge { bytes: self.weight(), parts: self.parts() });
        }
        Ok(())
    }
}

/// A commit that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// The aggregate's version now: one more than expected.
    pub version: Version,
}

/// What became of a commit whose answer was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It stands, as this version.
    Applied(Version),
    /// It does not stand and, as long as nobody sends it again, never will.
    Absent,
}

/// Why a commit was not acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// Someone else committed first: load, decide again.
    #[error("the aggregate is at version {actual}")]
    Version {
        /// The version it is at.
        actual: Version,
    },
    /// A claim is another's.
    #[error("a claim is taken")]
    ClaimTaken {
        /// Which.
        key: ClaimKey,
        /// Who holds it.
        owner: AggregateRef,
    },
    /// Over [`MAX_COMMIT_BYTES`] or [`MAX_COMMIT_PARTS`].
    #[error("a commit of {bytes} bytes in {parts} parts is over the limit")]
    TooLarge {
        /// Its bytes.
        bytes: usize,
        /// Its parts.
        parts: usize,
    },
    /// Nothing was done.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// It may or may not stand: ask [`crate::Store::outcome`].
    #[error("the commit's outcome is not known: {0}")]
    Unknown(String),
}
