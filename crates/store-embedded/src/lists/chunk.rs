//! What is on disk of a list's counts: a header, and a count for each chunk but the first.

use crate::engine::damaged;
use crate::keys::{self, Position};
use crate::lists::directory::{Chunk, Directory};
use crate::value::Reader;
use ward_store::StoreError;

/// The header of a list. A list without rows has none; a list of one chunk, which is nearly every list, has nothing
/// else, so that it is read and written with one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    /// The number of the group that wrote it. Groups are numbered through for ever, so that a list's key and this
    /// number name one state of it: that is what directories in memory go by.
    pub(crate) generation: u64,
    /// Rows in the whole list.
    pub(crate) rows: u64,
    /// Chunks, at least one.
    pub(crate) chunks: u32,
    /// Rows in the first chunk, which begins before everything and so needs no key.
    pub(crate) first: u32,
}

impl Header {
    pub(crate) fn of(generation: u64, directory: &Directory) -> Self {
        Self {
            generation,
            rows: directory.rows(),
            chunks: directory.chunks(),
            first: directory.find(Position::START).chunk.rows,
        }
    }

    pub(crate) fn encode(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(24);
        bytes.extend_from_slice(&self.generation.to_be_bytes());
        bytes.extend_from_slice(&self.rows.to_be_bytes());
        bytes.extend_from_slice(&self.chunks.to_be_bytes());
        bytes.extend_from_slice(&self.first.to_be_bytes());
        bytes
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        let mut value = Reader::new(bytes);
        (|| {
            Some(Self {
                generation: value.u64()?,
                rows: value.u64()?,
                chunks: value.u32()?,
                first: value.u32()?,
            })
        })()
        .ok_or_else(|| damaged("a list's header"))
    }
}

/// A chunk from its key and value.
pub(crate) fn decode(key: &[u8], bytes: &[u8]) -> Result<Chunk, StoreError> {
    (|| Some(Chunk { first: keys::read_position(key)?, rows: Reader::new(bytes).u32()? }))()
        .ok_or_else(|| damaged("a list's chunk"))
}
