//! Lists: rows as plain keys in order, and beside them counts of chunks of rows, so that a slice at any offset and the
//! number of rows within bounds cost a look into the counts and a walk over part of one chunk.
//!
//! Readers and the writer agree on a state by the header: a reader takes a snapshot, reads the list's header in it, and
//! uses the directory in memory only if that has the header's generation; otherwise it reads the counts in its own
//! snapshot. So rows and counts are always of one moment, and no reader waits for the writer.

mod chunk;
pub(crate) mod directory;
pub(crate) mod edit;
pub(crate) mod newest;
#[cfg(test)]
mod tests;

use crate::engine::{Engine, Table, damaged, read_error};
use crate::keys::{self, Position};
use chunk::Header;
use directory::Directory;
use fjall::{Iter, Readable, Snapshot};
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;
use ward_domain::id::Id;
use ward_domain::record::{Key, List};
use ward_domain::tenancy::TenantId;
use ward_store::query::MAX_PAGE;
use ward_store::{Bounds, ListQuery, Page, Row, Slice, StoreError};

/// Directories of lists of more than one chunk; the least used go when memory is full.
pub(crate) struct Directories(moka::sync::Cache<Arc<[u8]>, Generations>);

/// The two newest states of a list's directory: while a group is being committed, readers need the one or the other.
type Generations = [Option<(u64, Arc<Directory>)>; 2];

impl Directories {
    pub(crate) fn new(bytes: u64) -> Self {
        // Two generations share nearly all their blocks, so the newest one is the weight.
        let cache = moka::sync::Cache::builder()
            .max_capacity(bytes)
            .weigher(|_, [newest, _]: &Generations| {
                newest.as_ref().map_or(1, |(_, directory)| directory.weight())
            })
            .build();
        Self(cache)
    }

    fn get(&self, list: &Arc<[u8]>, generation: u64) -> Option<Arc<Directory>> {
        let generations = self.0.get(list)?;
        generations.into_iter().flatten().find(|(of, _)| *of == generation).map(|(_, directory)| directory)
    }

    /// Keeps a directory unless two newer ones are there. Two who put at once may lose one of the two: it is read again.
    fn put(&self, list: &Arc<[u8]>, generation: u64, directory: Arc<Directory>) {
        let [newer, older] = self.0.get(list).unwrap_or_default();
        let mut all = [Some((generation, directory)), newer, older];
        all.sort_by_key(|entry| std::cmp::Reverse(entry.as_ref().map(|(generation, _)| *generation)));
        let [first, second, _] = all;
        self.0.insert(list.clone(), [first, second]);
    }
}

/// A list's header and directory as they stood at a snapshot; `None` where the list is empty.
fn load(
    engine: &Engine,
    at: &Snapshot,
    list: &Arc<[u8]>,
) -> Result<Option<(Header, Arc<Directory>)>, StoreError> {
    let Some(bytes) = engine.get_at(at, Table::Chunks, list)? else { return Ok(None) };
    let header = Header::decode(&bytes)?;
    if header.chunks == 1 {
        return Ok(Some((header, Arc::new(Directory::single(header.first)))));
    }
    if let Some(directory) = engine.directories.get(list, header.generation) {
        return Ok(Some((header, directory)));
    }
    let mut chunks = vec![directory::Chunk { first: Position::START, rows: header.first }];
    let range = (Bound::Excluded(list.to_vec()), Bound::Excluded(keys::list_end(list)));
    for entry in at.range(engine.table(Table::Chunks), range) {
        let (key, bytes) = entry.into_inner().map_err(|error| read_error(&error))?;
        chunks.push(chunk::decode(&key, &bytes)?);
    }
    let directory = Arc::new(Directory::of(&chunks));
    if (directory.rows(), directory.chunks()) != (header.rows, header.chunks) {
        return Err(damaged("a list's directory"));
    }
    engine.directories.put(list, header.generation, directory.clone());
    Ok(Some((header, directory)))
}

/// A list at one moment.
struct View<'a> {
    engine: &'a Engine,
    at: Snapshot,
    list: Arc<[u8]>,
    directory: Arc<Directory>,
}

impl<'a> View<'a> {
    fn open(engine: &'a Engine, tenant: TenantId, list: List, eq: &Key) -> Result<Option<Self>, StoreError> {
        let list: Arc<[u8]> = keys::list(tenant, list, eq).into();
        let at = engine.snapshot();
        let loaded = load(engine, &at, &list)?;
        Ok(loaded.map(|(_, directory)| Self { engine, at, list, directory }))
    }

    fn key(&self, at: Position) -> Vec<u8> {
        keys::row(&self.list, at)
    }

    /// Where a bound that may be the list's end lies.
    fn end_key(&self, below: Option<Position>) -> Vec<u8> {
        below.map_or_else(|| keys::list_end(&self.list), |below| self.key(below))
    }

    fn rows(&self, range: impl RangeBounds<Vec<u8>>) -> Iter {
        self.at.range(self.engine.table(Table::Rows), range)
    }

    /// How many rows lie before a position.
    fn rank(&self, at: Position) -> Result<u64, StoreError> {
        let found = self.directory.find(at);
        let mut rank = found.before;
        for entry in self.rows(self.key(found.chunk.first)..self.key(at)) {
            entry.key().map_err(|error| read_error(&error))?;
            rank += 1;
        }
        Ok(rank)
    }

    /// The numbers of the first row within bounds and of the first one after them.
    fn within(&self, bounds: Bounds) -> Result<(u64, u64), StoreError> {
        if bounds.from > bounds.until {
            return Ok((0, 0));
        }
        let from = if bounds.from == 0 { 0 } else { self.rank(Position { sort: bounds.from, id: 0 })? };
        let until = below(bounds).map_or(Ok(self.directory.rows()), |below| self.rank(below))?;
        Ok((from, until))
    }

    /// Rows from a number on, at most `limit`, in one direction.
    fn slice(&self, number: u64, limit: u64, descending: bool) -> Result<Vec<Row>, StoreError> {
        let Some(found) = self.directory.nth(number) else { return Ok(Vec::new()) };
        let skip = number - found.before;
        if descending {
            let skip = u64::from(found.chunk.rows) - 1 - skip;
            collect(
                self.rows(keys::row(&self.list, Position::START)..self.end_key(found.next)).rev(),
                skip,
                limit,
            )
        } else {
            collect(self.rows(self.key(found.chunk.first)..keys::list_end(&self.list)), skip, limit)
        }
    }

    /// Rows after a row that need not be there, at most `limit`, in one direction.
    fn after(
        &self,
        row: Position,
        bounds: Bounds,
        limit: u64,
        descending: bool,
    ) -> Result<Vec<Row>, StoreError> {
        let from = Position { sort: bounds.from, id: 0 };
        let (start, end) = if descending {
            let end = below(bounds).filter(|below| *below <= row).unwrap_or(row);
            (Bound::Included(self.key(from)), Bound::Excluded(self.key(end)))
        } else {
            let start =
                if row < from { Bound::Included(self.key(from)) } else { Bound::Excluded(self.key(row)) };
            (start, Bound::Excluded(self.end_key(below(bounds))))
        };
        if bound(&start) >= bound(&end) {
            return Ok(Vec::new());
        }
        let rows = self.rows((start, end));
        if descending { collect(rows.rev(), 0, limit) } else { collect(rows, 0, limit) }
    }
}

fn bound(bound: &Bound<Vec<u8>>) -> &[u8] {
    match bound {
        Bound::Included(key) | Bound::Excluded(key) => key,
        Bound::Unbounded => &[],
    }
}

/// The first position after the bounds, unless they reach to the end.
fn below(bounds: Bounds) -> Option<Position> {
    bounds.until.checked_add(1).map(|sort| Position { sort, id: 0 })
}

fn collect(rows: impl Iterator<Item = fjall::Guard>, skip: u64, limit: u64) -> Result<Vec<Row>, StoreError> {
    let counts = (usize::try_from(skip).unwrap_or(usize::MAX), usize::try_from(limit).unwrap_or(usize::MAX));
    rows.skip(counts.0)
        .take(counts.1)
        .map(|entry| {
            let key = entry.key().map_err(|error| read_error(&error))?;
            keys::read_position(&key)
                .and_then(|at| Some(Row { sort: at.sort, id: Id::new(at.id)? }))
                .ok_or_else(|| damaged("a row"))
        })
        .collect()
}

/// Answers [`ward_store::Store::list`].
pub(crate) fn page(engine: &Engine, tenant: TenantId, query: &ListQuery) -> Result<Page, StoreError> {
    let Some(view) = View::open(engine, tenant, query.list, &query.eq)? else {
        return Ok(Page { rows: Vec::new(), total: 0 });
    };
    let (from, until) = view.within(query.bounds)?;
    let total = until.saturating_sub(from);
    let limit = query.limit.min(MAX_PAGE) as u64;
    let rows = match query.slice {
        _ if total == 0 || limit == 0 => Vec::new(),
        Slice::Offset(offset) if offset >= total => Vec::new(),
        Slice::Offset(offset) => {
            let number = if query.descending { until - 1 - offset } else { from + offset };
            view.slice(number, limit.min(total - offset), query.descending)?
        }
        Slice::After { sort, id } => {
            view.after(Position::new(sort, id), query.bounds, limit, query.descending)?
        }
    };
    Ok(Page { rows, total })
}

/// Answers [`ward_store::Store::count`].
pub(crate) fn count(
    engine: &Engine,
    tenant: TenantId,
    list: List,
    eq: &Key,
    bounds: Bounds,
) -> Result<u64, StoreError> {
    let Some(view) = View::open(engine, tenant, list, eq)? else { return Ok(0) };
    let (from, until) = view.within(bounds)?;
    Ok(until.saturating_sub(from))
}
