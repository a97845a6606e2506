//! An import on which things go wrong as planned. A snapshot that was had is walked undisturbed.

use super::Faulty;
use crate::moving::{ImportState, Item, Moving, Snapshot};
use crate::{Store, StoreError};
use async_trait::async_trait;
use std::sync::Arc;
use ward_domain::tenancy::TenantScope;
use ward_domain::time::Time;

#[async_trait]
impl<S: Store> Moving for Faulty<S> {
    async fn snapshot(&self) -> Result<Arc<dyn Snapshot>, StoreError> {
        self.read(self.inner.snapshot()).await
    }

    async fn import_state(&self) -> Result<ImportState, StoreError> {
        self.read(self.inner.import_state()).await
    }

    async fn begin_import(&self, floor: Time) -> Result<(), StoreError> {
        self.write(self.dice.answered_write(), self.inner.begin_import(floor)).await
    }

    async fn import(&self, scope: &TenantScope, items: Vec<Item>) -> Result<(), StoreError> {
        self.write(self.dice.answered_write(), self.inner.import(scope, items)).await
    }

    async fn end_import(&self) -> Result<(), StoreError> {
        self.write(self.dice.answered_write(), self.inner.end_import()).await
    }
}
