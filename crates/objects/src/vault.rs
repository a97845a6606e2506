//! [`Vault`]: the port, on any place.

mod get;
mod put;

use crate::place::Place;
use crate::seal::{Header, Seal};
use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path;
use object_store::{ObjectStoreExt as _, PutPayload};
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use std::sync::Arc;
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_gateways::objects::{
    ByteRange, Expected, Kept, Object, ObjectBody, ObjectError, ObjectKey, Objects,
};
use ward_store::{Keyring, KeyringError};

/// Objects sealed with their tenants' keys.
pub struct Vault {
    place: Place,
    keys: Arc<dyn Keyring>,
}

/// Objects removed at once when a tenant goes.
const AT_ONCE: usize = 100;

impl Vault {
    /// Keeps objects in `place`, sealed with keys from `keys`.
    pub fn new(place: Place, keys: Arc<dyn Keyring>) -> Self {
        Self { place, keys }
    }

    fn failed(&self, error: &object_store::Error) -> ObjectError {
        self.place.error(error)
    }

    /// A header for a new object, and its seal.
    fn lock(&self, scope: TenantScope, key: ObjectKey) -> Result<(Header, Seal), ObjectError> {
        let current = self.keys.current(&scope).map_err(|error| of_keys(&error))?;
        let salt = random()?;
        let header = Header { data_key: current.id, salt };
        Ok((header, Seal::new(&current.key, header, scope.tenant(), key)))
    }

    fn unlock(&self, scope: TenantScope, key: ObjectKey, header: Header) -> Result<Seal, ObjectError> {
        let data_key = self.keys.by_id(&scope, header.data_key).map_err(|error| of_keys(&error))?;
        Ok(Seal::new(&data_key, header, scope.tenant(), key))
    }
}

fn of_keys(error: &KeyringError) -> ObjectError {
    match error {
        KeyringError::NoSuchKey => ObjectError::Damaged(error.to_string()),
        KeyringError::Unavailable(_) => ObjectError::Unavailable(error.to_string()),
    }
}

fn random() -> Result<[u8; 32], ObjectError> {
    let mut bytes = [0; 32];
    OsRng
        .try_fill_bytes(&mut bytes)
        .map_err(|error| ObjectError::Unavailable(format!("no randomness: {error}")))?;
    Ok(bytes)
}

/// Everything of a tenant lies under its number.
fn prefix(tenant: TenantId) -> Path {
    Path::from_iter(["tenants".to_owned(), tenant.get().to_string()])
}

fn path(tenant: TenantId, key: ObjectKey) -> Path {
    prefix(tenant).join(key.kind.name()).join(key.id.get().to_string())
}

#[async_trait]
impl Objects for Vault {
    async fn put(
        &self,
        scope: &TenantScope,
        key: ObjectKey,
        body: ObjectBody,
        expected: Expected,
    ) -> Result<Kept, ObjectError> {
        self.put_sealed(scope, key, body, expected).await
    }

    async fn get(
        &self,
        scope: &TenantScope,
        key: ObjectKey,
        range: Option<ByteRange>,
    ) -> Result<Object, ObjectError> {
        self.get_opened(scope, key, range).await
    }

    async fn delete(&self, scope: &TenantScope, key: ObjectKey) -> Result<(), ObjectError> {
        match self.place.store.delete(&path(scope.tenant(), key)).await.map_err(|error| self.failed(&error)) {
            Ok(()) | Err(ObjectError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn destroy(&self, scope: &TenantScope) -> Result<(), ObjectError> {
        let mut listed = self.place.store.list(Some(&prefix(scope.tenant()))).try_chunks(AT_ONCE);
        while let Some(objects) = listed.next().await {
            for object in objects.map_err(|error| self.failed(&error.1))? {
                match self.place.store.delete(&object.location).await.map_err(|error| self.failed(&error)) {
                    Ok(()) | Err(ObjectError::NotFound) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }

    async fn check(&self) -> Result<(), ObjectError> {
        // A name of its own, so that two who check at once do not meet.
        let name = random()?.into_iter().take(16).fold(0, |name, byte| name << 8 | u128::from(byte));
        let at = Path::from_iter(["checks".to_owned(), format!("{name:032x}")]);
        let store = &self.place.store;
        store.put(&at, PutPayload::from_static(b"ward")).await.map_err(|error| self.failed(&error))?;
        let read = async { store.get(&at).await?.bytes().await }.await;
        // It goes whether it could be read or not.
        let gone = store.delete(&at).await;
        let read: Bytes = read.and_then(|read| gone.map(|()| read)).map_err(|error| self.failed(&error))?;
        if read == "ward" {
            Ok(())
        } else {
            Err(ObjectError::Damaged("what was put did not come back".to_owned()))
        }
    }
}
