//! Lists: stable order, and a page at any offset at the same cost.
//!
//! **Rows are the truth.** They lie in buckets (partitions) that are a function of the sort key alone, so they are put
//! and dropped blindly and never move. **Chunks only count them**: a directory says how many rows lie from one position
//! to the next, a few hundred each. Who puts or drops a row sees to it that a *mark* covers it (`marks`): from where to
//! where, and until when. A reader takes the directory, which it keeps in memory for as long as no newer one is there,
//! counts the chunks that are marked since, and so knows in which chunk the n-th row is. A *roll-up* does the same and
//! writes the counts back, in one transaction on the directory's own partition, splitting what has grown.
//!
//! So a page costs a look for a newer directory, a look for marks, counts of the few marked chunks, and one read of
//! rows: whatever the length of the list or the offset. Totals are exact within a process. Another process's change is
//! missed by a reader only if its clock is behind by more than [`WINDOW`], or if more chunks were marked since the
//! latest roll-up than a reader counts; then the count is at most that much late, and the next roll-up mends it.
//!
//! Lists that change together share partitions (`shape`).
//!
//! Lists that stay small (one patient's, one encounter's) are not counted ahead.

mod directory;
mod marks;
mod name;
mod roll;
mod rows;
mod shape;

pub(crate) use marks::Mark;
pub(crate) use name::{Name, Position, Range};
pub(crate) use rows::{all_buckets, of_bucket};
pub(crate) use shape::{PLACES, bucket, code, counted, is_short, list, place_bucket};

use crate::connection::Connection;
use crate::fault::Fault;
use crate::options::Options;
use directory::Directory;
use marks::Marks;
use moka::sync::Cache;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use tokio::time::{Duration, Instant};
use ward_store::query::MAX_PAGE;
use ward_store::{Bounds, ListQuery, Page, Slice, StoreError};

/// Marks from before a roll-up that a reader counts all the same, in microseconds.
const WINDOW: i64 = 5_000_000;
/// Chunks that a reader counts; beyond that it asks for a roll-up.
const COUNTED: usize = 32;
/// Between two roll-ups of one list that readers ask for.
const BETWEEN: Duration = Duration::from_secs(1);
/// Lists whose directories are kept in memory.
const KEPT: u64 = 10_000;

/// True for lists that the platform reads across tenants.
pub(crate) fn is_wide(code: i32) -> bool {
    list(code).is_some_and(ward_domain::record::List::platform_wide)
}

/// What this process knows about a list.
#[derive(Default)]
struct Known {
    directory: std::sync::Mutex<Option<Arc<Directory>>>,
    marks: Marks,
    /// Own changes since the last roll-up of this process.
    touched: AtomicU64,
    rolled: tokio::sync::Mutex<Option<Instant>>,
}

impl Known {
    fn kept(&self) -> Option<Arc<Directory>> {
        self.directory.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, directory: Arc<Directory>) {
        *self.directory.lock().unwrap_or_else(PoisonError::into_inner) = Some(directory);
    }
}

/// The lists of a store.
pub(crate) struct Lists(Cache<Name, Arc<Known>>);

impl Lists {
    pub(crate) fn new() -> Self {
        Self(Cache::new(KEPT))
    }

    fn known(&self, name: &Name) -> Arc<Known> {
        self.0.get_with_by_ref(name, Arc::default)
    }

    /// The mark that covers a change now, and whether it has yet to be left.
    pub(crate) fn mark(&self, name: &Name, at: Position, now: i64) -> (Mark, bool) {
        let known = self.known(name);
        if let Some(mark) = known.marks.covering(at, now) {
            return (mark, false);
        }
        // All of the chunk, so that the next change beside it needs none. A list without chunks is counted whole.
        let range = known
            .kept()
            .map_or(Range { from: at, until: at }, |directory| directory.range(directory.index(at)));
        (Mark::new(now, range), true)
    }

    /// Learns the chunks of lists that this process has not looked at before.
    pub(crate) async fn know(
        &self,
        connection: &Connection,
        names: impl Iterator<Item = &Name>,
    ) -> Result<(), Fault> {
        let unknown: BTreeSet<&Name> = names.filter(|name| self.known(name).kept().is_none()).collect();
        let one = async |name: &Name| {
            let directory = directory::load(connection, name).await?;
            self.known(name).keep(directory);
            Ok(())
        };
        Connection::each(unknown, one).await.map(|_| ())
    }

    /// Notes that a mark was left.
    pub(crate) fn marked(&self, name: &Name, mark: Mark, now: i64) {
        self.known(name).marks.left(mark, now);
    }

    /// Notes that a row of a list was put or dropped.
    pub(crate) fn touched(&self, name: &Name) {
        self.known(name).touched.fetch_add(1, Ordering::Relaxed);
    }

    /// Lists with so many touches of this process that they should be rolled up.
    pub(crate) fn due(&self, options: &Options) -> Vec<Name> {
        let due = |known: &Known| known.touched.load(Ordering::Relaxed) >= options.chunk_rows;
        self.0.iter().filter(|(_, known)| due(known)).map(|(name, _)| (*name).clone()).collect()
    }

    /// Rolls a list up, unless that is under way here or was done just now.
    pub(crate) async fn roll_up(
        &self,
        connection: &Connection,
        options: &Options,
        name: &Name,
    ) -> Result<(), Fault> {
        let known = self.known(name);
        let Ok(mut rolled) = known.rolled.try_lock() else { return Ok(()) };
        let many = known.touched.load(Ordering::Relaxed) >= options.chunk_rows;
        if !many && rolled.is_some_and(|at| at.elapsed() < BETWEEN) {
            return Ok(());
        }
        let touched = known.touched.load(Ordering::Relaxed);
        roll::roll_up(connection, options, name).await?;
        known.keep(directory::load(connection, name).await?);
        known.touched.fetch_sub(touched, Ordering::Relaxed);
        *rolled = Some(Instant::now());
        Ok(())
    }

    /// The list's chunks with counts as of now.
    async fn directory(
        &self,
        connection: &Connection,
        options: &Options,
        name: &Name,
    ) -> Result<Directory, Fault> {
        let known = self.known(name);
        if known.touched.load(Ordering::Relaxed) >= options.chunk_rows {
            self.roll_up(connection, options, name).await?;
        }
        let (roll, _) = directory::latest(connection, name).await?;
        let directory = match known.kept() {
            Some(kept) if kept.roll == roll => kept,
            _ => {
                let loaded = directory::load(connection, name).await?;
                known.keep(loaded.clone());
                loaded
            }
        };
        let since = directory.rolled_at.saturating_sub(WINDOW);
        let mut touches = directory::touches(connection, name, since).await?;
        if directory.roll > 0 && directory.dirty(&touches).len() > COUNTED {
            self.roll_up(connection, options, name).await?;
            touches.retain(|mark| mark.until >= directory.rolled_at);
        }
        directory.counted(connection, name, &touches).await
    }
}

/// One list, being read.
pub(crate) struct Reading<'a> {
    pub(crate) lists: &'a Lists,
    pub(crate) connection: &'a Connection,
    pub(crate) options: &'a Options,
    pub(crate) name: &'a Name,
}

impl Reading<'_> {
    /// Answers [`ward_store::Store::count`].
    pub(crate) async fn count(&self, bounds: Bounds) -> Result<u64, StoreError> {
        let Some(range) = Range::of(bounds) else { return Ok(0) };
        if !counted(self.name.code) {
            return Ok(rows::count(self.connection, self.name, range).await?);
        }
        let directory = self.lists.directory(self.connection, self.options, self.name).await?;
        let (from, until) = self.within(&directory, bounds, range).await?;
        Ok(until.saturating_sub(from))
    }

    /// Answers [`ward_store::Store::list`].
    pub(crate) async fn page(&self, query: &ListQuery) -> Result<Page, StoreError> {
        let Some(range) = Range::of(query.bounds) else { return Ok(Page { rows: Vec::new(), total: 0 }) };
        let limit = query.limit.min(MAX_PAGE);
        let (total, rows) = if counted(self.name.code) {
            self.counted_page(query, range, limit).await?
        } else {
            self.short_page(query, range, limit).await?
        };
        let rows = rows.into_iter().map(Position::row).collect::<Result<_, _>>()?;
        Ok(Page { rows, total })
    }

    async fn short_page(
        &self,
        query: &ListQuery,
        range: Range,
        limit: usize,
    ) -> Result<(u64, Vec<Position>), Fault> {
        let total = rows::count(self.connection, self.name, range).await?;
        let rows = match query.slice {
            Slice::Offset(offset) if offset < total && limit > 0 => {
                let skip = usize::try_from(offset).unwrap_or(usize::MAX);
                let rows = self.rows(range, query.descending, skip.saturating_add(limit)).await?;
                rows.into_iter().skip(skip).collect()
            }
            Slice::Offset(_) => Vec::new(),
            Slice::After { sort, id } => self.after(query, range, Position::new(sort, id), limit).await?,
        };
        Ok((total, rows))
    }

    async fn counted_page(
        &self,
        query: &ListQuery,
        range: Range,
        limit: usize,
    ) -> Result<(u64, Vec<Position>), Fault> {
        let directory = self.lists.directory(self.connection, self.options, self.name).await?;
        let (from, until) = self.within(&directory, query.bounds, range).await?;
        let total = until.saturating_sub(from);
        let rows = match query.slice {
            Slice::Offset(offset) if offset < total && limit > 0 => {
                let number = if query.descending { until - 1 - offset } else { from + offset };
                self.slice(&directory, number, query.descending, range, limit).await?
            }
            Slice::Offset(_) => Vec::new(),
            Slice::After { sort, id } => self.after(query, range, Position::new(sort, id), limit).await?,
        };
        Ok((total, rows))
    }

    /// The numbers of the first row within bounds and of the first one after them.
    async fn within(&self, directory: &Directory, bounds: Bounds, range: Range) -> Result<(u64, u64), Fault> {
        let from = if bounds.from == 0 { 0 } else { self.rank(directory, range.from).await? };
        let until = match range.until.next() {
            Some(next) if bounds.until < u64::MAX => self.rank(directory, next).await?,
            _ => directory.rows(),
        };
        Ok((from, until))
    }

    /// How many rows lie before a position.
    async fn rank(&self, directory: &Directory, at: Position) -> Result<u64, Fault> {
        let Some(found) = directory.find(at) else { return Ok(0) };
        let Some(until) = at.before().filter(|before| *before >= found.chunk.first) else {
            return Ok(found.before);
        };
        let within = Range { from: found.chunk.first, until };
        Ok(found.before + rows::count(self.connection, self.name, within).await?)
    }

    /// Rows from a number on, in one direction.
    async fn slice(
        &self,
        directory: &Directory,
        number: u64,
        descending: bool,
        range: Range,
        limit: usize,
    ) -> Result<Vec<Position>, Fault> {
        let Some(found) = directory.nth(number) else { return Ok(Vec::new()) };
        let within = number - found.before;
        let (skip, range) = if descending {
            (found.chunk.rows - 1 - within, Range { until: found.last, ..range })
        } else {
            (within, Range { from: found.chunk.first, ..range })
        };
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        let rows = self.rows(range, descending, skip.saturating_add(limit)).await?;
        Ok(rows.into_iter().skip(skip).collect())
    }

    /// Rows after a row that need not be there, in one direction.
    async fn after(
        &self,
        query: &ListQuery,
        range: Range,
        row: Position,
        limit: usize,
    ) -> Result<Vec<Position>, Fault> {
        let beyond = if query.descending {
            row.before().map(|last| Range { until: last.min(range.until), ..range })
        } else {
            row.next().map(|first| Range { from: first.max(range.from), ..range })
        };
        match beyond {
            Some(beyond) => self.rows(beyond, query.descending, limit).await,
            None => Ok(Vec::new()),
        }
    }

    async fn rows(&self, range: Range, descending: bool, limit: usize) -> Result<Vec<Position>, Fault> {
        rows::rows(self.connection, self.name, range, descending, limit).await
    }
}
