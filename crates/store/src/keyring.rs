//! Where data keys come from: a port that the `tenants` crate implements.

use crate::StoreError;
use async_trait::async_trait;
use ward_domain::secret::Key32;
use ward_domain::tenancy::TenantScope;

/// A tenant's data keys, unwrapped.
///
/// Asked for every body that is sealed or opened, so an implementation answers from memory; and since it is asked
/// every time, a key that it no longer gives out is out of use at once, whatever ciphers are still cached.
///
/// **How many bodies one key may seal.** A nonce is 96 random bits, and NIST SP 800-38D (section 8.3) allows 2^32
/// seals under one key with such nonces: beyond that two may be the same, and the two bodies are open. Each change,
/// taken claim and event of each commit is one seal, and so is each re-sealed body. At a steady hundred bodies a
/// second that is 497 days: an implementation makes a new key current well before, and at least once a year.
///
/// **Which keys must stay.** A new current key seals what is written from then on. Bodies of records follow by
/// [`crate::Sealed::reseal`]. Events in the outbox and claims do not: they stay under the key that they were sealed
/// with until they are settled, lapse, are released, or are taken again by their owner, which seals them anew. Some
/// claims (a log-in) stand as long as the hospital, so [`Keyring::by_id`] answers for every key that ever was current,
/// and keys are destroyed all together, with the hospital.
///
/// **Other processes.** One that shares the store may make keys, and take them back. So before [`KeyringError::NoSuchKey`]
/// becomes an answer, [`Keyring::refresh`] is asked to look again.
#[async_trait]
pub trait Keyring: Send + Sync + 'static {
    /// The key that new bodies are sealed with.
    fn current(&self, scope: &TenantScope) -> Result<SealingKey, KeyringError>;

    /// The key that a body was sealed with. Ids are the tenant's own, and one id never names a second key.
    fn by_id(&self, scope: &TenantScope, id: u32) -> Result<Key32, KeyringError>;

    /// Learns what became of a tenant's keys elsewhere. A ring that nobody else changes has nothing to learn.
    async fn refresh(&self, _scope: &TenantScope) -> Result<(), KeyringError> {
        Ok(())
    }
}

/// A key and the id by which bodies name it.
#[derive(Debug, Clone)]
pub struct SealingKey {
    /// Its id among the tenant's keys.
    pub id: u32,
    /// The key.
    pub key: Key32,
}

/// Why there is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// The tenant has no such key: it never had it, or its hospital was destroyed. This does not pass.
    #[error("there is no such data key")]
    NoSuchKey,
    /// The keys are not to be had now; the same question may succeed later.
    #[error("data keys are unavailable: {0}")]
    Unavailable(String),
}

impl From<KeyringError> for StoreError {
    fn from(error: KeyringError) -> Self {
        match error {
            KeyringError::NoSuchKey => Self::Damaged(error.to_string()),
            KeyringError::Unavailable(_) => Self::Unavailable(error.to_string()),
        }
    }
}
