//! Collecting in the order of names.
//!
//! tantivy's own collector looks each key up by itself when segments are put together: at a deep page that is one
//! decompressed block for each hit passed over. Here a segment's keys are read in one sweep.

use std::cmp::Ordering;
use std::io;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{BytesColumn, Column};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader, TantivyError};
use ward_search::Direction;

/// Collects the hits of one page in the order of a bytes field, ties by id, those without a value last.
pub(crate) struct ByName {
    /// The fast field that holds the keys.
    pub(crate) field: String,
    /// The fast field that holds the ids.
    pub(crate) id: &'static str,
    pub(crate) direction: Direction,
    /// Hits to pass over.
    pub(crate) offset: usize,
    /// Hits to answer.
    pub(crate) limit: usize,
    /// Whether hits have scores.
    pub(crate) scored: bool,
}

/// A hit with its place in the order: `K` is the number of a key within its segment, then the key itself.
pub(crate) struct Named<K> {
    key: Option<K>,
    id: u64,
    score: Score,
    at: DocAddress,
}

impl<K: Ord> Named<K> {
    fn compare(&self, other: &Self, direction: Direction) -> Ordering {
        let up = || self.key.cmp(&other.key).then(self.id.cmp(&other.id));
        match (&self.key, &other.key, direction) {
            (Some(_), None, _) => Ordering::Less,
            (None, Some(_), _) => Ordering::Greater,
            (_, _, Direction::Ascending) => up(),
            (_, _, Direction::Descending) => up().reverse(),
        }
    }
}

impl Collector for ByName {
    type Fruit = Vec<(Score, DocAddress)>;
    type Child = InSegment;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<InSegment> {
        Ok(InSegment {
            keys: reader.fast_fields().bytes(&self.field)?,
            ids: reader.fast_fields().u64(self.id)?,
            segment,
            direction: self.direction,
            wanted: self.offset + self.limit,
            hits: Vec::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        self.scored
    }

    fn merge_fruits(&self, segments: Vec<io::Result<Vec<Named<Vec<u8>>>>>) -> tantivy::Result<Self::Fruit> {
        let mut hits = Vec::new();
        for segment in segments {
            hits.extend(segment.map_err(TantivyError::from)?);
        }
        // A stable sort finds the segments' runs and merges them.
        hits.sort_by(|one, other| one.compare(other, self.direction));
        let page = hits.into_iter().skip(self.offset).take(self.limit);
        Ok(page.map(|hit| (hit.score, hit.at)).collect())
    }
}

/// One segment's hits: never many more than the page and what lies before it.
pub(crate) struct InSegment {
    keys: Option<BytesColumn>,
    ids: Column<u64>,
    segment: SegmentOrdinal,
    direction: Direction,
    wanted: usize,
    hits: Vec<Named<u64>>,
}

impl InSegment {
    /// Drops hits that come after all that are wanted.
    fn shrink(&mut self) {
        let direction = self.direction;
        if self.hits.len() > self.wanted {
            self.hits.select_nth_unstable_by(self.wanted, |one, other| one.compare(other, direction));
            self.hits.truncate(self.wanted);
        }
    }
}

impl SegmentCollector for InSegment {
    type Fruit = io::Result<Vec<Named<Vec<u8>>>>;

    fn collect(&mut self, doc: DocId, score: Score) {
        let key = self.keys.as_ref().and_then(|keys| keys.ords().first(doc));
        let id = self.ids.first(doc).unwrap_or_default();
        self.hits.push(Named { key, id, score, at: DocAddress::new(self.segment, doc) });
        if self.hits.len() >= 2 * self.wanted + 1024 {
            self.shrink();
        }
    }

    fn harvest(mut self) -> Self::Fruit {
        self.shrink();
        let direction = self.direction;
        self.hits.sort_unstable_by(|one, other| one.compare(other, direction));
        let mut numbers: Vec<u64> = self.hits.iter().filter_map(|hit| hit.key).collect();
        numbers.sort_unstable();
        let mut keys = Vec::with_capacity(numbers.len());
        if let Some(column) = &self.keys
            && !column.dictionary().sorted_ords_to_term_cb(&numbers, |key| keys.push(key.to_vec()))?
        {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "an order key is missing"));
        }
        // Hits with a key come first, in the order of their keys or its reverse: so do the keys.
        if direction == Direction::Descending {
            keys.reverse();
        }
        let keys = keys.into_iter().map(Some).chain(std::iter::repeat(None));
        let named = self.hits.into_iter().zip(keys);
        Ok(named.map(|(hit, key)| Named { key, id: hit.id, score: hit.score, at: hit.at }).collect())
    }
}
