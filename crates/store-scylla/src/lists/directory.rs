//! Where the n-th row of a list lies: counts of chunks, and what has changed since they were counted.

use super::marks::Mark;
use super::name::{Name, Position, Range};
use super::rows;
use crate::connection::Connection;
use crate::fault::Fault;
use crate::value::big;
use std::collections::BTreeSet;
use std::sync::Arc;

/// One chunk: all rows from `first` up to the next chunk's first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chunk {
    pub(super) first: Position,
    pub(super) rows: u64,
}

/// The chunks of a list as of a roll-up. The first begins before every row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Directory {
    /// 0 where there was no roll-up.
    pub(super) roll: i64,
    pub(super) rolled_at: i64,
    pub(super) chunks: Vec<Chunk>,
}

/// A chunk among others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) chunk: Chunk,
    /// Rows in the chunks before it.
    pub(super) before: u64,
    /// The last place in it.
    pub(super) last: Position,
}

impl Directory {
    pub(super) const fn empty() -> Self {
        Self { roll: 0, rolled_at: i64::MIN, chunks: Vec::new() }
    }

    /// The number of the chunk that a position lies in.
    pub(super) fn index(&self, at: Position) -> usize {
        self.chunks.partition_point(|chunk| chunk.first <= at).saturating_sub(1)
    }

    /// The places of a chunk.
    pub(super) fn range(&self, index: usize) -> Range {
        let from = self.chunks.get(index).map_or(Position::FIRST, |chunk| chunk.first);
        let next = self.chunks.get(index + 1).and_then(|next| next.first.before());
        Range { from, until: next.unwrap_or(Position::LAST) }
    }

    /// The numbers of the chunks that marks touch; the one there is where none was counted yet.
    pub(super) fn dirty(&self, touched: &[Mark]) -> BTreeSet<usize> {
        if self.roll == 0 {
            return BTreeSet::from([0]);
        }
        let chunks = |mark: &Mark| self.index(mark.range.from)..=self.index(mark.range.until);
        touched.iter().flat_map(chunks).collect()
    }

    pub(super) fn rows(&self) -> u64 {
        self.chunks.iter().map(|chunk| chunk.rows).sum()
    }

    fn found(&self, index: usize, before: u64) -> Option<Found> {
        let chunk = *self.chunks.get(index)?;
        Some(Found { chunk, before, last: self.range(index).until })
    }

    /// The chunk that a position lies in.
    pub(super) fn find(&self, at: Position) -> Option<Found> {
        let index = self.index(at);
        let before = self.chunks.iter().take(index).map(|chunk| chunk.rows).sum();
        self.found(index, before)
    }

    /// The chunk that holds the row of a number.
    pub(super) fn nth(&self, number: u64) -> Option<Found> {
        let mut before = 0;
        for (index, chunk) in self.chunks.iter().enumerate() {
            if number < before + chunk.rows {
                return self.found(index, before);
            }
            before += chunk.rows;
        }
        None
    }

    /// With the chunks at these positions counted now.
    pub(super) async fn counted(
        &self,
        connection: &Connection,
        name: &Name,
        touched: &[Mark],
    ) -> Result<Self, Fault> {
        let mut fresh = self.clone();
        if fresh.chunks.is_empty() {
            fresh.chunks.push(Chunk { first: Position::FIRST, rows: 0 });
        }
        let dirty = self.dirty(touched);
        let of = async |index: usize| Ok((index, rows::count(connection, name, fresh.range(index)).await?));
        for (index, count) in Connection::each(dirty, of).await? {
            if let Some(chunk) = fresh.chunks.get_mut(index) {
                chunk.rows = count;
            }
        }
        Ok(fresh)
    }
}

/// The number and the time of the latest roll-up.
pub(super) async fn latest(connection: &Connection, name: &Name) -> Result<(i64, i64), Fault> {
    let rows = connection.rows::<(Option<i64>, Option<i64>)>(&connection.statements.roll, name.key()).await?;
    let (roll, at) = rows.first().copied().unwrap_or_default();
    Ok((roll.unwrap_or(0), at.unwrap_or(i64::MIN)))
}

/// The directory as it lies, from one roll-up.
pub(super) async fn load(connection: &Connection, name: &Name) -> Result<Arc<Directory>, Fault> {
    loop {
        let (roll, rolled_at) = latest(connection, name).await?;
        if roll == 0 {
            return Ok(Arc::new(Directory::empty()));
        }
        let rows = connection
            .walk::<(Option<i64>, i64, i64, Option<i64>)>(&connection.statements.chunks, name.key())
            .await?;
        // A roll-up between two pages of the answer would mix two directories.
        if rows.iter().any(|(of, ..)| *of != Some(roll)) {
            continue;
        }
        let chunk = |(_, sort, id, rows): (Option<i64>, i64, i64, Option<i64>)| Chunk {
            first: Position { sort, id },
            rows: rows.unwrap_or(0).cast_unsigned(),
        };
        return Ok(Arc::new(Directory { roll, rolled_at, chunks: rows.into_iter().map(chunk).collect() }));
    }
}

/// The marks of what may have changed since a stamp.
pub(super) async fn touches(connection: &Connection, name: &Name, since: i64) -> Result<Vec<Mark>, Fault> {
    let values = [name.key(), vec![big(since)]].concat();
    let rows = connection.walk::<(i64, i64, i64, i64, i64)>(&connection.statements.touches, values).await?;
    let mark = |(until, sort, id, until_sort, until_id)| Mark {
        until,
        range: Range { from: Position { sort, id }, until: Position { sort: until_sort, id: until_id } },
    };
    Ok(rows.into_iter().map(mark).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(sort: i64) -> Position {
        Position { sort, id: 0 }
    }

    fn directory() -> Directory {
        let chunk = |first, rows| Chunk { first, rows };
        let chunks = vec![chunk(Position::FIRST, 3), chunk(at(10), 0), chunk(at(20), 5)];
        Directory { roll: 1, rolled_at: 0, chunks }
    }

    #[test]
    fn a_position_lies_in_one_chunk() {
        let directory = directory();
        for (sort, index) in [(-5, 0), (9, 0), (10, 1), (19, 1), (20, 2), (i64::MAX, 2)] {
            assert_eq!(directory.index(at(sort)), index, "{sort}");
        }
        let before_ten = Position { sort: 9, id: i64::MAX };
        assert_eq!(directory.range(0), Range { from: Position::FIRST, until: before_ten });
        assert_eq!(directory.range(2), Range { from: at(20), until: Position::LAST });
    }

    #[test]
    fn the_nth_row_lies_in_the_chunk_that_counts_it() {
        let directory = directory();
        for (number, first, before) in
            [(0, Position::FIRST, 0), (2, Position::FIRST, 0), (3, at(20), 3), (7, at(20), 3)]
        {
            let found = directory.nth(number).unwrap();
            assert_eq!((found.chunk.first, found.before), (first, before), "{number}");
        }
        assert!(directory.nth(8).is_none());
        assert_eq!(directory.rows(), 8);
        assert_eq!(directory.find(at(15)).unwrap().before, 3);
    }
}
