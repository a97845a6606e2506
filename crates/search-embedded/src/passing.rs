//! What kind and filters let through. A person's searches ask for the same again and again, and each of them several times
//! over; a segment never changes, so what passes of it is found once and kept.

use crate::docs::{Docs, Walk};
use moka::sync::Cache;
use std::fmt;
use std::sync::Arc;
use tantivy::index::SegmentId;
use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Result, Score, SegmentReader, TantivyError, Term};
use ward_search::{DocumentKind, Filter};

/// What is kept of all indexes, in bytes: what two thousand filters let through of a hundred thousand documents. Those are
/// kept that are asked for most.
const KEPT: u64 = 32 << 20;

/// About what a filter, or a value of one, takes in memory.
const VALUE: usize = 64;

/// What passed before.
pub(crate) struct KeptPassing(Cache<(SegmentId, Arc<Wanted>), Arc<Docs>>);

impl KeptPassing {
    pub(crate) fn new() -> Self {
        let bytes = |(_, wanted): &(SegmentId, Arc<Wanted>), docs: &Arc<Docs>| {
            u32::try_from(docs.bytes() + wanted.bytes()).unwrap_or(u32::MAX)
        };
        Self(Cache::builder().max_capacity(KEPT).weigher(bytes).build())
    }
}

#[derive(PartialEq, Eq, Hash)]
struct Wanted {
    kind: DocumentKind,
    filters: Vec<Filter>,
}

impl Wanted {
    fn bytes(&self) -> usize {
        let (filters, values) = Filter::weigh(&self.filters);
        VALUE * (1 + filters + values)
    }
}

/// The documents of a kind that all filters let through. They rank nothing: whatever passes scores 0.
#[derive(Clone)]
pub(crate) struct Passing {
    wanted: Arc<Wanted>,
    queries: Arc<Vec<Box<dyn Query>>>,
    kept: Arc<KeptPassing>,
}

impl Passing {
    /// `queries` are what kind and filters become.
    pub(crate) fn new(
        kind: DocumentKind,
        filters: &[Filter],
        queries: Vec<Box<dyn Query>>,
        kept: &Arc<KeptPassing>,
    ) -> Self {
        let wanted = Arc::new(Wanted { kind, filters: filters.to_vec() });
        Self { wanted, queries: Arc::new(queries), kept: Arc::clone(kept) }
    }

    pub(crate) fn weighed(&self, unscored: EnableScoring<'_>) -> Result<PassingWeight> {
        let weights = self.queries.iter().map(|query| query.weight(unscored)).collect::<Result<_>>()?;
        Ok(PassingWeight { wanted: Arc::clone(&self.wanted), weights, kept: Arc::clone(&self.kept) })
    }
}

impl fmt::Debug for Passing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Passing").field(&self.queries).finish()
    }
}

impl Query for Passing {
    fn weight(&self, enable_scoring: EnableScoring<'_>) -> Result<Box<dyn Weight>> {
        let unscored = match enable_scoring {
            EnableScoring::Enabled { searcher, .. } => EnableScoring::disabled_from_searcher(searcher),
            disabled @ EnableScoring::Disabled { .. } => disabled,
        };
        Ok(Box::new(self.weighed(unscored)?))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.queries.iter().for_each(|query| query.query_terms(visitor));
    }
}

pub(crate) struct PassingWeight {
    wanted: Arc<Wanted>,
    weights: Vec<Box<dyn Weight>>,
    kept: Arc<KeptPassing>,
}

impl PassingWeight {
    /// Those of a segment, the deleted ones with them.
    pub(crate) fn docs(&self, segment: &SegmentReader) -> Result<Arc<Docs>> {
        let find = || {
            let mut all = Docs::all(segment.max_doc());
            for weight in &self.weights {
                all.keep(&Docs::of(&mut *weight.scorer(segment, 1.0)?, segment.max_doc()));
            }
            Ok(Arc::new(all))
        };
        let key = (segment.segment_id(), Arc::clone(&self.wanted));
        self.kept.0.try_get_with(key, find).map_err(|error: Arc<TantivyError>| (*error).clone())
    }
}

impl Weight for PassingWeight {
    fn scorer(&self, reader: &SegmentReader, _boost: Score) -> Result<Box<dyn Scorer>> {
        Ok(Box::new(PassingScorer(Walk::through(self.docs(reader)?))))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> Result<Explanation> {
        if self.docs(reader)?.has(doc) {
            return Ok(Explanation::new("it passes", 0.0));
        }
        Err(TantivyError::InvalidArgument("the document does not pass".to_owned()))
    }
}

struct PassingScorer(Walk<Arc<Docs>>);

impl DocSet for PassingScorer {
    fn advance(&mut self) -> DocId {
        self.0.advance()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.0.seek(target)
    }

    fn doc(&self) -> DocId {
        self.0.doc()
    }

    fn size_hint(&self) -> u32 {
        self.0.size_hint()
    }
}

impl Scorer for PassingScorer {
    fn score(&mut self) -> Score {
        0.0
    }
}
