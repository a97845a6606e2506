//! What a group changes of lists: rows go to the group's overlay, counts are kept here until the batch is built.

use super::chunk::Header;
use super::directory::{Chunk, Directory};
use super::load;
use super::newest::Newest;
use crate::engine::{Engine, Table, read_error};
use crate::group::overlay::Overlay;
use crate::keys::{self, Position};
use fjall::{Readable, Snapshot};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use ward_store::StoreError;

/// The lists that a group touches.
pub(crate) struct Edits {
    /// The state before the group. Only the writer writes, so it stays the newest until the group is committed.
    before: Snapshot,
    chunk_rows: u32,
    newest: Newest,
    lists: BTreeMap<Arc<[u8]>, Edit>,
}

/// Chunks that are over their size, to be split before the next group touches them.
pub(crate) type Overfull = Vec<(Arc<[u8]>, Position)>;

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowEdit {
    Put,
    /// A row of a document that was not there before the group: neither was the row.
    PutNew,
    Drop,
}

struct Edit {
    directory: Directory,
    /// First positions of chunks whose count is no longer what is on disk.
    dirty: BTreeSet<Position>,
    /// First positions of chunks that are no more.
    gone: BTreeSet<Position>,
}

impl Edits {
    /// `newest` are directories as the group before left them.
    pub(crate) fn new(engine: &Engine, chunk_rows: u32, newest: Newest) -> Self {
        Self { before: engine.snapshot(), chunk_rows, newest, lists: BTreeMap::new() }
    }

    fn edit(&mut self, engine: &Engine, list: &[u8]) -> Result<&mut Edit, StoreError> {
        // Looked up twice rather than keyed by a copy: most rows of a group fall into lists it has touched already.
        if !self.lists.contains_key(list) {
            let list: Arc<[u8]> = list.into();
            let directory = match self.newest.take(&list) {
                Some(directory) => Some(directory),
                None => load(engine, &self.before, &list)?.map(|(_, directory)| directory),
            };
            let directory = directory.map_or_else(|| Directory::single(0), Arc::unwrap_or_clone);
            self.lists.insert(list, Edit::of(directory));
        }
        // It was put there a line above if it was not there before.
        self.lists.get_mut(list).ok_or_else(|| crate::engine::damaged("a list in memory"))
    }

    /// Puts or drops a row. Putting one that is there and dropping one that is not changes nothing.
    pub(crate) fn row(
        &mut self,
        engine: &Engine,
        overlay: &mut Overlay,
        list: &[u8],
        at: Position,
        edit: RowEdit,
    ) -> Result<(), StoreError> {
        let key = keys::row(list, at);
        let put = edit != RowEdit::Drop;
        let there = match overlay.decided(Table::Rows, &key) {
            Some(there) => there,
            None if edit == RowEdit::PutNew => false,
            None => overlay.has(engine, Table::Rows, &key)?,
        };
        if there == put {
            return Ok(());
        }
        self.split(engine, list, at)?;
        let edit = self.edit(engine, list)?;
        let first = edit.directory.find(at).chunk.first;
        edit.directory.count(at, put);
        edit.dirty.insert(first);
        let value = put.then(Vec::new);
        if let Some(twin) = keys::twin(&key) {
            overlay.set(Table::Platform, twin, value.clone());
        }
        overlay.set(Table::Rows, key, value);
        Ok(())
    }

    /// Splits the chunk around a position if it is full. Its rows are those on disk only until the group touches it, so
    /// a chunk that fills up within a group is split by the next one.
    pub(crate) fn split(&mut self, engine: &Engine, list: &[u8], at: Position) -> Result<(), StoreError> {
        let (full, before) = (self.chunk_rows, self.before.clone());
        let edit = self.edit(engine, list)?;
        let found = edit.directory.find(at);
        let first = found.chunk.first;
        if found.chunk.rows < full || edit.dirty.contains(&first) {
            return Ok(());
        }
        let size = piece(found.chunk.rows, full, found.next.is_none());
        let end = found.next.map_or_else(|| keys::list_end(list), |next| keys::row(list, next));
        let mut pieces: Vec<Chunk> = Vec::new();
        for entry in before.range(engine.table(Table::Rows), keys::row(list, first)..end) {
            if let Some(piece) = pieces.last_mut().filter(|piece| piece.rows < size) {
                piece.rows += 1;
                continue;
            }
            let key = entry.key().map_err(|error| read_error(&error))?;
            let at = keys::read_position(&key).ok_or_else(|| crate::engine::damaged("a row"))?;
            // The first piece begins where the chunk did, whether or not that row is still there.
            pieces.push(Chunk { first: if pieces.is_empty() { first } else { at }, rows: 1 });
        }
        edit.dirty.extend(pieces.iter().map(|piece| piece.first));
        edit.directory.split(&pieces);
        Ok(())
    }

    /// Joins small chunks, writes headers and counts into the overlay and new directories into memory, and says which
    /// chunks are to be split next. What it gives back holds once the group is committed.
    pub(crate) fn finish(
        mut self,
        engine: &Engine,
        overlay: &mut Overlay,
        generation: u64,
    ) -> (Overfull, Newest) {
        let mut overfull = Vec::new();
        for (list, mut edit) in self.lists {
            if edit.dirty.is_empty() {
                self.newest.put(list, Arc::new(edit.directory));
                continue;
            }
            edit.join(self.chunk_rows);
            edit.write(&list, overlay, generation);
            for first in &edit.dirty {
                if edit.directory.find(*first).chunk.rows > self.chunk_rows {
                    overfull.push((list.clone(), *first));
                }
            }
            let directory = Arc::new(edit.directory);
            if directory.chunks() > 1 {
                engine.directories.put(&list, generation, directory.clone());
            }
            self.newest.put(list, directory);
        }
        (overfull, self.newest)
    }
}

impl Edit {
    const fn of(directory: Directory) -> Self {
        Self { directory, dirty: BTreeSet::new(), gone: BTreeSet::new() }
    }

    /// Chunks under a quarter of the size are joined with a neighbour to at most three quarters.
    fn join(&mut self, size: u32) {
        for first in self.dirty.clone() {
            while let Some((kept, gone)) = self.directory.join(first, size / 4, size / 4 * 3) {
                self.dirty.remove(&gone);
                self.dirty.insert(kept);
                self.gone.insert(gone);
                if kept != first {
                    break;
                }
            }
        }
    }

    fn write(&self, list: &[u8], overlay: &mut Overlay, generation: u64) {
        for first in &self.gone {
            overlay.set(Table::Chunks, keys::row(list, *first), None);
        }
        for first in self.dirty.iter().filter(|first| **first != Position::START) {
            let rows = self.directory.find(*first).chunk.rows;
            overlay.set(Table::Chunks, keys::row(list, *first), Some(rows.to_be_bytes().to_vec()));
        }
        let header = (self.directory.rows() > 0).then(|| Header::of(generation, &self.directory).encode());
        overlay.set(Table::Chunks, list.to_vec(), header);
    }
}

/// Rows in a piece of a chunk that is split. Most lists grow at their end: there the left piece stays nearly full,
/// elsewhere the pieces are even, with room to grow.
fn piece(rows: u32, full: u32, at_end: bool) -> u32 {
    if at_end {
        return full / 8 * 7 + full % 8;
    }
    let pieces = (rows / (full / 4 * 3).max(1) + 1).max(2);
    rows.div_ceil(pieces)
}
