//! Finding what is alike: every vector that the filters let through is compared. Exact, and quick enough: what is looked at
//! first of a hundred thousand are 14 MB that lie in rows in memory, and several threads share them out.

use crate::compare::{AT_ONCE, Compare};
use crate::fault::Fault;
use crate::halves::Halves;
use crate::query;
use crate::tenant::TenantIndex;
use crate::vectors::{KeptVectors, Vectors};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::query::TermQuery;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet as _, Score, Searcher, SegmentOrdinal, SegmentReader, TERMINATED};
use ward_domain::id::Id;
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
                To::Vector(vector) => (Some(Halves::of(&vector)), None),
                To::Document(id) => (self.vector(&searcher, query, id)?, Some(id.get())),
            };
            places.push(vector.is_some().then_some(asked.len()));
            let least = Least::of(query.least);
            asked.extend(vector.map(|vector| Asked { vector, besides, least }));
        }
        let mut found = vec![Vec::new(); asked.len()];
        if query.limit > 0 && !asked.is_empty() {
            let built = query::narrowed(&self.fields, query.kind, &query.filters);
            let passed = self.hands.search(&searcher, &built, &Passed(&self.vectors))?;
            let goes = passed.iter().flat_map(|one| one.docs.chunks(AT_A_GO).map(move |docs| (one, docs)));
            let compared = self
                .hands
                .for_all_of(&searcher)
                .map(|(segment, docs)| Ok(segment.compare(docs, &asked, query.limit)), goes)?;
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

    fn vector(&self, searcher: &Searcher, query: &NearQuery, id: Id) -> Result<Option<Halves>, Fault> {
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
                    return Ok(self.vectors.of(segment)?.get(doc));
                }
                found.advance();
            }
        }
        Ok(None)
    }
}

/// What documents are compared with.
struct Asked {
    vector: Halves,
    /// A document that is not meant.
    besides: Option<u64>,
    /// What is less alike is not among the best, as far as any thread knows.
    least: Least,
}

/// A number that only rises, whoever raises it.
struct Least(AtomicU32);

impl Least {
    const fn of(number: f32) -> Self {
        Self(AtomicU32::new(number.to_bits()))
    }

    fn get(&self) -> f32 {
        f32::from_bits(self.0.load(Relaxed))
    }

    fn raise(&self, to: f32) {
        let higher = |bits| (f32::from_bits(bits) < to).then_some(to.to_bits());
        // Not raised: it is as high already.
        let _ = self.0.fetch_update(Relaxed, Relaxed, higher);
    }
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

/// Keeps the best, and lets no thread take more that are not as good as the last of them.
fn shrink(alike: &mut Vec<Alike>, least: &Least, limit: usize) {
    if alike.len() > limit {
        alike.select_nth_unstable_by(limit - 1, better);
        alike.truncate(limit);
        if let Some((last, _)) = alike.last() {
            least.raise(*last);
        }
    }
}

/// Gathers the documents that filters let through.
struct Passed<'a>(&'a KeptVectors);

impl Collector for Passed<'_> {
    type Fruit = Vec<InSegment>;
    type Child = InSegment;

    fn for_segment(&self, _segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<InSegment> {
        Ok(InSegment { vectors: self.0.of(reader)?, docs: Vec::new() })
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
    docs: Vec<DocId>,
}

impl InSegment {
    /// The best of some documents, for each that was asked for.
    fn compare(&self, docs: &[DocId], asked: &[Asked], limit: usize) -> Vec<Vec<Alike>> {
        let mut compare = Compare::default();
        let mut best: Vec<Vec<Alike>> = vec![Vec::new(); asked.len()];
        let mut places = Vec::with_capacity(AT_ONCE);
        for docs in docs.chunks(AT_ONCE) {
            places.clear();
            places.extend(docs.iter().filter_map(|doc| self.vectors.place(*doc)));
            for (asked, best) in asked.iter().zip(&mut best) {
                let found = compare.with(&asked.vector, &places, &self.vectors, asked.least.get());
                best.extend(found.iter().filter(|(_, id)| asked.besides != Some(*id)));
                if best.len() >= 2 * limit + AT_ONCE {
                    shrink(best, &asked.least, limit);
                }
            }
        }
        for (asked, best) in asked.iter().zip(&mut best) {
            shrink(best, &asked.least, limit);
        }
        best
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
