//! One sealed body: AES-256-GCM over the bytes, bound to the place where they lie.
//!
//! ```text
//! byte 0      format, 1
//! bytes 1-4   key id, big-endian
//! bytes 5-16  nonce, random
//! then        the ciphertext, as long as the body, and a tag of 16 bytes
//! ```
//!
//! The associated data is the header, the tenant, and what holds the body ([`Location`]). So a body opens only where
//! it was put: not in another tenant, not under another record, and not as a claim where it was a document.

use crate::{Place, StoreError};
use aes_gcm::aead::{AeadInOut, Nonce, Tag};
use aes_gcm::{Aes256Gcm, KeyInit};
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use std::fmt;
use ward_domain::id::EventId;
use ward_domain::record::ClaimKey;
use ward_domain::secret::Key32;
use ward_domain::tenancy::TenantId;

const FORMAT: u8 = 1;
const HEADER: usize = 5;
const NONCE: usize = 12;
const TAG: usize = 16;

/// How much longer a sealed body is than the body.
pub const SEAL_OVERHEAD: usize = HEADER + NONCE + TAG;

/// What holds a body within its tenant.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Location<'a> {
    Record(Place),
    Claim(&'a ClaimKey),
    Event(EventId),
}

impl Location<'_> {
    /// Header and tenant are of fixed length and a tag byte says what follows, so no two places read the same.
    fn associated_data(self, header: [u8; HEADER], tenant: TenantId) -> Vec<u8> {
        let mut data = Vec::with_capacity(64);
        data.extend_from_slice(&header);
        data.extend_from_slice(&tenant.get().to_be_bytes());
        match self {
            Self::Record(place) => {
                data.extend_from_slice(&[1, place.kind.code()]);
                data.extend_from_slice(&place.id.get().to_be_bytes());
            }
            Self::Claim(key) => {
                data.push(2);
                data.extend_from_slice(key.bytes());
            }
            Self::Event(id) => {
                data.push(3);
                data.extend_from_slice(&id.get().to_be_bytes());
            }
        }
        data
    }

    /// What goes into the report of a body that does not open: what it is, nothing of what it says. A claim's key is
    /// left out, as it may be the hash of a log-in.
    pub(crate) fn damaged(self, why: impl fmt::Display) -> StoreError {
        StoreError::Damaged(match self {
            Self::Record(place) => format!("the body of {:?} {}: {why}", place.kind, place.id),
            Self::Claim(_) => format!("the body of a claim: {why}"),
            Self::Event(id) => format!("the body of event {id}: {why}"),
        })
    }
}

/// A key expanded for use.
pub(crate) fn cipher(key: &Key32) -> Aes256Gcm {
    Aes256Gcm::new(key.bytes().into())
}

/// The id of the key that a body was sealed with; `None` for what no seal of ours can be.
pub(crate) fn key_id(sealed: &[u8]) -> Option<u32> {
    let (header, rest) = sealed.split_first_chunk::<HEADER>()?;
    let [FORMAT, id @ ..] = *header else { return None };
    (rest.len() >= NONCE + TAG).then(|| u32::from_be_bytes(id))
}

/// Seals a body under `key_id` for one place, with a fresh nonce.
pub(crate) fn seal(
    cipher: &Aes256Gcm,
    key_id: u32,
    tenant: TenantId,
    location: Location<'_>,
    body: &[u8],
) -> Result<Vec<u8>, StoreError> {
    let header = header(key_id);
    let mut nonce = [0; NONCE];
    OsRng
        .try_fill_bytes(&mut nonce)
        .map_err(|error| StoreError::Unavailable(format!("no randomness: {error}")))?;

    let mut sealed = Vec::with_capacity(body.len() + SEAL_OVERHEAD);
    sealed.extend_from_slice(&header);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(body);
    let tag = cipher
        .encrypt_inout_detached(
            &Nonce::<Aes256Gcm>::from(nonce),
            &location.associated_data(header, tenant),
            (&mut sealed[HEADER + NONCE..]).into(),
        )
        // Only 64 GiB and more are too long for GCM.
        .map_err(|_| StoreError::Unusable("a body is too long to be sealed".into()))?;
    sealed.extend_from_slice(&tag);
    Ok(sealed)
}

/// Opens what [`seal`] sealed for the same place; `None` for anything else, without saying what is wrong with it.
pub(crate) fn open(
    cipher: &Aes256Gcm,
    tenant: TenantId,
    location: Location<'_>,
    sealed: &[u8],
) -> Option<Vec<u8>> {
    let header = header(key_id(sealed)?);
    let (nonce, rest) = sealed[HEADER..].split_first_chunk::<NONCE>()?;
    let (ciphertext, tag) = rest.split_last_chunk::<TAG>()?;
    let mut body = ciphertext.to_vec();
    cipher
        .decrypt_inout_detached(
            &Nonce::<Aes256Gcm>::from(*nonce),
            &location.associated_data(header, tenant),
            body.as_mut_slice().into(),
            &Tag::<Aes256Gcm>::from(*tag),
        )
        .ok()?;
    Some(body)
}

fn header(key_id: u32) -> [u8; HEADER] {
    let [a, b, c, d] = key_id.to_be_bytes();
    [FORMAT, a, b, c, d]
}
