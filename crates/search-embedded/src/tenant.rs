//! One tenant's open index.

use crate::fault::Fault;
use crate::folder::{Folder, Opened, note};
use crate::hands::Hands;
use crate::schema::Fields;
use crate::vectors::KeptVectors;
use std::cmp::Reverse;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tantivy::collector::Count;
use tantivy::index::SegmentId;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy, NoMergePolicy};
use tantivy::query::TermQuery;
use tantivy::schema::IndexRecordOption;
use tantivy::{FutureResult, Index, IndexReader, IndexWriter};
use ward_search::{IndexStatus, SearchError};

pub(crate) struct TenantIndex {
    pub(crate) fields: Arc<Fields>,
    pub(crate) reader: IndexReader,
    pub(crate) vectors: Arc<KeptVectors>,
    pub(crate) hands: Arc<Hands>,
    index: Index,
    folder: Folder,
    writer: Mutex<WriterState>,
    writer_bytes: usize,
    complete: AtomicBool,
}

/// Threads that index a large batch: each leaves a segment of its own behind, which small batches should not.
const BULK_WORKERS: usize = 2;

/// Segments that gather while an index is fed anew before they are put together for the first time: it is done once more when
/// all are there, so seldom is enough.
const BULK_SEGMENTS: usize = 64;

/// About how many documents of a segment are enough.
const GATHERED: usize = 250_000;

/// How much is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Load {
    /// What comes as it happens.
    Small,
    /// A part of everything there is.
    Bulk,
}

/// The writer, of which there may be one.
enum WriterState {
    Closed,
    Open {
        writer: Box<IndexWriter>,
        load: Load,
        used: Instant,
    },
    /// The index was closed: whoever still holds it must ask for it again.
    Retired,
}

impl TenantIndex {
    pub(crate) fn open(
        fields: Arc<Fields>,
        vectors: Arc<KeptVectors>,
        hands: Arc<Hands>,
        folder: Folder,
        writer_bytes: usize,
    ) -> Result<Self, Fault> {
        let Opened { index, reader, complete } = folder.open(&fields)?;
        let writer = Mutex::new(WriterState::Closed);
        let complete = AtomicBool::new(complete);
        Ok(Self { fields, reader, vectors, hands, index, folder, writer, writer_bytes, complete })
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.complete.load(Ordering::Acquire)
    }

    pub(crate) fn status(&self) -> Result<IndexStatus, Fault> {
        let searcher = self.reader.searcher();
        let gone = TermQuery::new(self.fields.gone(), IndexRecordOption::Basic);
        let gone = searcher.search(&gone, &Count)? as u64;
        Ok(IndexStatus { documents: searcher.num_docs() - gone, complete: self.is_complete() })
    }

    /// True if it was not complete before.
    pub(crate) fn mark_complete(&self) -> Result<bool, Fault> {
        let mut changed = false;
        self.write(Load::Small, |_| {
            changed = !self.is_complete();
            self.complete.store(true, Ordering::Release);
            Ok(changed)
        })?;
        let mut state = self.lock();
        if matches!(&*state, WriterState::Open { load: Load::Bulk, .. }) {
            finish(std::mem::replace(&mut *state, WriterState::Closed));
        }
        Ok(changed)
    }

    /// Puts the many segments that a large load leaves behind together. A search walks through the dictionaries of each, and
    /// threads share them out: about as many as there are threads, and of about the same size, are the least work. What does
    /// not come of it is said in the log: the index is whole as it is.
    pub(crate) fn gather(&self) -> Result<(), Fault> {
        let mut state = self.lock();
        if matches!(&*state, WriterState::Retired) {
            return Err(Fault::Retired);
        }
        let few = {
            // Let go before they are put together: the files of a segment that somebody knows of stay.
            let segments = self.index.searchable_segment_metas()?;
            let documents = segments.iter().map(|segment| u64::from(segment.num_docs())).sum();
            segments.len() <= 2 * self.hands.count() || self.hands.are_too_many_for(documents)
        };
        if few {
            return Ok(());
        }
        finish(std::mem::replace(&mut *state, WriterState::Closed));
        match self.gathered() {
            Err(damaged @ Fault::Damaged(_)) => Err(damaged),
            Err(error) => {
                let error = SearchError::from(error);
                tracing::warn!(%error, "the segments of a search index were not put together");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    fn gathered(&self) -> Result<(), Fault> {
        let mut writer = self.open_writer(Load::Bulk)?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        let mut segments = self.index.searchable_segment_metas()?;
        segments.sort_by_key(|segment| Reverse(segment.num_docs()));
        let documents: usize = segments.iter().map(|segment| segment.num_docs() as usize).sum();
        let mut parts: Vec<(u32, Vec<SegmentId>)> = Vec::new();
        parts.resize_with(self.hands.count().max(documents.div_ceil(GATHERED)), Default::default);
        for segment in segments {
            if let Some((documents, part)) = parts.iter_mut().min_by_key(|(documents, _)| *documents) {
                *documents += segment.num_docs();
                part.push(segment.id());
            }
        }
        let several = parts.iter().filter(|(_, part)| part.len() > 1);
        let under_way: Vec<_> = several.map(|(_, part)| writer.merge(part)).collect();
        // All are waited for, whatever comes of one: none goes on in a folder that is opened again or removed.
        let outcomes: Vec<_> = under_way.into_iter().map(FutureResult::wait).collect();
        writer.wait_merging_threads()?;
        self.reader.reload()?;
        for outcome in outcomes {
            outcome?;
        }
        Ok(())
    }

    /// Lets `work` use the writer, opening it if need be; if it says that something changed, commits that durably
    /// and shows it to searches. If anything fails, nothing of it stands.
    pub(crate) fn write(
        &self,
        wanted: Load,
        work: impl FnOnce(&IndexWriter) -> Result<bool, Fault>,
    ) -> Result<(), Fault> {
        let mut state = self.lock();
        let (mut writer, load) = match std::mem::replace(&mut *state, WriterState::Closed) {
            small @ WriterState::Open { load: Load::Small, .. } if wanted == Load::Bulk => {
                finish(small);
                (self.open_writer(wanted)?, wanted)
            }
            WriterState::Open { writer, load, .. } => (writer, load),
            WriterState::Closed => (self.open_writer(wanted)?, wanted),
            WriterState::Retired => {
                *state = WriterState::Retired;
                return Err(Fault::Retired);
            }
        };
        let was_complete = self.is_complete();
        let commit = |writer: &mut IndexWriter| -> Result<(), Fault> {
            if work(writer)? {
                let mut prepared = writer.prepare_commit()?;
                prepared.set_payload(&note(self.fields.vectors, self.is_complete()));
                prepared.commit()?;
                self.reader.reload()?;
            }
            Ok(())
        };
        let done = commit(&mut writer);
        if done.is_ok() {
            *state = WriterState::Open { writer, load, used: Instant::now() };
        } else {
            // What the writer holds besides the last commit goes with it.
            self.complete.store(was_complete, Ordering::Release);
            drop(writer);
        }
        done
    }

    /// When the writer was last used, if one is open and not in use now.
    pub(crate) fn writer_used(&self) -> Option<Instant> {
        match &*self.writer.try_lock().ok()? {
            WriterState::Open { used, .. } => Some(*used),
            WriterState::Closed | WriterState::Retired => None,
        }
    }

    /// Closes the writer unless it is in use or was used within `idle`.
    pub(crate) fn close_idle_writer(&self, idle: Duration) {
        let Ok(mut state) = self.writer.try_lock() else { return };
        if matches!(&*state, WriterState::Open { used, .. } if used.elapsed() >= idle) {
            finish(std::mem::replace(&mut *state, WriterState::Closed));
        }
    }

    /// Waits for the write under way, then closes the writer; later writes are told to open the index again.
    pub(crate) fn retire(&self) {
        finish(std::mem::replace(&mut *self.lock(), WriterState::Retired));
    }

    /// After [`Self::retire`]: says that the index was whole.
    pub(crate) fn closed_well(&self) {
        self.folder.closed_well();
    }

    fn lock(&self) -> MutexGuard<'_, WriterState> {
        // A panic while it was held left `Closed` behind: the writer is gone, and what it held with it.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open_writer(&self, load: Load) -> Result<Box<IndexWriter>, Fault> {
        let workers = match load {
            Load::Small => 1,
            Load::Bulk => BULK_WORKERS,
        };
        let options = IndexWriterOptions::builder()
            .memory_budget_per_thread(self.writer_bytes.max(15_000_000))
            .num_worker_threads(workers)
            .num_merge_threads(workers)
            .build();
        let writer = self.index.writer_with_options(options)?;
        if load == Load::Bulk && !self.is_complete() {
            let mut seldom = LogMergePolicy::default();
            seldom.set_min_num_segments(BULK_SEGMENTS);
            writer.set_merge_policy(Box::new(seldom));
        }
        Ok(Box::new(writer))
    }
}

/// Waits for merges, so that none goes on in a folder that is about to be opened again or removed.
fn finish(state: WriterState) {
    if let WriterState::Open { writer, .. } = state
        && let Err(error) = writer.wait_merging_threads()
    {
        tracing::warn!(%error, "a search index was closed while it was being merged");
    }
}
