//! How the store is set up.

use std::fmt;
use std::sync::Arc;

/// What a test hangs on the [`BREAK_POINTS`] of a group commit.
pub type BreakPoint = Arc<dyn Fn(&'static str) + Send + Sync>;

/// The steps of a group commit at which [`Options::break_points`] is called, in their order, on the writer's thread.
///
/// Journal write, sync and publication are one call of the engine: nothing of ours runs between them. What dies there
/// dies by a signal from outside, which `tests/kill.rs` sends too.
pub const BREAK_POINTS: [&str; 7] =
    ["queued", "validated", "batch built", "before write", "after sync", "before answer", "after answer"];

/// Sizes and limits. The defaults are for a server of a few gigabytes; every number is a ceiling, none is reserved.
#[derive(Clone)]
pub struct Options {
    /// Bytes of file blocks kept in memory, all tables together. Default 128 MiB.
    pub cache_bytes: u64,
    /// Bytes of new data a table keeps in memory before it writes a file; there are seven tables, and that of rows keeps
    /// twice as much. Default 16 MiB.
    pub memtable_bytes: u64,
    /// Bytes of sealed journals after which tables are written out so that journals can go. It bounds the time to
    /// open after a kill. Default 128 MiB, least 64.
    pub journal_bytes: u64,
    /// Jobs that may wait for the writer; beyond it, commits are answered unavailable. Default 4096.
    pub queue_jobs: usize,
    /// Bytes of bodies that may wait for the writer. Default 64 MiB, at least one largest commit.
    pub queue_bytes: usize,
    /// Jobs in one group. Default 256.
    pub group_jobs: usize,
    /// Bytes of bodies after which a group takes no further job. Default 8 MiB.
    pub group_bytes: usize,
    /// Rows in a chunk of a list before it is split, at least 4. Default 256.
    pub chunk_rows: u32,
    /// Bytes of list directories kept in memory. A list of a million rows has one of about 200 KiB. Default 64 MiB.
    pub directory_bytes: u64,
    /// Called at each of [`BREAK_POINTS`]; for tests, which abort there.
    pub break_points: Option<BreakPoint>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cache_bytes: 128 << 20,
            memtable_bytes: 16 << 20,
            journal_bytes: 128 << 20,
            queue_jobs: 4096,
            queue_bytes: 64 << 20,
            group_jobs: 256,
            group_bytes: 8 << 20,
            chunk_rows: 256,
            directory_bytes: 64 << 20,
            break_points: None,
        }
    }
}

impl Options {
    /// Puts numbers that could not work to the nearest that can.
    pub(crate) fn clamped(mut self) -> Self {
        self.memtable_bytes = self.memtable_bytes.max(1 << 20);
        self.journal_bytes = self.journal_bytes.max(64 << 20);
        self.queue_jobs = self.queue_jobs.max(1);
        self.queue_bytes = self.queue_bytes.clamp(ward_store::commit::MAX_COMMIT_BYTES, 1 << 30);
        self.group_jobs = self.group_jobs.max(1);
        self.chunk_rows = self.chunk_rows.max(4);
        self
    }

    pub(crate) fn reach(&self, point: &'static str) {
        if let Some(hook) = &self.break_points {
            hook(point);
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("cache_bytes", &self.cache_bytes)
            .field("memtable_bytes", &self.memtable_bytes)
            .field("journal_bytes", &self.journal_bytes)
            .field("queue_jobs", &self.queue_jobs)
            .field("queue_bytes", &self.queue_bytes)
            .field("group_jobs", &self.group_jobs)
            .field("group_bytes", &self.group_bytes)
            .field("chunk_rows", &self.chunk_rows)
            .field("directory_bytes", &self.directory_bytes)
            .finish_non_exhaustive()
    }
}
