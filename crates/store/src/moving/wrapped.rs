//! Wrappers pass everything as it lies: a seal is not broken, and a cache holds nothing of an import.

use super::{ImportState, Item, Moving, Snapshot};
use crate::{Cached, Sealed, Store, StoreError};
use async_trait::async_trait;
use std::sync::Arc;
use ward_domain::tenancy::TenantScope;
use ward_domain::time::Time;

#[async_trait]
impl<S: Store + ?Sized> Moving for Arc<S> {
    async fn snapshot(&self) -> Result<Arc<dyn Snapshot>, StoreError> {
        (**self).snapshot().await
    }

    async fn import_state(&self) -> Result<ImportState, StoreError> {
        (**self).import_state().await
    }

    async fn begin_import(&self, floor: Time) -> Result<(), StoreError> {
        (**self).begin_import(floor).await
    }

    async fn import(&self, scope: &TenantScope, items: Vec<Item>) -> Result<(), StoreError> {
        (**self).import(scope, items).await
    }

    async fn end_import(&self) -> Result<(), StoreError> {
        (**self).end_import().await
    }
}

#[async_trait]
impl<S: Store> Moving for Sealed<S> {
    async fn snapshot(&self) -> Result<Arc<dyn Snapshot>, StoreError> {
        self.inner.snapshot().await
    }

    async fn import_state(&self) -> Result<ImportState, StoreError> {
        self.inner.import_state().await
    }

    async fn begin_import(&self, floor: Time) -> Result<(), StoreError> {
        self.inner.begin_import(floor).await
    }

    async fn import(&self, scope: &TenantScope, items: Vec<Item>) -> Result<(), StoreError> {
        self.inner.import(scope, items).await
    }

    async fn end_import(&self) -> Result<(), StoreError> {
        self.inner.end_import().await
    }
}

#[async_trait]
impl<S: Store> Moving for Cached<S> {
    async fn snapshot(&self) -> Result<Arc<dyn Snapshot>, StoreError> {
        self.inner.snapshot().await
    }

    async fn import_state(&self) -> Result<ImportState, StoreError> {
        self.inner.import_state().await
    }

    /// What an unfinished import left goes: nothing of it may be answered from memory.
    async fn begin_import(&self, floor: Time) -> Result<(), StoreError> {
        let begun = self.inner.begin_import(floor).await;
        self.shelf.forget_all();
        begun
    }

    /// An item may take the place of another that was read meanwhile.
    async fn import(&self, scope: &TenantScope, items: Vec<Item>) -> Result<(), StoreError> {
        let imported = self.inner.import(scope, items).await;
        self.shelf.clear(scope.tenant());
        imported
    }

    async fn end_import(&self) -> Result<(), StoreError> {
        self.inner.end_import().await
    }
}
