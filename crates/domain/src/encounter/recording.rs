//! What a consultation was recorded as: one file, or chunks that come while it goes on.

use crate::id::{EncounterId, Id};
use crate::record::{Document, IndexRow, Key, List, RecordKind};
use crate::time::Time;
use crate::upload::Media;
use serde::{Deserialize, Serialize};

/// The most bytes of a chunk.
pub const MAX_CHUNK_BYTES: u64 = 10 << 20;
/// The most chunks of a recording.
pub const MAX_CHUNKS: u32 = 10_000;
/// The most bytes of a whole recording.
pub const MAX_AUDIO_BYTES: u64 = 500 << 20;

/// How a recording came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingSource {
    /// As one file.
    Whole,
    /// In chunks.
    Chunks,
}

/// A recording, under its encounter's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// Of which.
    pub encounter: EncounterId,
    /// How it came.
    pub source: RecordingSource,
    /// Numbers of chunks that are here, as ranges in order: first and last.
    pub received: Vec<(u32, u32)>,
    /// How many chunks there will be, as far as its sender says; 0 where that was never said.
    pub expected: u32,
    /// The number of the last chunk, once it is known.
    pub last: Option<u32>,
    /// Bytes that are here.
    pub bytes: u64,
    /// True once all of it is here: nothing more is taken.
    pub closed: bool,
    /// The object that holds all of it.
    pub object: Option<Id>,
    /// What it is.
    pub media: Option<Media>,
    /// True once it was listened through.
    pub measured: bool,
    /// Its length in milliseconds, once measured.
    pub duration_ms: u64,
    /// When its last byte came.
    pub at: Time,
}

impl Document for Recording {
    const KIND: RecordKind = RecordKind::Recording;
    fn record_id(&self) -> Id {
        self.encounter.id()
    }
    fn index(&self) -> Vec<IndexRow> {
        Vec::new()
    }
}

/// A chunk of a recording, under the id of its object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AudioChunk {
    /// Its object's id.
    pub id: Id,
    /// Of which encounter.
    pub encounter: EncounterId,
    /// From 1.
    pub number: u32,
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256, in hex.
    pub sha256: String,
    /// When it came.
    pub at: Time,
}

impl Document for AudioChunk {
    const KIND: RecordKind = RecordKind::AudioChunk;
    fn record_id(&self) -> Id {
        self.id
    }
    fn index(&self) -> Vec<IndexRow> {
        let (eq, sort) = (Key::of(self.encounter.get()), u64::from(self.number));
        vec![IndexRow { list: List::AudioChunks, eq, sort }]
    }
}

impl Recording {
    /// One of which nothing is here yet.
    pub const fn empty(encounter: EncounterId, source: RecordingSource, at: Time) -> Self {
        Self {
            encounter,
            source,
            received: Vec::new(),
            expected: 0,
            last: None,
            bytes: 0,
            closed: false,
            object: None,
            media: None,
            measured: false,
            duration_ms: 0,
            at,
        }
    }

    /// One that came as a file.
    pub fn whole(encounter: EncounterId, object: Id, media: Media, bytes: u64, at: Time) -> Self {
        Self {
            bytes,
            closed: true,
            object: Some(object),
            media: Some(media),
            ..Self::empty(encounter, RecordingSource::Whole, at)
        }
    }

    /// Whether a chunk is here.
    pub fn has(&self, number: u32) -> bool {
        self.received.iter().any(|(first, last)| (*first..=*last).contains(&number))
    }

    /// How many chunks are here.
    pub fn count(&self) -> u32 {
        self.received.iter().map(|(first, last)| last - first + 1).sum()
    }

    /// Numbers that are missing before the last one, at most so many.
    pub fn missing(&self, most: usize) -> Vec<u32> {
        let last = self.last.or_else(|| self.received.last().map(|(_, last)| *last)).unwrap_or(0);
        (1..=last).filter(|number| !self.has(*number)).take(most).collect()
    }

    /// Takes a number in.
    pub(super) fn receive(&mut self, number: u32) {
        let at = self.received.partition_point(|(first, _)| *first < number);
        self.received.insert(at, (number, number));
        let mut joined: Vec<(u32, u32)> = Vec::with_capacity(self.received.len());
        for (first, last) in self.received.drain(..) {
            match joined.last_mut() {
                Some(before) if before.1 + 1 >= first => before.1 = before.1.max(last),
                _ => joined.push((first, last)),
            }
        }
        self.received = joined;
    }

    /// True where every chunk up to the last is here.
    pub(super) fn is_whole(&self) -> bool {
        self.last.is_some_and(|last| self.received == [(1, last)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_any_order_become_ranges_and_gaps_are_named() {
        let id = EncounterId::from(Id::new(7).unwrap());
        let mut recording = Recording::empty(id, RecordingSource::Chunks, Time::from_millis(0));
        for number in [5, 1, 2, 9, 4, 4] {
            recording.receive(number);
        }
        assert_eq!(recording.received, [(1, 2), (4, 5), (9, 9)]);
        assert_eq!((recording.count(), recording.missing(10)), (5, vec![3, 6, 7, 8]));
        recording.last = Some(11);
        assert_eq!(recording.missing(3), [3, 6, 7]);
        assert!(!recording.is_whole());
        for number in [3, 6, 7, 8, 10, 11] {
            recording.receive(number);
        }
        assert!(recording.is_whole() && recording.missing(10).is_empty());
    }
}
