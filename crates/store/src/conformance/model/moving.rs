//! The reference for moving: a snapshot is a copy.

use super::world::World;
use super::{Model, leases};
use crate::StoreError;
use crate::moving::{
    Cursor, EXPORT_BYTES, Exported, ImportState, Item, Moving, NOT_EMPTY, NOT_IMPORTING, Part, Snapshot,
};
use async_trait::async_trait;
use std::sync::Arc;
use ward_domain::tenancy::TenantScope;
use ward_domain::time::Time;

struct Copy {
    world: World,
    floor: Time,
}

#[async_trait]
impl Moving for Model {
    async fn snapshot(&self) -> Result<Arc<dyn Snapshot>, StoreError> {
        let state = self.open()?;
        Ok(Arc::new(Copy { world: state.world.clone(), floor: state.leases.end() }))
    }

    async fn import_state(&self) -> Result<ImportState, StoreError> {
        let state = self.open()?;
        Ok(if state.importing {
            ImportState::Unfinished
        } else if state.world.values().all(super::Tenant::is_empty) {
            ImportState::Empty
        } else {
            ImportState::InUse
        })
    }

    async fn begin_import(&self, floor: Time) -> Result<(), StoreError> {
        if self.import_state().await? == ImportState::InUse {
            return Err(StoreError::Unusable(NOT_EMPTY.into()));
        }
        let mut state = self.open()?;
        state.world.clear();
        state.leases = leases::Leases::above(floor.max(state.leases.end()));
        state.importing = true;
        Ok(())
    }

    async fn import(&self, scope: &TenantScope, items: Vec<Item>) -> Result<(), StoreError> {
        let mut state = self.open()?;
        if !state.importing {
            return Err(StoreError::Unusable(NOT_IMPORTING.into()));
        }
        for item in items {
            state.tenant(*scope).import(item);
        }
        Ok(())
    }

    async fn end_import(&self) -> Result<(), StoreError> {
        let mut state = self.open()?;
        if !state.importing {
            return Err(StoreError::Unusable(NOT_IMPORTING.into()));
        }
        state.importing = false;
        Ok(())
    }
}

#[async_trait]
impl Snapshot for Copy {
    fn is_one_moment(&self) -> bool {
        true
    }

    async fn floor(&self) -> Result<Time, StoreError> {
        Ok(self.floor)
    }

    /// A cursor is how many items came before.
    async fn export(
        &self,
        scope: &TenantScope,
        part: Part,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Exported, StoreError> {
        let skip = match after {
            Some(Cursor(bytes)) => <[u8; 8]>::try_from(bytes.as_slice()).map_or(u64::MAX, u64::from_be_bytes),
            None => 0,
        };
        let all = self.world.get(&scope.tenant()).map(|tenant| tenant.items(part)).unwrap_or_default();
        let (mut items, mut bytes) = (Vec::new(), 0);
        let mut rest = all.into_iter().skip(usize::try_from(skip).unwrap_or(usize::MAX)).peekable();
        while items.len() < limit.max(1)
            && bytes < EXPORT_BYTES
            && let Some(item) = rest.next()
        {
            bytes += item.weight();
            items.push(item);
        }
        let seen = skip.saturating_add(items.len() as u64);
        let next = rest.peek().map(|_| Cursor(seen.to_be_bytes().to_vec()));
        Ok(Exported { items, next })
    }
}
