//! Finding what is alike: every vector that the filters let through is compared. Exact, and quick enough: a hundred
//! thousand are 26 MB that lie in a row in memory.

use crate::compare::{AT_ONCE, Compare};
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
        let searcher = self.reader.searcher();
        let mut asked = Vec::with_capacity(query.to.len());
        // The place among `asked` of each that has a vector.
        let mut places = Vec::with_capacity(query.to.len());
        for to in &query.to {
            let (vector, besides) = match *to {
                To::Vector(vector) => (Some(vector.measured()), None),
                To::Document(id) => (self.vector(&searcher, query, id)?, Some(id.get())),
            };
            places.push(vector.is_some().then_some(asked.len()));
            asked.extend(vector.map(|vector| Asked { vector, besides }));
        }
        let mut found = vec![Vec::new(); asked.len()];
        if query.limit > 0 && !asked.is_empty() {
            let built = query::narrowed(&self.fields, query.kind, &query.filters);
            let kept = &self.vectors;
            let collector = Nearest { kept, asked: &asked, least: query.least, limit: query.limit };
            found = self.hands.search(&searcher, &built, &collector)?;
        }
        let known = |(likeness, id): &Alike| {
            let id = Id::new(*id).ok_or_else(|| Fault::Damaged("a document has no id".to_owned()))?;
            Ok(Near { id, likeness: *likeness })
        };
        let of = |place: Option<usize>| {
            place.map_or(&[][..], |place| &found[place]).iter().map(known).collect::<Result<_, Fault>>()
        };
        Ok(NearPage { near: places.into_iter().map(of).collect::<Result<_, _>>()?, complete })
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

/// What documents are compared with.
#[derive(Clone, Copy)]
struct Asked {
    vector: Measured,
    /// A document that is not meant.
    besides: Option<u64>,
}

struct Nearest<'a> {
    kept: &'a KeptVectors,
    asked: &'a [Asked],
    least: f32,
    limit: usize,
}

/// How alike, and which.
type Alike = (f32, u64);

impl Collector for Nearest<'_> {
    /// For each that was asked for.
    type Fruit = Vec<Vec<Alike>>;
    type Child = InSegment;

    fn for_segment(&self, _segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<InSegment> {
        let best = |asked: &Asked| Best { asked: *asked, least: self.least, alike: Vec::new() };
        Ok(InSegment {
            vectors: self.kept.of(reader)?,
            ids: reader.fast_fields().u64(ID)?,
            limit: self.limit,
            best: self.asked.iter().map(best).collect(),
            waiting: Vec::with_capacity(AT_ONCE),
            compare: Compare::default(),
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Vec<Vec<Alike>>>) -> tantivy::Result<Vec<Vec<Alike>>> {
        let mut all: Vec<Vec<Alike>> = vec![Vec::new(); self.asked.len()];
        for segment in segments {
            for (all, alike) in all.iter_mut().zip(segment) {
                all.extend(alike);
            }
        }
        for best in &mut all {
            best.sort_unstable_by(better);
            best.truncate(self.limit);
        }
        Ok(all)
    }
}

/// The more alike first, then the newer.
fn better(one: &Alike, other: &Alike) -> std::cmp::Ordering {
    other.0.total_cmp(&one.0).then(other.1.cmp(&one.1))
}

/// The best of a segment for one that was asked for.
struct Best {
    asked: Asked,
    /// What is less alike is not among the best.
    least: f32,
    alike: Vec<Alike>,
}

impl Best {
    /// Keeps the best, and takes no more that are not as good as the last of them.
    fn shrink(&mut self, limit: usize) {
        if self.alike.len() > limit {
            self.alike.select_nth_unstable_by(limit - 1, better);
            self.alike.truncate(limit);
            if let Some((last, _)) = self.alike.last() {
                self.least = self.least.max(*last);
            }
        }
    }
}

struct InSegment {
    vectors: Arc<Vectors>,
    ids: Column<u64>,
    limit: usize,
    best: Vec<Best>,
    /// Documents that were let through and not compared yet.
    waiting: Vec<DocId>,
    compare: Compare,
}

impl InSegment {
    fn compare(&mut self) {
        for best in &mut self.best {
            let found = self.compare.with(&best.asked.vector, &self.waiting, &self.vectors, best.least);
            for (doc, likeness) in found {
                let id = self.ids.first(*doc).unwrap_or_default();
                if best.asked.besides != Some(id) {
                    best.alike.push((*likeness, id));
                }
            }
            if best.alike.len() >= 2 * self.limit + AT_ONCE {
                best.shrink(self.limit);
            }
        }
        self.waiting.clear();
    }
}

impl SegmentCollector for InSegment {
    type Fruit = Vec<Vec<Alike>>;

    fn collect(&mut self, doc: DocId, _score: Score) {
        self.waiting.push(doc);
        if self.waiting.len() == AT_ONCE {
            self.compare();
        }
    }

    fn harvest(mut self) -> Vec<Vec<Alike>> {
        self.compare();
        for best in &mut self.best {
            best.shrink(self.limit);
        }
        self.best.into_iter().map(|best| best.alike).collect()
    }
}
