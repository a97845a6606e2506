//! Finding what is alike: every vector that the filters let through is compared. Exact, and quick enough: what is looked at
//! first of a hundred thousand are 14 MB that lie in a row in memory, and several threads share them out.

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

/// Documents that one thread compares at a go.
const AT_A_GO: usize = 8_192;

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
            let passed = self.hands.search(&searcher, &built, &Passed(&self.vectors))?;
            let goes = passed.iter().flat_map(|one| one.docs.chunks(AT_A_GO).map(move |docs| (one, docs)));
            let compared = self
                .hands
                .for_all_of(&searcher)
                .map(|(segment, docs)| Ok(segment.compare(docs, &asked, query)), goes)?;
            found = merged(compared, asked.len(), query.limit);
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
                    let vectors = self.vectors.of(segment)?;
                    let parts = vectors.get(doc);
                    return Ok(parts.map(|(outline, detail)| Measured { outline: *outline, detail: *detail }));
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

/// How alike, and which.
type Alike = (f32, u64);

/// Puts what was found by parts together.
fn merged(parts: Vec<Vec<Vec<Alike>>>, asked: usize, limit: usize) -> Vec<Vec<Alike>> {
    let mut all: Vec<Vec<Alike>> = vec![Vec::new(); asked];
    for part in parts {
        for (all, alike) in all.iter_mut().zip(part) {
            all.extend(alike);
        }
    }
    for best in &mut all {
        best.sort_unstable_by(better);
        best.truncate(limit);
    }
    all
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

/// Gathers the documents that filters let through.
struct Passed<'a>(&'a KeptVectors);

impl Collector for Passed<'_> {
    type Fruit = Vec<InSegment>;
    type Child = InSegment;

    fn for_segment(&self, _segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<InSegment> {
        let ids = reader.fast_fields().u64(ID)?;
        Ok(InSegment { vectors: self.0.of(reader)?, ids, docs: Vec::new() })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<InSegment>) -> tantivy::Result<Vec<InSegment>> {
        Ok(segments)
    }
}

/// Those of a segment.
struct InSegment {
    vectors: Arc<Vectors>,
    ids: Column<u64>,
    docs: Vec<DocId>,
}

impl InSegment {
    /// The best of some documents, for each that was asked for.
    fn compare(&self, docs: &[DocId], asked: &[Asked], query: &NearQuery) -> Vec<Vec<Alike>> {
        let mut compare = Compare::default();
        let best = |asked: &Asked| Best { asked: *asked, least: query.least, alike: Vec::new() };
        let mut all: Vec<Best> = asked.iter().map(best).collect();
        for docs in docs.chunks(AT_ONCE) {
            for best in &mut all {
                for (doc, likeness) in compare.with(&best.asked.vector, docs, &self.vectors, best.least) {
                    let id = self.ids.first(*doc).unwrap_or_default();
                    if best.asked.besides != Some(id) {
                        best.alike.push((*likeness, id));
                    }
                }
                if best.alike.len() >= 2 * query.limit + AT_ONCE {
                    best.shrink(query.limit);
                }
            }
        }
        for best in &mut all {
            best.shrink(query.limit);
        }
        all.into_iter().map(|best| best.alike).collect()
    }
}

impl SegmentCollector for InSegment {
    type Fruit = Self;

    fn collect(&mut self, doc: DocId, _score: Score) {
        self.docs.push(doc);
    }

    fn collect_block(&mut self, docs: &[DocId]) {
        self.docs.extend_from_slice(docs);
    }

    fn harvest(self) -> Self {
        self
    }
}
