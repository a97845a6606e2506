//! An object, or several one after the other, as bytes that a decoder reads and jumps about in. A block at a time is in
//! memory, and nothing of it lies open on a disk.

use bytes::Bytes;
use futures::StreamExt as _;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::runtime::Handle;
use ward_domain::id::Id;
use ward_domain::tenancy::TenantScope;
use ward_domain::upload::ObjectKind;
use ward_gateways::Objects;
use ward_gateways::objects::{ByteRange, ObjectError, ObjectKey};

/// What is read of an object at once.
const BLOCK: u64 = 1 << 20;

/// Objects of audio in a row.
pub(super) struct ObjectSource {
    objects: Arc<dyn Objects>,
    scope: TenantScope,
    /// Each with the place of its first byte.
    parts: Vec<(Id, u64)>,
    total: u64,
    at: u64,
    block: Bytes,
    block_from: u64,
    runtime: Handle,
    /// Set when nobody wants the bytes any more.
    stop: Arc<AtomicBool>,
}

impl ObjectSource {
    /// Of these objects with their lengths. It is made where the runtime is, and read off its threads.
    pub(super) fn new(
        objects: Arc<dyn Objects>,
        scope: TenantScope,
        parts: impl IntoIterator<Item = (Id, u64)>,
        stop: Arc<AtomicBool>,
    ) -> Self {
        let mut total = 0_u64;
        let mut placed = Vec::new();
        for (id, bytes) in parts {
            placed.push((id, total));
            total = total.saturating_add(bytes);
        }
        let runtime = Handle::current();
        Self {
            objects,
            scope,
            parts: placed,
            total,
            at: 0,
            block: Bytes::new(),
            block_from: 0,
            runtime,
            stop,
        }
    }

    /// Bytes of all of them.
    pub(super) const fn total(&self) -> u64 {
        self.total
    }

    fn fetch(&mut self) -> io::Result<()> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(io::Error::other("nobody listens any more"));
        }
        let part = self.parts.partition_point(|(_, from)| *from <= self.at).saturating_sub(1);
        let &(id, from) = self.parts.get(part).ok_or(io::ErrorKind::UnexpectedEof)?;
        let key = ObjectKey { kind: ObjectKind::Audio, id };
        let begin = self.at - from;
        let range = ByteRange::Span(begin, begin + BLOCK - 1);
        let (objects, scope) = (Arc::clone(&self.objects), self.scope);
        let read = self.runtime.block_on(async move {
            let mut object = objects.get(&scope, key, Some(range)).await?;
            let mut bytes = Vec::new();
            while let Some(piece) = object.body.next().await {
                bytes.extend_from_slice(&piece?);
            }
            Ok::<_, ObjectError>(bytes)
        });
        self.block = read.map_err(io::Error::other)?.into();
        self.block_from = self.at;
        if self.block.is_empty() {
            return Err(io::Error::other("an object is shorter than it was"));
        }
        Ok(())
    }
}

impl Read for ObjectSource {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.total || buffer.is_empty() {
            return Ok(0);
        }
        let within = self.at.checked_sub(self.block_from).filter(|place| *place < self.block.len() as u64);
        let place = if let Some(place) = within {
            place
        } else {
            self.fetch()?;
            0
        };
        let rest = &self.block[usize::try_from(place).unwrap_or(0)..];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.at += length as u64;
        Ok(length)
    }
}

impl Seek for ObjectSource {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.total.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = target.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
