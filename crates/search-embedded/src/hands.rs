//! Several threads for one question.
//!
//! An index lies on the disk in segments, each of which is looked at by itself. Whoever waits for the answer has it the
//! sooner the more of them are looked at side by side. It is no less work, and where threads wait for the same memory it is
//! more of it.

use crate::fault::Fault;
use std::num::NonZero;
use std::thread::available_parallelism;
use tantivy::collector::Collector;
use tantivy::query::{EnableScoring, Query};
use tantivy::{Executor, Searcher};

/// Threads that all indexes share.
pub(crate) struct Hands {
    all: Executor,
    count: usize,
    /// From so many documents on it pays to wake them.
    many: u64,
}

impl Hands {
    pub(crate) fn new(many: u64) -> Result<Self, Fault> {
        let threads = available_parallelism().map_or(1, NonZero::get);
        let all =
            if threads > 1 { Executor::multi_thread(threads, "search-")? } else { Executor::SingleThread };
        Ok(Self { all, count: threads, many })
    }

    /// True where so few documents are not worth waking them.
    pub(crate) const fn are_too_many_for(&self, documents: u64) -> bool {
        documents < self.many
    }

    /// How many there are.
    pub(crate) const fn count(&self) -> usize {
        self.count
    }

    /// Those for what is found in so large an index.
    pub(crate) fn for_all_of(&self, searcher: &Searcher) -> &Executor {
        const OWN: &Executor = &Executor::SingleThread;
        if self.are_too_many_for(searcher.num_docs()) { OWN } else { &self.all }
    }

    /// As tantivy's search, segments side by side.
    pub(crate) fn search<C: Collector>(
        &self,
        searcher: &Searcher,
        query: &dyn Query,
        collector: &C,
    ) -> tantivy::Result<C::Fruit> {
        let scoring = if collector.requires_scoring() {
            EnableScoring::enabled_from_searcher(searcher)
        } else {
            EnableScoring::disabled_from_searcher(searcher)
        };
        searcher.search_with_executor(query, collector, self.for_all_of(searcher), scoring)
    }
}
