//! The database behind the store: its tables, what is kept in memory beside them, and its errors in our words.

use crate::folder::Folder;
use crate::lists::Directories;
use crate::options::Options;
use crate::outbox::Outbox;
use crate::room::advice;
use fjall::compaction::Leveled;
use fjall::config::{CompressionPolicy, PinningPolicy};
use fjall::{CompressionType, Database, Keyspace, KeyspaceCreateOptions, Readable, Snapshot, UserValue};
use std::sync::{Arc, OnceLock};
use ward_store::{CommitError, StoreError};

/// What is kept together. The numbers are places in an array; the names are on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Table {
    Outbox,
    Claims,
    Chunks,
    Rows,
    Records,
    Aggregates,
    Platform,
}

impl Table {
    pub(crate) const ALL: [Self; 7] = [
        Self::Outbox,
        Self::Claims,
        Self::Chunks,
        Self::Rows,
        Self::Records,
        Self::Aggregates,
        Self::Platform,
    ];

    /// Tables whose keys begin with the tenant, in the order in which a tenant is removed: the aggregates' fences last,
    /// so that nothing can be committed anew over remains.
    pub(crate) const OF_TENANTS: [Self; 6] =
        [Self::Outbox, Self::Claims, Self::Chunks, Self::Rows, Self::Records, Self::Aggregates];

    const fn name(self) -> &'static str {
        match self {
            Self::Outbox => "outbox",
            Self::Claims => "claims",
            Self::Chunks => "chunks",
            Self::Rows => "rows",
            Self::Records => "records",
            Self::Aggregates => "aggregates",
            Self::Platform => "platform",
        }
    }
}

/// The open database. Dropping the last one lets the data folder go.
pub(crate) struct Engine {
    pub(crate) db: Database,
    /// One for each of [`Table::ALL`].
    tables: Vec<Keyspace>,
    pub(crate) directories: Directories,
    pub(crate) outbox: Outbox,
    failure: OnceLock<String>,
    /// Last, so that the folder is free only when the database is closed.
    folder: Folder,
}

impl Engine {
    pub(crate) fn open(folder: Folder, options: &Options) -> Result<Self, StoreError> {
        let unusable = |error: fjall::Error| {
            StoreError::Unusable(format!(
                "the database in {} cannot be opened ({}{}): look at its disk, or restore a backup",
                folder.path().display(),
                text(&error),
                hint(&error)
            ))
        };
        let db = Database::builder(folder.database())
            .cache_size(options.cache_bytes)
            .max_journaling_size(options.journal_bytes)
            // Of several, fjall's first worker hands compactions back to the queue until another takes them: with few
            // workers it spins for as long as one is under way (seen in 3.1.13).
            .worker_threads(1)
            .open()
            .map_err(unusable)?;
        let mut tables = Vec::with_capacity(Table::ALL.len());
        for table in Table::ALL {
            let options = || table_options(table, options);
            tables.push(db.keyspace(table.name(), options).map_err(unusable)?);
        }
        Ok(Self {
            db,
            tables,
            directories: Directories::new(options.directory_bytes),
            outbox: Outbox::default(),
            failure: OnceLock::new(),
            folder,
        })
    }

    pub(crate) fn table(&self, table: Table) -> &Keyspace {
        &self.tables[table as usize]
    }

    /// The newest state that is durable.
    pub(crate) fn snapshot(&self) -> Snapshot {
        self.db.snapshot()
    }

    /// One value as it stands.
    pub(crate) fn get(&self, table: Table, key: &[u8]) -> Result<Option<UserValue>, StoreError> {
        self.table(table).get(key).map_err(|error| read_error(&error))
    }

    /// One value as it stood.
    pub(crate) fn get_at(
        &self,
        at: &Snapshot,
        table: Table,
        key: &[u8],
    ) -> Result<Option<UserValue>, StoreError> {
        at.get(self.table(table), key).map_err(|error| read_error(&error))
    }

    /// From now on nothing is written: what the engine has in memory and on disk may differ. Only opening it anew, which
    /// reads the disk again, makes them one.
    pub(crate) fn fail(&self, error: &fjall::Error) {
        let reason = text(error);
        tracing::error!(reason, "the store's disk failed; it takes no more writes until it is opened anew");
        let _ = self.failure.set(format!(
            "an earlier write to {} failed ({reason}{}): see to the disk and its free space. When it takes writes again a \
             server opens its store anew by itself; else restart the process",
            self.folder.path().display(),
            hint(error)
        ));
    }

    /// Why nothing is written any more.
    pub(crate) fn failure(&self) -> Option<&str> {
        self.failure.get().map(String::as_str)
    }

    /// Refuses where nothing is written any more.
    pub(crate) fn check_writable(&self) -> Result<(), StoreError> {
        self.failure().map_or(Ok(()), |reason| Err(StoreError::Unavailable(reason.to_owned())))
    }
}

fn table_options(table: Table, options: &Options) -> KeyspaceCreateOptions {
    // Nearly all keys are rows, and they come all over their table: each merge of new ones rewrites most of the level
    // below, so what is merged at a time is made large.
    let (memtables, runs) = if table == Table::Rows { (2, 8) } else { (1, 4) };
    KeyspaceCreateOptions::default()
        .max_memtable_size(options.memtable_bytes * memtables)
        .compaction_strategy(Arc::new(Leveled::default().with_l0_threshold(runs)))
        // New files are small and read soon: only what has settled is compressed.
        .data_block_compression_policy(CompressionPolicy::new([
            CompressionType::None,
            CompressionType::None,
            CompressionType::Lz4,
        ]))
        // A filter or index that must be read before a block doubles the cost of a miss.
        .index_block_pinning_policy(PinningPolicy::all(true))
        .filter_block_pinning_policy(PinningPolicy::all(true))
}

/// What to do about the engine's error, if its kind says it.
fn hint(error: &fjall::Error) -> &'static str {
    match error {
        fjall::Error::Io(error) | fjall::Error::Storage(fjall::LsmError::Io(error)) => advice(error.kind()),
        _ => "",
    }
}

/// The engine's error without the keys and values it may carry.
fn text(error: &fjall::Error) -> String {
    match error {
        fjall::Error::Io(error) | fjall::Error::Storage(fjall::LsmError::Io(error)) => error.to_string(),
        fjall::Error::Poisoned => "the engine has stopped after a failed write".to_owned(),
        fjall::Error::Locked => "it is locked".to_owned(),
        other => format!("{other:?}").chars().take(200).collect(),
    }
}

/// A read that failed: the disk may come back, damage stays.
pub(crate) fn read_error(error: &fjall::Error) -> StoreError {
    match error {
        fjall::Error::Io(_) | fjall::Error::Storage(fjall::LsmError::Io(_)) | fjall::Error::Poisoned => {
            StoreError::Unavailable(text(error))
        }
        _ => StoreError::Damaged(text(error)),
    }
}

/// A value or key that does not read back.
pub(crate) fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(format!("{what} does not read back: restore a backup"))
}

/// A read that failed on the way to a decision: nothing was done.
pub(crate) fn undecided(error: &StoreError) -> CommitError {
    CommitError::Unavailable(error.to_string())
}
