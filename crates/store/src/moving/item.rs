//! What travels.

use crate::{AggregateRef, RawBody, StoredEvent, Version};
use ward_domain::id::{CommitId, Id};
use ward_domain::record::{ClaimKey, IndexRow};
use ward_domain::time::Time;

/// A part of what a store keeps of a tenant. All parts together are everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// [`Item::Aggregate`].
    Aggregates,
    /// [`Item::Document`].
    Documents,
    /// [`Item::Row`].
    Rows,
    /// [`Item::Claim`] and [`Item::Span`].
    Claims,
    /// [`Item::Event`].
    Events,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Aggregates, Self::Documents, Self::Rows, Self::Claims, Self::Events];
}

/// One thing that a store keeps of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// An aggregate's version and its latest commits.
    Aggregate(AggregateState),
    /// A document as it lies.
    Document(RawBody),
    /// A row of a list, and the document that it names.
    Row {
        /// The row.
        row: IndexRow,
        /// The document.
        id: Id,
    },
    /// A claim.
    Claim(HeldClaim),
    /// A span.
    Span(HeldSpan),
    /// An event that no one has settled.
    Event(StoredEvent),
}

impl Item {
    /// Bytes of its body.
    pub const fn weight(&self) -> usize {
        match self {
            Self::Document(document) => document.body.len(),
            Self::Claim(claim) => claim.body.len(),
            Self::Event(stored) => stored.event.body.len(),
            Self::Aggregate(_) | Self::Row { .. } | Self::Span(_) => 0,
        }
    }
}

/// How far an aggregate has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AggregateState {
    /// Which.
    pub aggregate: AggregateRef,
    /// Its version.
    pub version: Version,
    /// Its latest commits, at most [`crate::commit::REMEMBERED_COMMITS`], oldest first: the last one made
    /// [`AggregateState::version`], the one before it the version before.
    pub commits: Vec<CommitId>,
}

/// A claim with all that the store keeps of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldClaim {
    /// What is claimed.
    pub key: ClaimKey,
    /// By whom.
    pub owner: AggregateRef,
    /// What the owner wants to find again, as it lies.
    pub body: Vec<u8>,
    /// When it lapses by itself.
    pub expires: Option<Time>,
}

/// A span under a claim's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldSpan {
    /// Whose spans.
    pub key: ClaimKey,
    /// Who holds it.
    pub owner: AggregateRef,
    /// First millisecond.
    pub start: Time,
    /// The millisecond after the last.
    pub end: Time,
}

/// A place in a walk. What is in it is the affair of the store that gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(pub Vec<u8>);

/// A page of a walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The items. There may be none though there are more pages.
    pub items: Vec<Item>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<Cursor>,
}
