//! A form with a file in it (RFC 7578), read as it comes: whatever its length, little of it is in memory.

use crate::failure::Failure;
use crate::linger::linger;
use async_trait::async_trait;
use axum::body::{Body, BodyDataStream};
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use multer::{Field, Multipart};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use ward_domain::refusal::Refusal;
use ward_services::Fail;
use ward_services::upload::{Delivery, Incoming, Words};

/// The most parts of a form.
const MAX_PARTS: u32 = 32;
/// The most bytes that may come before the next part begins: what stands between two parts and in a part's headers, and
/// what a socket gives at once.
const MAX_BETWEEN: u64 = 1 << 20;
/// The most bytes of a part that is passed over.
const MAX_OTHER: usize = 1 << 20;
/// The longest silence of a sender.
const PATIENCE: Duration = Duration::from_secs(30);

/// A body that should be a form and has not been read yet. What is none is answered 415, but only when it is read: whether
/// its sender may send one comes first.
pub struct Form {
    /// `None` for what is no form.
    parts: Option<Multipart<'static>>,
    meter: Arc<Meter>,
    announced: Option<u64>,
}

/// A form of which one file and some words are expected; the rest of it is passed over.
pub struct FileForm {
    form: Form,
    file: &'static str,
    names: &'static [(&'static str, usize)],
    words: Words,
    parts: u32,
    had_file: bool,
}

/// How much of the body has come, and how much may.
#[derive(Default)]
struct Meter {
    come: AtomicU64,
    until: AtomicU64,
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let headers = request.headers();
        let text = |name| headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
        let boundary = text(CONTENT_TYPE).and_then(|kind| multer::parse_boundary(kind).ok());
        let announced = text(CONTENT_LENGTH).and_then(|length| length.parse().ok());
        let meter = Arc::new(Meter::default());
        let body = paced(request.into_body(), Arc::clone(&meter));
        let parts = boundary.map(|boundary| Multipart::new(body, boundary));
        Ok(Self { parts, meter, announced })
    }
}

/// The body, one piece at a time: its reader would else take all that is there at once. A sender who says nothing for
/// long, or too much between two parts, is cut off.
fn paced(body: Body, meter: Arc<Meter>) -> BoxStream<'static, Result<Bytes, axum::Error>> {
    let next = |(mut source, meter): (Source, Arc<Meter>)| async move {
        tokio::task::yield_now().await;
        let piece = match tokio::time::timeout(PATIENCE, source.next()).await {
            Ok(None) => return None,
            Ok(Some(piece)) => piece,
            Err(late) => Err(axum::Error::new(late)),
        };
        let length = piece.as_ref().map_or(0, |piece: &Bytes| piece.len() as u64);
        let come = meter.come.fetch_add(length, Ordering::Relaxed).saturating_add(length);
        let piece =
            if come > meter.until.load(Ordering::Relaxed) { Err(axum::Error::new(Lost)) } else { piece };
        Some((piece, (source, meter)))
    };
    stream::unfold((Source(Some(body.into_data_stream())), meter), next).boxed()
}

/// The rest of a body. Let go before its end, it is read on for a moment.
struct Source(Option<BodyDataStream>);

impl Source {
    async fn next(&mut self) -> Option<Result<Bytes, axum::Error>> {
        let piece = self.0.as_mut()?.next().await;
        if piece.is_none() {
            self.0 = None;
        }
        piece
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        if let Some(rest) = self.0.take() {
            linger(rest);
        }
    }
}

/// More came than the parts of a form can have between them.
#[derive(Debug, thiserror::Error)]
#[error("no part begins")]
struct Lost;

impl Form {
    /// Expects a file in the part `file`, and words in parts of these names, each with the most bytes that it may have.
    pub const fn expecting(self, file: &'static str, names: &'static [(&'static str, usize)]) -> FileForm {
        FileForm { form: self, file, names, words: Words::new(), parts: 0, had_file: false }
    }

    async fn next(&mut self) -> Result<Option<Field<'static>>, Failure> {
        let come = self.meter.come.load(Ordering::Relaxed);
        self.meter.until.store(come.saturating_add(MAX_BETWEEN), Ordering::Relaxed);
        let parts = self.parts.as_mut().ok_or_else(Failure::unsupported_media_type)?;
        let next = parts.next_field().await;
        self.meter.until.store(u64::MAX, Ordering::Relaxed);
        next.map_err(|error| broken(&error))
    }
}

impl FileForm {
    /// Reads on to the file, and keeps words on the way.
    async fn advance(&mut self) -> Result<Option<Field<'static>>, Fail> {
        while let Some(part) = self.form.next().await? {
            self.parts += 1;
            if self.parts > MAX_PARTS {
                return Err(Refusal::field("body", format!("Must have at most {MAX_PARTS} parts.")).into());
            }
            if part.name() == Some(self.file) {
                return Ok(Some(part));
            }
            let known = self.names.iter().find(|(name, _)| part.name() == Some(*name));
            let (name, most) = known.copied().unwrap_or(("body", MAX_OTHER));
            let word = text(part, name, most).await?;
            if known.is_some() && self.words.insert(name, word).is_some() {
                return Err(Refusal::field(name, "Must be given once.").into());
            }
        }
        Ok(None)
    }
}

/// A part's text.
async fn text(mut part: Field<'static>, name: &'static str, most: usize) -> Result<String, Fail> {
    let mut bytes = Vec::new();
    while let Some(piece) = part.chunk().await.map_err(|error| broken(&error))? {
        if bytes.len() + piece.len() > most {
            return Err(Refusal::field(name, format!("Must have at most {most} bytes.")).into());
        }
        bytes.extend_from_slice(&piece);
    }
    String::from_utf8(bytes).map_err(|_| Refusal::field(name, "Must be text in UTF-8.").into())
}

fn broken(error: &multer::Error) -> Failure {
    match error {
        multer::Error::StreamReadFailed(error) => Failure::of_body(&**error),
        _ => Failure::body_unreadable(),
    }
}

#[async_trait]
impl Delivery for FileForm {
    async fn file(&mut self) -> Result<Option<Incoming>, Fail> {
        let Some(part) = self.advance().await? else { return Ok(None) };
        self.had_file = true;
        let name = part.file_name().map(str::to_owned);
        let declared = part
            .headers()
            .get(CONTENT_TYPE)
            .map(|kind| String::from_utf8_lossy(kind.as_bytes()).into_owned());
        let pieces = stream::unfold(part, |mut part| async move {
            let piece = part.chunk().await.transpose()?;
            Some((piece.map_err(|error| broken(&error).into()), part))
        });
        Ok(Some(Incoming { name, declared, bytes: pieces.boxed() }))
    }

    fn announced(&self) -> Option<u64> {
        self.form.announced
    }

    async fn words(&mut self) -> Result<Words, Fail> {
        if self.advance().await?.is_some() {
            let message = if self.had_file { "Must be given once." } else { "Came too late." };
            return Err(Refusal::field(self.file, message).into());
        }
        Ok(std::mem::take(&mut self.words))
    }
}

#[cfg(test)]
mod tests;
