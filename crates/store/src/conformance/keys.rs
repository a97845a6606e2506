//! [`Keys`]: a key ring that a test turns.

use crate::{Keyring, KeyringError, SealingKey};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use ward_domain::secret::Key32;
use ward_domain::tenancy::{TenantId, TenantScope};

/// A test double: every tenant has key 1 until it is told otherwise. Keys follow from tenant and id, so two rings give
/// the same.
#[derive(Debug, Default)]
pub struct Keys(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    current: BTreeMap<TenantId, u32>,
    destroyed: BTreeMap<TenantId, u32>,
    unavailable: bool,
}

impl Keys {
    /// Every tenant at key 1.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes a new key current.
    pub fn rotate(&self, scope: &TenantScope) {
        self.with(|state| *state.current.entry(scope.tenant()).or_insert(1) += 1);
    }

    /// Takes back keys up to `last` (`u32::MAX`: all that there will ever be).
    pub fn destroy(&self, scope: &TenantScope, last: u32) {
        self.with(|state| state.destroyed.insert(scope.tenant(), last));
    }

    /// Makes every question fail for now, or answers them again.
    pub fn unavailable(&self, unavailable: bool) {
        self.with(|state| state.unavailable = unavailable);
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Keyring for Keys {
    fn current(&self, scope: &TenantScope) -> Result<SealingKey, KeyringError> {
        let id = self.with(|state| state.current.get(&scope.tenant()).copied().unwrap_or(1));
        Ok(SealingKey { id, key: self.by_id(scope, id)? })
    }

    fn by_id(&self, scope: &TenantScope, id: u32) -> Result<Key32, KeyringError> {
        let tenant = scope.tenant();
        self.with(|state| {
            let made = 1..=state.current.get(&tenant).copied().unwrap_or(1);
            if state.unavailable {
                Err(KeyringError::Unavailable("a planned fault".into()))
            } else if made.contains(&id) && state.destroyed.get(&tenant).is_none_or(|last| id > *last) {
                let seed = Key32::new([7; 32]).mac(&[&tenant.get().to_be_bytes(), &id.to_be_bytes()]);
                Ok(Key32::new(seed))
            } else {
                Err(KeyringError::NoSuchKey)
            }
        })
    }
}
