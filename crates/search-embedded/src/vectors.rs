//! The vectors of segments in memory, in rows as they are compared. A segment never changes: its columns are taken apart
//! once.

use crate::halves::{Half, Halves, Lengths};
use crate::schema::{COMPONENTS, ID, vector_names};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use std::sync::Arc;
use tantivy::columnar::Column;
use tantivy::index::SegmentId;
use tantivy::{DocId, SegmentReader};
use ward_domain::vector::{DIMENSIONS, Vector};

/// What is kept of all indexes, in bytes: nearly a million vectors, and several of the largest segments. Those go first that were not asked for the longest.
const KEPT: u64 = 256 << 20;

/// The vectors of a segment.
pub(crate) struct Vectors {
    /// Where each document's vector is among all; [`NONE`] for one that has none.
    places: Vec<u32>,
    /// The id of the document of each.
    pub(crate) ids: Vec<u64>,
    pub(crate) firsts: Vec<Half>,
    pub(crate) seconds: Vec<Half>,
    pub(crate) lengths: Vec<Lengths>,
}

/// No place.
const NONE: u32 = u32::MAX;

impl Vectors {
    fn read(segment: &SegmentReader) -> tantivy::Result<Self> {
        let column = |name: String| segment.fast_fields().u64(&name);
        let columns: Vec<Column<u64>> = vector_names().map(column).collect::<Result<_, _>>()?;
        // A document has all fields of a vector or none: its values lie in one place in every one.
        let index = &columns[0].index;
        let place = |doc| index.value_row_ids(doc).next().unwrap_or(NONE);
        let one = |row: u32| {
            let mut steps = [0; DIMENSIONS];
            let (eights, _) = steps.as_chunks_mut::<COMPONENTS>();
            for (eight, column) in eights.iter_mut().zip(&columns) {
                *eight = column.values.get_val(row).to_le_bytes().map(u8::cast_signed);
            }
            Halves::of(&Vector::from_steps(steps))
        };
        let rows = columns[0].values.num_vals();
        let room = rows as usize;
        let (mut firsts, mut seconds) = (Vec::with_capacity(room), Vec::with_capacity(room));
        let mut lengths = Vec::with_capacity(room);
        for halves in (0..rows).map(one) {
            firsts.push(halves.first);
            seconds.push(halves.second);
            lengths.push(halves.lengths);
        }
        let places: Vec<u32> = (0..segment.max_doc()).map(place).collect();
        let of_docs = column(ID.to_owned())?;
        let mut ids = vec![0; room];
        for (doc, place) in (0..).zip(&places) {
            if let (Ok(place), Some(id)) = (usize::try_from(*place), of_docs.first(doc))
                && let Some(slot) = ids.get_mut(place)
            {
                *slot = id;
            }
        }
        Ok(Self { places, ids, firsts, seconds, lengths })
    }

    /// A document's vector.
    pub(crate) fn get(&self, doc: DocId) -> Option<Halves> {
        let place = self.place(doc)? as usize;
        let (first, second) = (self.firsts[place], self.seconds[place]);
        Some(Halves { first, second, lengths: self.lengths[place] })
    }

    /// Where a document's vector is.
    pub(crate) fn place(&self, doc: DocId) -> Option<u32> {
        let place = *self.places.get(doc as usize)?;
        (place != NONE).then_some(place)
    }

    fn bytes(&self) -> usize {
        size_of_val(self.firsts.as_slice())
            + size_of_val(self.seconds.as_slice())
            + size_of_val(self.lengths.as_slice())
            + size_of_val(self.places.as_slice())
            + size_of_val(self.ids.as_slice())
    }
}

/// The vectors of the segments that were asked for of late.
pub(crate) struct KeptVectors(Cache<SegmentId, Arc<Vectors>>);

impl KeptVectors {
    pub(crate) fn new() -> Self {
        let bytes = |_: &SegmentId, of: &Arc<Vectors>| u32::try_from(of.bytes()).unwrap_or(u32::MAX);
        // By use alone: the usual policy weighs how often each was asked for too, and would have a large segment, which
        // takes the place of many small ones, read anew by every search.
        let last_asked_for = EvictionPolicy::lru();
        Self(Cache::builder().max_capacity(KEPT).weigher(bytes).eviction_policy(last_asked_for).build())
    }

    pub(crate) fn of(&self, segment: &SegmentReader) -> tantivy::Result<Arc<Vectors>> {
        let read = || Vectors::read(segment).map(Arc::new);
        self.0.try_get_with(segment.segment_id(), read).map_err(|error| (*error).clone())
    }
}
