//! Expanded keys, kept for a while: expanding an AES key and its hash table costs more than sealing a small body.

use crate::seal::{self, Location};
use crate::{Keyring, KeyringError, StoreError};
use aes_gcm::Aes256Gcm;
use moka::sync::Cache;
use std::sync::Arc;
use std::time::Duration;
use ward_domain::secret::{Key32, same};
use ward_domain::tenancy::{TenantId, TenantScope};

/// About 1 KiB each: room for every hospital that is awake, without bound on how many there are.
const MAX_CIPHERS: u64 = 4096;
/// Key material of a hospital where nothing happens does not stay in memory.
const IDLE: Duration = Duration::from_mins(10);

/// The ciphers of all tenants. The key ring is asked every time, and a cached cipher serves only the very key that it
/// gives, so a key that was taken back is out of use at once.
pub(super) struct Ciphers {
    keyring: Arc<dyn Keyring>,
    expanded: Cache<(TenantId, u32), Arc<Expanded>>,
}

struct Expanded {
    key: Key32,
    cipher: Aes256Gcm,
}

/// A cipher to open with.
pub(super) struct Opener(Arc<Expanded>);

impl std::ops::Deref for Opener {
    type Target = Aes256Gcm;

    fn deref(&self) -> &Aes256Gcm {
        &self.0.cipher
    }
}

/// A tenant's current cipher.
pub(super) struct Sealer {
    tenant: TenantId,
    key_id: u32,
    cipher: Opener,
}

impl Sealer {
    pub(super) const fn key_id(&self) -> u32 {
        self.key_id
    }

    pub(super) fn seal(&self, location: Location<'_>, body: &[u8]) -> Result<Vec<u8>, StoreError> {
        seal::seal(&self.cipher, self.key_id, self.tenant, location, body)
    }
}

impl Ciphers {
    pub(super) fn new(keyring: Arc<dyn Keyring>) -> Self {
        Self { keyring, expanded: Cache::builder().max_capacity(MAX_CIPHERS).time_to_idle(IDLE).build() }
    }

    pub(super) fn current(&self, scope: TenantScope) -> Result<Sealer, KeyringError> {
        let current = self.keyring.current(&scope)?;
        let tenant = scope.tenant();
        Ok(Sealer { tenant, key_id: current.id, cipher: self.expand(tenant, current.id, current.key) })
    }

    pub(super) fn by_id(&self, scope: TenantScope, id: u32) -> Result<Opener, KeyringError> {
        let tenant = scope.tenant();
        match self.keyring.by_id(&scope, id) {
            Ok(key) => Ok(self.expand(tenant, id, key)),
            Err(error) => {
                if error == KeyringError::NoSuchKey {
                    self.expanded.invalidate(&(tenant, id));
                }
                Err(error)
            }
        }
    }

    /// Lets the ring look again where one of these keys is not known.
    pub(super) async fn learn(
        &self,
        scope: TenantScope,
        mut ids: impl Iterator<Item = u32>,
    ) -> Result<(), KeyringError> {
        if ids.any(|id| matches!(self.keyring.by_id(&scope, id), Err(KeyringError::NoSuchKey))) {
            self.keyring.refresh(&scope).await?;
        }
        Ok(())
    }

    /// As [`Ciphers::current`], where another process may have made the first key just now.
    pub(super) async fn current_now(&self, scope: TenantScope) -> Result<Sealer, KeyringError> {
        match self.current(scope) {
            Err(KeyringError::NoSuchKey) => {
                self.keyring.refresh(&scope).await?;
                self.current(scope)
            }
            answer => answer,
        }
    }

    /// Wipes what is cached of a tenant.
    pub(super) fn forget(&self, tenant: TenantId) {
        for (name, _) in &self.expanded {
            if name.0 == tenant {
                self.expanded.invalidate(&*name);
            }
        }
    }

    fn expand(&self, tenant: TenantId, id: u32, key: Key32) -> Opener {
        if let Some(expanded) = self.expanded.get(&(tenant, id))
            && same(expanded.key.bytes(), key.bytes())
        {
            return Opener(expanded);
        }
        let expanded = Arc::new(Expanded { cipher: seal::cipher(&key), key });
        self.expanded.insert((tenant, id), Arc::clone(&expanded));
        Opener(expanded)
    }

    #[cfg(test)]
    pub(super) fn cached(&self, tenant: TenantId) -> usize {
        self.expanded.iter().filter(|(name, _)| name.0 == tenant).count()
    }
}
