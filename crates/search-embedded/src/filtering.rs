//! Filters beside words.
//!
//! An intersection is led by what it takes to be the shortest list, which may be thought too long: a word's is that of all its
//! fields and forms together, many of which are in the same documents. So a filter that lets most documents through would
//! lead words, and be asked for each of its documents whether the words are in it. This query lets documents through
//! without a score, and says of itself that it is long.

use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{
    COLLECT_BLOCK_BUFFER_LEN, DocId, DocSet, Result, Score, SeekDangerResult, SegmentReader, Term,
};

/// How many lists of a word are in about the same documents.
const LISTS: u64 = 8;

/// Lets through what `0` does, all with the same score of nothing.
#[derive(Debug)]
pub(crate) struct Filtering(pub(crate) Box<dyn Query>);

impl Clone for Filtering {
    fn clone(&self) -> Self {
        Self(self.0.box_clone())
    }
}

impl Query for Filtering {
    fn weight(&self, enable_scoring: EnableScoring<'_>) -> Result<Box<dyn Weight>> {
        let unscored = match enable_scoring {
            EnableScoring::Enabled { searcher, .. } => EnableScoring::disabled_from_searcher(searcher),
            disabled @ EnableScoring::Disabled { .. } => disabled,
        };
        Ok(Box::new(FilteringWeight(self.0.weight(unscored)?)))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.0.query_terms(visitor);
    }
}

struct FilteringWeight(Box<dyn Weight>);

impl Weight for FilteringWeight {
    fn scorer(&self, reader: &SegmentReader, _boost: Score) -> Result<Box<dyn Scorer>> {
        Ok(Box::new(FilteringScorer(self.0.scorer(reader, 1.0)?)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> Result<Explanation> {
        self.0.explain(reader, doc)
    }
}

struct FilteringScorer(Box<dyn Scorer>);

impl DocSet for FilteringScorer {
    fn advance(&mut self) -> DocId {
        self.0.advance()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.0.seek(target)
    }

    fn seek_danger(&mut self, target: DocId) -> SeekDangerResult {
        self.0.seek_danger(target)
    }

    fn fill_buffer(&mut self, buffer: &mut [DocId; COLLECT_BLOCK_BUFFER_LEN]) -> usize {
        self.0.fill_buffer(buffer)
    }

    fn doc(&self) -> DocId {
        self.0.doc()
    }

    fn size_hint(&self) -> u32 {
        self.0.size_hint()
    }

    fn cost(&self) -> u64 {
        self.0.cost() * LISTS
    }
}

impl Scorer for FilteringScorer {
    fn score(&mut self) -> Score {
        0.0
    }
}
