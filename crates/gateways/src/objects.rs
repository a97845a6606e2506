//! Objects: what is too large for a record (audio, attachments), kept by a key that says nothing of whom it is about.
//!
//! An object is written once, whole, and read in ranges. It belongs to one tenant; every call takes that tenant's
//! scope, and the same key in another tenant is another object. What an adapter keeps is sealed with the tenant's data
//! key wherever it lies, so only Ward opens it: links to objects ([`Links`]) lead to Ward, never to a bucket.

mod key;
mod link;

pub use key::ObjectKey;
pub use link::{Link, LinkError, Links, MAX_LINK_LIFE};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use std::ops::Range;
use ward_domain::tenancy::TenantScope;
pub use ward_domain::upload::{Media, ObjectKind};

/// The bytes of an object on their way. An error ends them.
pub type ObjectBody = BoxStream<'static, Result<Bytes, ObjectError>>;

/// What must hold of an object that is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// More than this is [`ObjectError::TooLarge`].
    pub max_bytes: u64,
    /// What the sender says its SHA-256 is; another is [`ObjectError::WrongDigest`].
    pub sha256: Option<[u8; 32]>,
}

/// An object that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Its length.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: [u8; 32],
}

/// Part of an object, as in an HTTP `Range` of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByteRange {
    /// From a byte to the end.
    From(u64),
    /// From a byte to another, both included; past the end is cut.
    Span(u64, u64),
    /// The last so many bytes.
    Last(u64),
}

impl ByteRange {
    /// The bytes it means of an object of so many; `None` where it means none.
    pub fn of(self, total: u64) -> Option<Range<u64>> {
        let range = match self {
            Self::From(from) => from..total,
            Self::Span(from, last) => from..last.saturating_add(1).min(total),
            Self::Last(length) => total.saturating_sub(length)..total,
        };
        (range.start < range.end).then_some(range)
    }
}

/// An object, or part of it, on its way out.
pub struct Object {
    /// The length of the whole.
    pub total: u64,
    /// The bytes that come.
    pub range: Range<u64>,
    /// The bytes.
    pub body: ObjectBody,
}

/// Why there is no object. No text names a key of another system, an address of a person or a word of what is kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ObjectError {
    /// There is none by this key.
    #[error("there is no such object")]
    NotFound,
    /// Over the limit that was given.
    #[error("the object is larger than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: u64,
    },
    /// What came is not what the sender said would come.
    #[error("the object's SHA-256 is not the one that was given")]
    WrongDigest,
    /// The range lies outside of the object.
    #[error("the range lies outside of the object's {total} bytes")]
    Range {
        /// Its length.
        total: u64,
    },
    /// The sender broke off.
    #[error("the sender broke off")]
    BrokenOff,
    /// Not reachable or too slow now; the same call may succeed later.
    #[error("objects are unavailable: {0}")]
    Unavailable(String),
    /// The place of objects refuses Ward; the text says what to do.
    #[error("{0}")]
    Denied(String),
    /// What is kept does not open: damaged, or its key is gone.
    #[error("an object is unreadable: {0}")]
    Damaged(String),
    /// The place of objects cannot be used as it is set up; the text says what to do.
    #[error("{0}")]
    Unusable(String),
}

/// Where objects are kept.
#[async_trait]
pub trait Objects: Send + Sync + 'static {
    /// Keeps an object under a key, durably; until this answers there is none. What was there is replaced as a whole.
    /// A refused or broken-off one leaves nothing. Memory is bounded, whatever the length.
    async fn put(
        &self,
        scope: &TenantScope,
        key: ObjectKey,
        body: ObjectBody,
        expected: Expected,
    ) -> Result<Kept, ObjectError>;

    /// An object, or the part of it that a range means. Its length is certain before the first byte comes; bytes that
    /// do not open end the body with [`ObjectError::Damaged`].
    async fn get(
        &self,
        scope: &TenantScope,
        key: ObjectKey,
        range: Option<ByteRange>,
    ) -> Result<Object, ObjectError>;

    /// Removes an object. What is not there is no error.
    async fn delete(&self, scope: &TenantScope, key: ObjectKey) -> Result<(), ObjectError>;

    /// Removes every object of a tenant.
    async fn destroy(&self, scope: &TenantScope) -> Result<(), ObjectError>;

    /// Whether an object could be put, read and removed now.
    async fn check(&self) -> Result<(), ObjectError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_cut_at_the_end_and_nothing_is_no_range() {
        for (range, total, bytes) in [
            (ByteRange::From(0), 10, Some(0..10)),
            (ByteRange::From(9), 10, Some(9..10)),
            (ByteRange::From(10), 10, None),
            (ByteRange::Span(2, 4), 10, Some(2..5)),
            (ByteRange::Span(2, u64::MAX), 10, Some(2..10)),
            (ByteRange::Span(4, 2), 10, None),
            (ByteRange::Last(3), 10, Some(7..10)),
            (ByteRange::Last(30), 10, Some(0..10)),
            (ByteRange::Last(0), 10, None),
            (ByteRange::From(0), 0, None),
        ] {
            assert_eq!(range.of(total), bytes, "{range:?} of {total}");
        }
    }
}
