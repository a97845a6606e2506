//! Where the rows of a list are, by position and by number: the counts of its chunks under two levels of sums.
//!
//! Blocks of chunks are shared between the versions of a directory, so that the writer changes a copy at the price of
//! the blocks it touches, while readers go on with theirs.

use crate::keys::Position;
use std::sync::Arc;

/// A run of rows that is counted as one: from `first` (inclusive) to the next chunk's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chunk {
    pub(crate) first: Position,
    pub(crate) rows: u32,
}

/// A chunk, and how many rows of the list lie before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) chunk: Chunk,
    pub(crate) before: u64,
    /// Where the next chunk begins.
    pub(crate) next: Option<Position>,
}

/// Chunks in a block before it is cut in two.
const BLOCK: usize = 128;

#[derive(Debug, Clone)]
struct Block {
    first: Position,
    rows: u64,
    chunks: Arc<Vec<Chunk>>,
}

impl Block {
    fn of(chunks: Vec<Chunk>) -> Option<Self> {
        let first = chunks.first()?.first;
        Some(Self {
            first,
            rows: chunks.iter().map(|chunk| u64::from(chunk.rows)).sum(),
            chunks: Arc::new(chunks),
        })
    }
}

/// The counts of a list. There is always a first chunk, and it begins at [`Position::START`].
#[derive(Debug, Clone)]
pub(crate) struct Directory {
    blocks: Vec<Block>,
    rows: u64,
}

impl Directory {
    /// A list of one chunk.
    pub(crate) fn single(rows: u32) -> Self {
        Self::of(&[Chunk { first: Position::START, rows }])
    }

    /// From chunks in their order, the first at the start.
    pub(crate) fn of(chunks: &[Chunk]) -> Self {
        debug_assert_eq!(chunks.first().map(|chunk| chunk.first), Some(Position::START));
        let mut directory = Self { blocks: Vec::new(), rows: 0 };
        directory.blocks = chunks.chunks(BLOCK).filter_map(|part| Block::of(part.to_vec())).collect();
        directory.rows = directory.blocks.iter().map(|block| block.rows).sum();
        directory
    }

    /// Rows in the list.
    pub(crate) const fn rows(&self) -> u64 {
        self.rows
    }

    /// Chunks in the list.
    pub(crate) fn chunks(&self) -> u32 {
        u32::try_from(self.blocks.iter().map(|block| block.chunks.len()).sum::<usize>()).unwrap_or(u32::MAX)
    }

    /// About how many bytes it takes in memory.
    pub(crate) fn weight(&self) -> u32 {
        self.chunks().saturating_mul(24).saturating_add(128)
    }

    fn place(&self, at: Position) -> (usize, usize) {
        let block = self.blocks.partition_point(|block| block.first <= at).saturating_sub(1);
        let chunks = &self.blocks[block].chunks;
        (block, chunks.partition_point(|chunk| chunk.first <= at).saturating_sub(1))
    }

    fn found(&self, block: usize, chunk: usize, before: u64) -> Found {
        let chunks = &self.blocks[block].chunks;
        let next = chunks.get(chunk + 1).map(|next| next.first);
        let next = next.or_else(|| self.blocks.get(block + 1).map(|next| next.first));
        Found { chunk: chunks[chunk], before, next }
    }

    /// The chunk in which a position lies.
    pub(crate) fn find(&self, at: Position) -> Found {
        let (block, chunk) = self.place(at);
        let blocks: u64 = self.blocks[..block].iter().map(|block| block.rows).sum();
        let chunks: u64 = self.blocks[block].chunks[..chunk].iter().map(|chunk| u64::from(chunk.rows)).sum();
        self.found(block, chunk, blocks + chunks)
    }

    /// The chunk in which the row of a number lies, counted from 0.
    pub(crate) fn nth(&self, number: u64) -> Option<Found> {
        let mut before = 0;
        let block = self.blocks.iter().position(|block| {
            let here = number < before + block.rows;
            before += if here { 0 } else { block.rows };
            here
        })?;
        let chunk = self.blocks[block].chunks.iter().position(|chunk| {
            let here = number < before + u64::from(chunk.rows);
            before += if here { 0 } else { u64::from(chunk.rows) };
            here
        })?;
        Some(self.found(block, chunk, before))
    }

    /// Counts a row that came at a position, or one that went.
    pub(crate) fn count(&mut self, at: Position, came: bool) {
        let (block, chunk) = self.place(at);
        let block = &mut self.blocks[block];
        let rows = &mut Arc::make_mut(&mut block.chunks)[chunk].rows;
        if came {
            (*rows, block.rows, self.rows) = (*rows + 1, block.rows + 1, self.rows + 1);
        } else {
            debug_assert!(*rows > 0, "a row went that was never counted");
            *rows = rows.saturating_sub(1);
            (block.rows, self.rows) = (block.rows.saturating_sub(1), self.rows.saturating_sub(1));
        }
    }

    /// Puts chunks in the place of the one in which the first of them begins.
    pub(crate) fn split(&mut self, pieces: &[Chunk]) {
        let Some(first) = pieces.first() else { return };
        let (block, chunk) = self.place(first.first);
        let mut chunks = self.blocks[block].chunks.to_vec();
        chunks.splice(chunk..=chunk, pieces.iter().copied());
        self.replace(block, &chunks);
    }

    /// Takes the chunk that begins at `first`, if there is one and it is small, together with a neighbour, if both fit
    /// into `limit` rows. An empty one always goes. Says which chunk stays and which goes.
    pub(crate) fn join(&mut self, first: Position, small: u32, limit: u32) -> Option<(Position, Position)> {
        let (block, at) = self.place(first);
        let chunk = self.blocks[block].chunks[at];
        if chunk.first != first || chunk.rows >= small {
            return None;
        }
        // Neighbours are looked for within the block: a small chunk at its edge may stay small.
        let chunks = &self.blocks[block].chunks;
        let fits = |other: &Chunk| chunk.rows == 0 || other.rows + chunk.rows <= limit;
        let left = if at > 0 && fits(&chunks[at - 1]) {
            at - 1
        } else if chunks.get(at + 1).is_some_and(fits) {
            at
        } else if chunk.rows == 0 && block > 0 {
            let mut chunks = chunks.to_vec();
            chunks.remove(at);
            let kept = self.blocks[block - 1].chunks.last()?.first;
            self.replace(block, &chunks);
            return Some((kept, first));
        } else {
            return None;
        };
        let mut chunks = chunks.to_vec();
        let gone = chunks.remove(left + 1);
        chunks[left].rows += gone.rows;
        let kept = chunks[left].first;
        self.replace(block, &chunks);
        Some((kept, gone.first))
    }

    /// A block with other chunks: cut in two where it has grown too long, away where it is empty.
    fn replace(&mut self, block: usize, chunks: &[Chunk]) {
        let length = if chunks.len() > BLOCK { BLOCK / 2 } else { BLOCK };
        let blocks = chunks.chunks(length).filter_map(|part| Block::of(part.to_vec()));
        self.blocks.splice(block..=block, blocks);
        self.rows = self.blocks.iter().map(|block| block.rows).sum();
    }

    /// All chunks in their order.
    #[cfg(test)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = Chunk> + '_ {
        self.blocks.iter().flat_map(|block| block.chunks.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(sort: u64) -> Position {
        Position { sort, id: 0 }
    }

    /// 1000 chunks of 2 rows each, at sort keys 0, 2, 4, …
    fn long() -> Directory {
        Directory::of(&(0..1000).map(|n| Chunk { first: at(n * 2), rows: 2 }).collect::<Vec<_>>())
    }

    #[test]
    fn rows_are_found_by_number_and_by_position() {
        let directory = long();
        assert_eq!((directory.rows(), directory.chunks()), (2000, 1000));
        for number in [0, 1, 2, 255, 256, 257, 1023, 1998, 1999] {
            let found = directory.nth(number).unwrap();
            assert_eq!(found.before, number / 2 * 2, "{number}");
            assert_eq!(found, directory.find(at(number)), "{number}");
            assert_eq!(found.next, (number < 1998).then(|| at(number / 2 * 2 + 2)), "{number}");
        }
        assert_eq!(directory.nth(2000), None);
        assert_eq!(directory.find(at(u64::MAX)).before, 1998);
    }

    #[test]
    fn a_copy_changes_and_the_original_stays() {
        let original = long();
        let mut copy = original.clone();
        copy.count(at(601), true);
        assert_eq!((original.rows(), copy.rows()), (2000, 2001));
        assert_eq!(copy.nth(2000).unwrap().chunk.first, at(1998));
        assert_eq!(original.nth(2000), None);
    }

    #[test]
    fn chunks_split_and_join_without_losing_rows() {
        let mut directory = Directory::single(10);
        directory.split(&[Chunk { first: at(0), rows: 6 }, Chunk { first: at(50), rows: 4 }]);
        assert_eq!((directory.rows(), directory.chunks()), (10, 2));
        assert_eq!(directory.join(at(50), 3, 12), None, "not small");
        assert_eq!(directory.join(at(50), 5, 9), None, "would not fit");
        assert_eq!(directory.join(at(50), 5, 10), Some((at(0), at(50))));
        assert_eq!((directory.rows(), directory.chunks()), (10, 1));
        assert_eq!(directory.join(at(0), 99, 99), None, "the last chunk stays");
    }

    #[test]
    fn the_first_chunk_joins_its_right_neighbour_and_keeps_its_place() {
        let mut directory =
            Directory::of(&[Chunk { first: at(0), rows: 0 }, Chunk { first: at(9), rows: 4 }]);
        assert_eq!(directory.join(at(0), 1, 8), Some((at(0), at(9))));
        assert_eq!(directory.iter().collect::<Vec<_>>(), [Chunk { first: at(0), rows: 4 }]);
    }

    #[test]
    fn an_empty_chunk_goes_even_at_the_edge_of_a_block() {
        let mut directory = long();
        for chunk in (1..1000).rev() {
            for _ in 0..2 {
                directory.count(at(chunk * 2), false);
            }
            assert!(directory.join(at(chunk * 2), 1, 4).is_some(), "{chunk}");
        }
        assert_eq!((directory.rows(), directory.chunks()), (2, 1));
    }
}
