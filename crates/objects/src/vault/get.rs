//! An object on its way out: the last chunk first, so that its length is certain, then what was asked for.

use super::{Vault, path};
use crate::seal::{CHUNK, HEADER, Header, Layout, Seal};
use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use object_store::path::Path;
use object_store::{GetOptions, ObjectStore as _, ObjectStoreExt as _};
use std::ops::Range;
use ward_domain::tenancy::TenantScope;
use ward_gateways::objects::{ByteRange, Object, ObjectError, ObjectKey};

fn damaged(what: &str) -> ObjectError {
    ObjectError::Damaged(what.to_owned())
}

impl Vault {
    pub(super) async fn get_opened(
        &self,
        scope: &TenantScope,
        key: ObjectKey,
        range: Option<ByteRange>,
    ) -> Result<Object, ObjectError> {
        let at = path(scope.tenant(), key);
        let (header, layout, version) = self.beginning(&at).await?;
        let seal = self.unlock(*scope, key, header)?;
        let last = layout.chunks - 1;
        let mut end = self.bytes(&at, layout.bytes(last..layout.chunks), version.clone()).await?;
        seal.open(last, true, &mut end).ok_or_else(|| damaged("its end is not the one that was written"))?;

        let total = layout.total;
        let whole = 0..total;
        let range = match range {
            None => whole,
            Some(asked) => asked.of(total).ok_or(ObjectError::Range { total })?,
        };
        let chunks = Layout::holding(&range);
        // What is at hand needs no second request.
        let body = if chunks.start >= last {
            let end = cut(end, last, &range);
            stream::once(async move { Ok(end) }).boxed()
        } else {
            let stored = self.stream(&at, layout.bytes(chunks.clone()), version).await?;
            let reader =
                Reader { stored, seal, layout, next: chunks.start, until: chunks.end, sealed: Vec::new() };
            reader.read(range.clone())
        };
        Ok(Object { total, range, body })
    }

    /// The first bytes, how long it is, and which of several states under this name it is.
    async fn beginning(&self, at: &Path) -> Result<(Header, Layout, Option<String>), ObjectError> {
        let options = GetOptions::new().with_range(Some(0..HEADER as u64));
        let found = match self.place.store.get_opts(at, options).await {
            Ok(found) => found,
            Err(error) => return Err(self.no_beginning(at, &error).await),
        };
        let (length, version) = (found.meta.size, found.meta.e_tag.clone());
        let bytes = found.bytes().await.map_err(|error| self.failed(&error))?;
        let header = Header::decode(&bytes).ok_or_else(|| damaged("it is not sealed"))?;
        let layout = Layout::of(length).ok_or_else(|| damaged("it has been cut off"))?;
        Ok((header, layout, version))
    }

    /// Places answer a range of nothing with an error of their own kind: then how long the object is tells damage from a place
    /// that does not serve.
    async fn no_beginning(&self, at: &Path, error: &object_store::Error) -> ObjectError {
        match self.failed(error) {
            ObjectError::Unavailable(why) => match self.place.store.head(at).await {
                Ok(meta) if meta.size < HEADER as u64 => damaged("it has been cut off"),
                _ => ObjectError::Unavailable(why),
            },
            other => other,
        }
    }

    /// Bytes as they lie, of the state that was met first: one that was put meanwhile would not open.
    async fn stream(
        &self,
        at: &Path,
        range: Range<u64>,
        version: Option<String>,
    ) -> Result<BoxStream<'static, object_store::Result<Bytes>>, ObjectError> {
        let options = GetOptions { if_match: version, ..GetOptions::new().with_range(Some(range)) };
        match self.place.store.get_opts(at, options).await {
            Ok(found) => Ok(found.into_stream()),
            Err(object_store::Error::Precondition { .. }) => {
                Err(ObjectError::Unavailable("the object was replaced while it was read".to_owned()))
            }
            Err(error) => Err(self.failed(&error)),
        }
    }

    async fn bytes(
        &self,
        at: &Path,
        range: Range<u64>,
        version: Option<String>,
    ) -> Result<Vec<u8>, ObjectError> {
        let mut stream = self.stream(at, range, version).await?;
        let mut bytes = Vec::new();
        while let Some(piece) = stream.next().await {
            bytes.extend_from_slice(&piece.map_err(|error| self.failed(&error))?);
        }
        Ok(bytes)
    }
}

/// The part of an open chunk that lies in a range.
fn cut(chunk: Vec<u8>, number: u64, range: &Range<u64>) -> Bytes {
    let first = number * CHUNK as u64;
    let within = |at: u64| usize::try_from(at.saturating_sub(first)).unwrap_or(usize::MAX).min(chunk.len());
    let (from, until) = (within(range.start), within(range.end));
    Bytes::from(chunk).slice(from..until)
}

/// Opens chunks as their bytes come.
struct Reader {
    stored: BoxStream<'static, object_store::Result<Bytes>>,
    seal: Seal,
    layout: Layout,
    next: u64,
    until: u64,
    sealed: Vec<u8>,
}

impl Reader {
    fn read(self, range: Range<u64>) -> BoxStream<'static, Result<Bytes, ObjectError>> {
        stream::unfold(Some(self), move |reader| {
            let range = range.clone();
            async move {
                let mut reader = reader?;
                if reader.next == reader.until {
                    return None;
                }
                match reader.chunk().await {
                    Ok((number, chunk)) => Some((Ok(cut(chunk, number, &range)), Some(reader))),
                    Err(error) => Some((Err(error), None)),
                }
            }
        })
        .boxed()
    }

    async fn chunk(&mut self) -> Result<(u64, Vec<u8>), ObjectError> {
        let (number, length) = (self.next, self.layout.length(self.next));
        while self.sealed.len() < length {
            match self.stored.next().await {
                Some(Ok(piece)) => self.sealed.extend_from_slice(&piece),
                Some(Err(_)) => {
                    return Err(ObjectError::Unavailable("the object's bytes broke off".to_owned()));
                }
                None => return Err(damaged("it has been cut off")),
            }
        }
        let rest = self.sealed.split_off(length);
        let mut chunk = std::mem::replace(&mut self.sealed, rest);
        let last = number + 1 == self.layout.chunks;
        self.seal.open(number, last, &mut chunk).ok_or_else(|| damaged("a chunk was altered"))?;
        self.next += 1;
        Ok((number, chunk))
    }
}
