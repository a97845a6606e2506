//! Links: the right to read one object for a while, for whoever holds it.
//!
//! ```text
//! bytes 0-7    tenant
//!       8      what the object is for
//!       9-16   its id
//!       17     what it is shown as
//!       18-25  until when, Unix milliseconds
//!       26-57  HMAC-SHA256 of all before it
//! ```
//! In base64 for URLs. There is no patient's data in it, and nothing in it can be changed. Whoever gives a link out has
//! asked the policy and left the entry in the trail: following it asks for nothing but the link.

use super::{Media, ObjectKey, ObjectKind};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ward_domain::id::Id;
use ward_domain::secret::{Key32, same};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::{DAY, Time};

/// The longest life of a link, in milliseconds: a day.
pub const MAX_LINK_LIFE: i64 = DAY;

const SIGNED: usize = 26;
const LENGTH: usize = SIGNED + 32;

/// Signs links and reads them.
pub struct Links {
    /// The one in use first, then those before it.
    keys: Vec<Key32>,
}

/// What a link is the right to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// Whose object.
    pub tenant: TenantId,
    /// Which.
    pub key: ObjectKey,
    /// What it is shown as.
    pub media: Media,
    /// The moment from which it is the right to nothing.
    pub until: Time,
}

/// Why a link is the right to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// It was never given out, or not like this.
    #[error("this link leads nowhere")]
    Unknown,
    /// It was good once.
    #[error("this link has expired")]
    Expired,
}

impl Links {
    /// `current` signs; `previous` open what was signed before the master key was changed.
    pub fn new(current: Key32, previous: Vec<Key32>) -> Self {
        let mut keys = vec![current];
        keys.extend(previous);
        Self { keys }
    }

    /// A link's text. `until` is cut to [`MAX_LINK_LIFE`] from `now`.
    pub fn sign(&self, scope: &TenantScope, key: ObjectKey, media: Media, now: Time, until: Time) -> String {
        let until = until.min(now.plus(MAX_LINK_LIFE));
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.extend_from_slice(&scope.tenant().get().to_be_bytes());
        bytes.push(key.kind.code());
        bytes.extend_from_slice(&key.id.get().to_be_bytes());
        bytes.push(media.code());
        bytes.extend_from_slice(&until.millis().to_be_bytes());
        let mac = self.keys.first().map(|key| key.mac(&[&bytes])).unwrap_or_default();
        bytes.extend_from_slice(&mac);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What a text is the right to at `now`.
    pub fn read(&self, text: &str, now: Time) -> Result<Link, LinkError> {
        // One spelling only: base64 without padding is strict about its last bits.
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| LinkError::Unknown)?;
        let bytes: [u8; LENGTH] = bytes.try_into().map_err(|_| LinkError::Unknown)?;
        let (signed, mac) = bytes.split_at(SIGNED);
        if !self.keys.iter().any(|key| same(&key.mac(&[signed]), mac)) {
            return Err(LinkError::Unknown);
        }
        let link = parts(signed).ok_or(LinkError::Unknown)?;
        if now < link.until { Ok(link) } else { Err(LinkError::Expired) }
    }
}

fn parts(signed: &[u8]) -> Option<Link> {
    let (tenant, rest) = signed.split_first_chunk()?;
    let (kind, rest) = rest.split_first()?;
    let (id, rest) = rest.split_first_chunk()?;
    let (media, rest) = rest.split_first()?;
    let (until, _) = rest.split_first_chunk()?;
    Some(Link {
        tenant: TenantId::from_number(u64::from_be_bytes(*tenant)),
        key: ObjectKey { kind: ObjectKind::from_code(*kind)?, id: Id::new(u64::from_be_bytes(*id))? },
        media: Media::from_code(*media)?,
        until: Time::from_millis(i64::from_be_bytes(*until)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[allow(clippy::disallowed_methods, reason = "a test of gateways has no tenants crate to ask")]
    fn scope(number: u64) -> TenantScope {
        TenantScope::mint(TenantId::from_number(number))
    }

    fn links(byte: u8, previous: &[u8]) -> Links {
        let of = |byte: u8| Key32::new([byte; 32]);
        Links::new(of(byte), previous.iter().map(|byte| of(*byte)).collect())
    }

    fn at(ms: i64) -> Time {
        Time::from_millis(1_750_000_000_000 + ms)
    }

    fn key() -> ObjectKey {
        ObjectKey { kind: ObjectKind::Audio, id: Id::new(77).unwrap() }
    }

    #[test]
    fn a_link_reads_back_until_its_time_and_not_with_another_key() {
        let text = links(1, &[]).sign(&scope(7), key(), Media::Ogg, at(0), at(1000));
        let link = Link { tenant: TenantId::from_number(7), key: key(), media: Media::Ogg, until: at(1000) };
        assert_eq!(links(1, &[]).read(&text, at(999)), Ok(link));
        assert_eq!(links(2, &[1]).read(&text, at(0)), Ok(link), "after the master key was changed");
        assert_eq!(links(1, &[]).read(&text, at(1000)), Err(LinkError::Expired));
        assert_eq!(links(2, &[]).read(&text, at(0)), Err(LinkError::Unknown));
        let long = links(1, &[]).sign(&scope(7), key(), Media::Ogg, at(0), at(100 * MAX_LINK_LIFE));
        assert_eq!(links(1, &[]).read(&long, at(MAX_LINK_LIFE)), Err(LinkError::Expired));
    }

    #[test]
    fn no_letter_of_a_link_can_be_changed() {
        let text = links(1, &[]).sign(&scope(7), key(), Media::Ogg, at(0), at(1000));
        for position in 0..text.len() {
            for letter in ["A", "z", "_", "=", "%"] {
                let mut altered = text.clone();
                altered.replace_range(position..=position, letter);
                if altered != text {
                    assert_eq!(links(1, &[]).read(&altered, at(0)), Err(LinkError::Unknown), "{position}");
                }
            }
        }
        for other in ["", "x", &text[1..], &format!("{text}A"), &format!("{text}=")] {
            assert_eq!(links(1, &[]).read(other, at(0)), Err(LinkError::Unknown));
        }
    }
}
