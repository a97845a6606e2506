//! Data keys: one ring per hospital, wrapped by the master key.
//!
//! A hospital's ring is a document in the platform's scope. What seals the platform's documents is derived from the
//! master key, and that seal is the wrapping. A body names the number of the key that sealed it; the platform's
//! numbers are fingerprints of master keys, so that a master key can be changed while the one before it still opens.

use crate::platform;
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dashmap::DashMap;
use std::sync::{Arc, OnceLock, Weak};
use ward_domain::hospital::{DataKeyRecord, KeyRing};
use ward_domain::id::Id;
use ward_domain::record::{Document as _, Key, List};
use ward_domain::secret::Key32;
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;
use ward_store::{DynStore, ListQuery, Slice, Store, StoreError};
use ward_store::{Keyring, KeyringError, SealingKey};

/// The master key in use, and those before it that may still open what they sealed.
#[derive(Debug, Clone)]
pub struct MasterKeys {
    current: Key32,
    previous: Vec<Key32>,
}

impl MasterKeys {
    /// `previous` may be empty.
    pub const fn new(current: Key32, previous: Vec<Key32>) -> Self {
        Self { current, previous }
    }

    /// A key for one purpose of the platform, derived from the key in use.
    pub fn derive(&self, purpose: &str) -> Key32 {
        self.current.derive(purpose)
    }

    /// The same purpose's keys derived from the keys before.
    pub fn derive_previous(&self, purpose: &str) -> Vec<Key32> {
        self.previous.iter().map(|key| key.derive(purpose)).collect()
    }

    fn all(&self) -> impl Iterator<Item = &Key32> {
        std::iter::once(&self.current).chain(&self.previous)
    }
}

/// What sealed bodies call a master key.
fn fingerprint(key: &Key32) -> u32 {
    let mac = key.mac(&[b"ward master fingerprint"]);
    u32::from_be_bytes([mac[0], mac[1], mac[2], mac[3]])
}

fn platform_key(master: &Key32) -> Key32 {
    master.derive("platform data")
}

/// 32 bytes from the system's generator.
#[allow(
    clippy::disallowed_methods,
    reason = "a key is drawn from the thread's generator, which the system seeds"
)]
pub fn random_key() -> Key32 {
    use rand::RngCore as _;
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    Key32::new(bytes)
}

/// A new data key of a ring.
pub fn new_data_key(id: Id, number: u32, now: Time) -> DataKeyRecord {
    DataKeyRecord { id, number, key: STANDARD.encode(random_key().bytes()), created_at: now }
}

/// Every hospital's data keys, as the store's seal asks for them.
pub struct TenantKeys {
    master: MasterKeys,
    rings: DashMap<TenantId, Arc<Vec<SealingKey>>>,
    /// Where rings lie. That store asks this for keys, so neither may keep the other alive.
    store: OnceLock<Weak<dyn Store>>,
}

impl TenantKeys {
    /// No rings yet: [`TenantKeys::load`] reads them once the store is open.
    pub fn new(master: MasterKeys) -> Arc<Self> {
        Arc::new(Self { master, rings: DashMap::new(), store: OnceLock::new() })
    }

    /// The master keys.
    pub const fn master(&self) -> &MasterKeys {
        &self.master
    }

    /// Reads every hospital's ring, and from now on looks here for what other processes have made of them.
    pub async fn load(&self, store: &DynStore) -> Result<usize, StoreError> {
        let _ = self.store.set(Arc::downgrade(store));
        let mut slice = Slice::Offset(0);
        let mut count = 0;
        loop {
            let page = store
                .list(&platform(), &ListQuery { slice, ..ListQuery::all(List::Hospitals, Key::all()) })
                .await?;
            let Some(last) = page.rows.last() else { return Ok(count) };
            slice = Slice::After { sort: last.sort, id: last.id };
            let ids: Vec<Id> = page.rows.iter().map(|row| row.id).collect();
            for stored in store.get_many(&platform(), KeyRing::KIND, &ids).await? {
                self.take(&stored.document()?)?;
                count += 1;
            }
        }
    }

    /// Takes a ring on, in place of the one it had. Rings only grow: an older state that comes late changes nothing.
    pub fn take(&self, ring: &KeyRing) -> Result<(), StoreError> {
        let keys: Result<Vec<_>, StoreError> = ring.keys.iter().map(sealing_key).collect();
        let keys = Arc::new(keys?);
        let mut held = self.rings.entry(ring.hospital.into()).or_insert_with(|| keys.clone());
        if held.len() < keys.len() {
            *held = keys;
        }
        Ok(())
    }

    /// Reads a hospital's ring again; one that is not there any more is forgotten.
    pub async fn reload(&self, tenant: TenantId) -> Result<(), StoreError> {
        let (Some(store), Some(id)) = (self.store.get().and_then(Weak::upgrade), Id::new(tenant.get()))
        else {
            return Ok(());
        };
        if let Some(stored) = store.get(&platform(), KeyRing::KIND, id).await? {
            return self.take(&stored.document()?);
        }
        self.forget(tenant);
        Ok(())
    }

    /// Forgets a hospital's keys: what they sealed stays unread from now on.
    pub fn forget(&self, tenant: TenantId) {
        self.rings.remove(&tenant);
    }
}

fn sealing_key(record: &DataKeyRecord) -> Result<SealingKey, StoreError> {
    let damaged = || StoreError::Damaged("a data key is not 32 bytes".to_owned());
    let bytes = STANDARD.decode(&record.key).map_err(|_| damaged())?;
    let bytes: [u8; 32] = bytes.try_into().map_err(|_| damaged())?;
    Ok(SealingKey { id: record.number, key: Key32::new(bytes) })
}

#[async_trait]
impl Keyring for TenantKeys {
    fn current(&self, scope: &TenantScope) -> Result<SealingKey, KeyringError> {
        if scope.is_platform() {
            let master = &self.master.current;
            return Ok(SealingKey { id: fingerprint(master), key: platform_key(master) });
        }
        let ring = self.rings.get(&scope.tenant()).ok_or(KeyringError::NoSuchKey)?;
        ring.last().cloned().ok_or(KeyringError::NoSuchKey)
    }

    fn by_id(&self, scope: &TenantScope, id: u32) -> Result<Key32, KeyringError> {
        if scope.is_platform() {
            return self
                .master
                .all()
                .find(|key| fingerprint(key) == id)
                .map(platform_key)
                .ok_or(KeyringError::NoSuchKey);
        }
        let ring = self.rings.get(&scope.tenant()).ok_or(KeyringError::NoSuchKey)?;
        ring.iter().find(|key| key.id == id).map(|key| key.key.clone()).ok_or(KeyringError::NoSuchKey)
    }

    async fn refresh(&self, scope: &TenantScope) -> Result<(), KeyringError> {
        if scope.is_platform() {
            return Ok(());
        }
        self.reload(scope.tenant()).await.map_err(|error| KeyringError::Unavailable(error.to_string()))
    }
}
