//! Names of lists and positions in them.

use super::shape::group;
use crate::space::Space;
use crate::value::{big, blob, int};
use scylla::value::CqlValue;
use ward_domain::id::Id;
use ward_store::{Bounds, Row, StoreError};

use crate::value::{signed, unsigned};

/// One list of one tenant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Name {
    pub(crate) space: Space,
    pub(crate) code: i32,
    pub(crate) eq: Vec<u8>,
}

impl Name {
    /// The partition of its rows in a bucket.
    pub(crate) fn partition(&self, bucket: i64) -> Vec<CqlValue> {
        vec![self.space.key(), blob(group(self.code, &self.eq)), big(bucket)]
    }

    /// Its rows in a bucket.
    pub(crate) fn rows_key(&self, bucket: i64) -> Vec<CqlValue> {
        [self.partition(bucket), vec![int(self.code), blob(self.eq.as_slice())]].concat()
    }

    pub(crate) fn key(&self) -> Vec<CqlValue> {
        vec![self.space.key(), int(self.code), blob(self.eq.as_slice())]
    }
}

/// A place in a list, as the server orders them: by signed sort key, then id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Position {
    pub(crate) sort: i64,
    pub(crate) id: i64,
}

impl Position {
    pub(crate) const FIRST: Self = Self { sort: i64::MIN, id: 0 };
    pub(crate) const LAST: Self = Self { sort: i64::MAX, id: i64::MAX };

    pub(crate) fn new(sort: u64, id: Id) -> Self {
        Self { sort: signed(sort), id: id.get().cast_signed() }
    }

    /// The next place; `None` after the last.
    pub(crate) fn next(self) -> Option<Self> {
        if self.id < i64::MAX {
            return Some(Self { id: self.id + 1, ..self });
        }
        Some(Self { sort: self.sort.checked_add(1)?, id: 0 })
    }

    /// The place before; `None` before the first.
    pub(crate) fn before(self) -> Option<Self> {
        if self.id > 0 {
            return Some(Self { id: self.id - 1, ..self });
        }
        Some(Self { sort: self.sort.checked_sub(1)?, id: i64::MAX })
    }

    pub(crate) fn row(self) -> Result<Row, StoreError> {
        let id = Id::new(self.id.cast_unsigned()).ok_or_else(|| StoreError::Damaged("a row".to_owned()))?;
        Ok(Row { sort: unsigned(self.sort), id })
    }
}

/// Places from one to another, both included; empty where the first is after the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) from: Position,
    pub(crate) until: Position,
}

impl Range {
    pub(crate) fn contains(self, at: Position) -> bool {
        self.from <= at && at <= self.until
    }

    pub(crate) fn of(bounds: Bounds) -> Option<Self> {
        (bounds.from <= bounds.until).then(|| Self {
            from: Position { sort: signed(bounds.from), id: 0 },
            until: Position { sort: signed(bounds.until), id: i64::MAX },
        })
    }
}
