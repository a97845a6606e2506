//! Finding what is alike: every vector that the filters let through is compared. Exact, and quick enough: a hundred
//! thousand are 26 MB that lie in a row in memory.

use crate::fault::Fault;
use crate::query;
use crate::schema::ID;
use crate::tenant::TenantIndex;
use crate::vectors::{KeptVectors, Vectors};
use std::sync::Arc;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::query::TermQuery;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet as _, Score, Searcher, SegmentOrdinal, SegmentReader, TERMINATED};
use ward_domain::id::Id;
use ward_domain::vector::Measured;
use ward_search::{Near, NearPage, NearQuery, To};

impl TenantIndex {
    pub(crate) fn nearest(&self, query: &NearQuery) -> Result<NearPage, Fault> {
        let complete = self.is_complete();
        let nothing = NearPage { near: Vec::new(), complete };
        let searcher = self.reader.searcher();
        let (vector, besides) = match query.to {
            To::Vector(vector) => (Some(vector.measured()), None),
            To::Document(id) => (self.vector(&searcher, query, id)?, Some(id.get())),
        };
        let Some(vector) = vector else { return Ok(nothing) };
        if query.limit == 0 {
            return Ok(nothing);
        }
        let built = query::narrowed(&self.fields, query.kind, &query.filters);
        let kept = &self.vectors;
        let collector = Nearest { kept, vector, besides, least: query.least, limit: query.limit };
        let near = searcher.search(&built, &collector)?.into_iter().map(|(likeness, id)| {
            let id = Id::new(id).ok_or_else(|| Fault::Damaged("a document has no id".to_owned()))?;
            Ok(Near { id, likeness })
        });
        Ok(NearPage { near: near.collect::<Result<_, Fault>>()?, complete })
    }

    fn vector(&self, searcher: &Searcher, query: &NearQuery, id: Id) -> Result<Option<Measured>, Fault> {
        let one = TermQuery::new(self.fields.key(query.kind, id), IndexRecordOption::Basic);
        let weight = tantivy::query::Query::weight(
            &one,
            tantivy::query::EnableScoring::disabled_from_searcher(searcher),
        )?;
        for segment in searcher.segment_readers() {
            let mut found = weight.scorer(segment, 1.0)?;
            while found.doc() != TERMINATED {
                let doc = found.doc();
                if !segment.is_deleted(doc) {
                    return Ok(self.vectors.of(segment)?.get(doc).copied());
                }
                found.advance();
            }
        }
        Ok(None)
    }
}

struct Nearest<'a> {
    kept: &'a KeptVectors,
    vector: Measured,
    /// A document that is not meant.
    besides: Option<u64>,
    least: f32,
    limit: usize,
}

/// How alike, and which.
type Alike = (f32, u64);

impl Collector for Nearest<'_> {
    type Fruit = Vec<Alike>;
    type Child = InSegment;

    fn for_segment(&self, _segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<InSegment> {
        Ok(InSegment {
            vectors: self.kept.of(reader)?,
            ids: reader.fast_fields().u64(ID)?,
            vector: self.vector,
            besides: self.besides,
            least: self.least,
            limit: self.limit,
            best: Vec::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Vec<Alike>>) -> tantivy::Result<Vec<Alike>> {
        let mut best: Vec<Alike> = segments.into_iter().flatten().collect();
        best.sort_unstable_by(better);
        best.truncate(self.limit);
        Ok(best)
    }
}

/// The more alike first, then the newer.
fn better(one: &Alike, other: &Alike) -> std::cmp::Ordering {
    other.0.total_cmp(&one.0).then(other.1.cmp(&one.1))
}

struct InSegment {
    vectors: Arc<Vectors>,
    ids: Column<u64>,
    vector: Measured,
    besides: Option<u64>,
    least: f32,
    limit: usize,
    best: Vec<Alike>,
}

impl InSegment {
    /// Keeps the best, and takes no more that are not as good as the last of them.
    fn shrink(&mut self) {
        if self.best.len() > self.limit {
            self.best.select_nth_unstable_by(self.limit - 1, better);
            self.best.truncate(self.limit);
            if let Some((last, _)) = self.best.last() {
                self.least = self.least.max(*last);
            }
        }
    }
}

impl SegmentCollector for InSegment {
    type Fruit = Vec<Alike>;

    fn collect(&mut self, doc: DocId, _score: Score) {
        let Some(vector) = self.vectors.get(doc) else { return };
        let likeness = self.vector.likeness(vector);
        if likeness < self.least {
            return;
        }
        let id = self.ids.first(doc).unwrap_or_default();
        if self.besides != Some(id) {
            self.best.push((likeness, id));
        }
        if self.best.len() >= 2 * self.limit + 64 {
            self.shrink();
        }
    }

    fn harvest(mut self) -> Vec<Alike> {
        self.shrink();
        self.best
    }
}
