//! How a sealed object lies.
//!
//! ```text
//! byte  0       format, 1
//! bytes 1-4     number of the tenant's data key, big-endian
//!       5-36    salt, random
//! then chunks: 65,536 bytes of ciphertext and a tag of 16; the last one may be shorter, and is empty in an empty object
//! ```
//!
//! AES-256-GCM. The key is the object's own: an HMAC of salt, tenant, kind and id under the data key, so an object opens
//! only where it was put, and a data key seals any number of objects. The nonce is the chunk's number (8 bytes), three
//! zeros, and 1 in the last chunk; the associated data is the first 37 bytes. What is altered, moved or cut off does not
//! open: the last chunk is opened first, so that the length is certain.

use aes_gcm::aead::{AeadInOut, Nonce, Tag};
use aes_gcm::{Aes256Gcm, KeyInit};
use std::ops::Range;
use ward_domain::secret::Key32;
use ward_domain::tenancy::TenantId;
use ward_gateways::objects::ObjectKey;

pub(crate) const HEADER: usize = 37;
pub(crate) const CHUNK: usize = 64 << 10;
const TAG: usize = 16;
const SEALED: u64 = (CHUNK + TAG) as u64;
const FORMAT: u8 = 1;

/// The first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) data_key: u32,
    pub(crate) salt: [u8; 32],
}

impl Header {
    pub(crate) fn encode(self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[0] = FORMAT;
        bytes[1..5].copy_from_slice(&self.data_key.to_be_bytes());
        bytes[5..].copy_from_slice(&self.salt);
        bytes
    }

    /// `None` where these are no first bytes of ours.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (format, rest) = bytes.split_first()?;
        let (number, rest) = rest.split_first_chunk()?;
        let salt = rest.first_chunk()?;
        (*format == FORMAT).then(|| Self { data_key: u32::from_be_bytes(*number), salt: *salt })
    }
}

/// Seals and opens the chunks of one object.
pub(crate) struct Seal {
    cipher: Aes256Gcm,
    header: [u8; HEADER],
}

impl Seal {
    pub(crate) fn new(data_key: &Key32, header: Header, tenant: TenantId, key: ObjectKey) -> Self {
        let place = [tenant.get().to_be_bytes(), key.id.get().to_be_bytes()];
        let mac = data_key.mac(&[b"ward object", &header.salt, &place[0], &[key.kind.code()], &place[1]]);
        let own = Key32::new(mac);
        Self { cipher: Aes256Gcm::new(own.bytes().into()), header: header.encode() }
    }

    /// Appends a chunk, sealed; `None` only for what is too long for the cipher, which no chunk is.
    pub(crate) fn seal(&self, number: u64, last: bool, chunk: &[u8], into: &mut Vec<u8>) -> Option<()> {
        let at = into.len();
        into.extend_from_slice(chunk);
        let open = &mut into[at..];
        let tag = self.cipher.encrypt_inout_detached(&nonce(number, last), &self.header, open.into()).ok()?;
        into.extend_from_slice(&tag);
        Some(())
    }

    /// Opens a chunk in its place and cuts the tag off; `None` where it is not the one that was sealed.
    pub(crate) fn open(&self, number: u64, last: bool, chunk: &mut Vec<u8>) -> Option<()> {
        let (_, tag) = chunk.split_last_chunk::<TAG>()?;
        let tag = Tag::<Aes256Gcm>::from(*tag);
        chunk.truncate(chunk.len() - TAG);
        self.cipher
            .decrypt_inout_detached(&nonce(number, last), &self.header, chunk.as_mut_slice().into(), &tag)
            .ok()
    }
}

fn nonce(number: u64, last: bool) -> Nonce<Aes256Gcm> {
    let mut bytes = [0; 12];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    bytes[11] = u8::from(last);
    bytes.into()
}

/// Where everything lies in a sealed object of a known length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Its length as it lies.
    sealed: u64,
    /// Chunks, at least one.
    pub(crate) chunks: u64,
    /// The length of what is in it.
    pub(crate) total: u64,
}

impl Layout {
    /// `None` where no object of ours is so long.
    pub(crate) fn of(sealed: u64) -> Option<Self> {
        let body = sealed.checked_sub(HEADER as u64)?;
        let chunks = body.div_ceil(SEALED).max(1);
        let last = body - (chunks - 1) * SEALED;
        let shortest = if chunks == 1 { TAG } else { TAG + 1 } as u64;
        (last >= shortest).then(|| Self { sealed, chunks, total: body - chunks * TAG as u64 })
    }

    /// Where a run of chunks lies.
    pub(crate) fn bytes(self, chunks: Range<u64>) -> Range<u64> {
        let at = |chunk: u64| (HEADER as u64 + chunk * SEALED).min(self.sealed);
        at(chunks.start)..at(chunks.end)
    }

    /// The chunks that hold a range of what is in it.
    pub(crate) fn holding(range: &Range<u64>) -> Range<u64> {
        let chunk = CHUNK as u64;
        range.start / chunk..range.end.div_ceil(chunk).max(range.start / chunk + 1)
    }

    /// The length of a chunk as it lies.
    pub(crate) fn length(self, chunk: u64) -> usize {
        let bytes = self.bytes(chunk..chunk + 1);
        usize::try_from(bytes.end - bytes.start).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_places_follow_from_the_sealed_length() {
        for (total, chunks) in [(0, 1), (1, 1), (65_535, 1), (65_536, 1), (65_537, 2), (200_000, 4)] {
            let sealed = HEADER as u64 + total + chunks * TAG as u64;
            let layout = Layout::of(sealed).unwrap();
            assert_eq!((layout.total, layout.chunks), (total, chunks));
            assert_eq!(layout.bytes(0..chunks), HEADER as u64..sealed);
            assert_eq!((0..chunks).map(|chunk| layout.length(chunk) as u64).sum::<u64>(), sealed - 37);
        }
        for wrong in [0, 36, 37, 52, 37 + SEALED + 1, 37 + SEALED + 16] {
            assert_eq!(Layout::of(wrong), None, "{wrong}");
        }
        assert_eq!(Layout::holding(&(0..1)), 0..1);
        assert_eq!(Layout::holding(&(65_535..65_537)), 0..2);
        assert_eq!(Layout::holding(&(131_072..131_082)), 2..3);
    }
}
