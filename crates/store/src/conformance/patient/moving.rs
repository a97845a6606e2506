//! Asking again while a house moves.

use super::{Patience, Patient};
use crate::moving::{Cursor, Exported, ImportState, Item, Moving, Part, Snapshot};
use crate::{Store, StoreError};
use async_trait::async_trait;
use std::sync::Arc;
use tokio::time::Instant;
use ward_domain::tenancy::TenantScope;
use ward_domain::time::Time;

#[async_trait]
impl<S: Store> Moving for Patient<S> {
    async fn snapshot(&self) -> Result<Arc<dyn Snapshot>, StoreError> {
        let inner = patiently!(self, self.inner.snapshot())?;
        Ok(Arc::new(PatientSnapshot { inner, patience: self.patience.clone() }))
    }

    async fn import_state(&self) -> Result<ImportState, StoreError> {
        patiently!(self, self.inner.import_state())
    }

    /// Begun twice, it starts over.
    async fn begin_import(&self, floor: Time) -> Result<(), StoreError> {
        patiently!(self, self.inner.begin_import(floor))
    }

    async fn import(&self, scope: &TenantScope, items: Vec<Item>) -> Result<(), StoreError> {
        patiently!(self, self.inner.import(scope, items.clone()))
    }

    async fn end_import(&self) -> Result<(), StoreError> {
        let begun = Instant::now();
        let mut lost = false;
        loop {
            match self.inner.end_import().await {
                Err(StoreError::Unavailable(_)) if self.pause(begun).await => lost = true,
                // The try whose answer was lost may have done it.
                Err(StoreError::Unusable(_))
                    if lost && self.import_state().await? != ImportState::Unfinished =>
                {
                    return Ok(());
                }
                answer => return answer,
            }
        }
    }
}

/// A snapshot that is asked again.
struct PatientSnapshot {
    inner: Arc<dyn Snapshot>,
    patience: Arc<Patience>,
}

#[async_trait]
impl Snapshot for PatientSnapshot {
    fn is_one_moment(&self) -> bool {
        self.inner.is_one_moment()
    }

    async fn floor(&self) -> Result<Time, StoreError> {
        patiently!(self.patience, self.inner.floor())
    }

    async fn export(
        &self,
        scope: &TenantScope,
        part: Part,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Exported, StoreError> {
        patiently!(self.patience, self.inner.export(scope, part, after, limit))
    }
}
