//! What reads ask and answer.

use crate::body::Body;
use crate::commit::{AggregateRef, OutboxEvent, Version};
use ward_domain::id::Id;
use ward_domain::record::{Key, List, RecordKind};
use ward_domain::tenancy::TenantId;

/// A document as it was last committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// What it is.
    pub kind: RecordKind,
    /// Which.
    pub id: Id,
    /// Whose.
    pub aggregate: AggregateRef,
    /// The aggregate's version that wrote it: the document's `ETag`.
    pub version: Version,
    /// The document as JSON; [`Stored::document`] reads it.
    pub body: Body,
}

/// Sort keys from `from` (inclusive) to `until` (inclusive).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// First sort key.
    pub from: u64,
    /// Last sort key.
    pub until: u64,
}

impl Bounds {
    /// No bounds.
    pub const ALL: Self = Self { from: 0, until: u64::MAX };
}

/// Which part of the list within the bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slice {
    /// By position: skip so many rows.
    Offset(u64),
    /// By key: go on after this row (in the direction of the query), which need not exist any more.
    After {
        /// Its sort key.
        sort: u64,
        /// Its id.
        id: Id,
    },
}

/// A question to one list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    /// Which list.
    pub list: List,
    /// The equal fields.
    pub eq: Key,
    /// Which sort keys.
    pub bounds: Bounds,
    /// Largest first.
    pub descending: bool,
    /// Where to begin.
    pub slice: Slice,
    /// The most rows, at most [`MAX_PAGE`].
    pub limit: usize,
}

/// The most rows in one answer.
pub const MAX_PAGE: usize = 1000;

impl ListQuery {
    /// The first rows of a list, ascending, at most [`MAX_PAGE`].
    pub fn all(list: List, eq: Key) -> Self {
        Self { list, eq, bounds: Bounds::ALL, descending: false, slice: Slice::Offset(0), limit: MAX_PAGE }
    }
}

/// One row: which document, and what it was ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The sort key.
    pub sort: u64,
    /// The document.
    pub id: Id,
}

/// A slice of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The rows, in order.
    pub rows: Vec<Row>,
    /// How many rows there are within the bounds, wherever the slice began.
    pub total: u64,
}

/// One row of a platform-wide list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlatformRow {
    /// Whose.
    pub tenant: TenantId,
    /// The sort key.
    pub sort: u64,
    /// The document.
    pub id: Id,
}

/// A claim that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Who holds it.
    pub owner: AggregateRef,
    /// What the owner wanted to find again.
    pub body: Vec<u8>,
}

/// An event in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Whose.
    pub aggregate: AggregateRef,
    /// What has happened.
    pub event: OutboxEvent,
}
