//! Which tenants have events, and from where on: kept in memory so that neither a settled event nor a tenant without
//! events is walked over twice.
//!
//! The engine removes a key by writing a mark over it, and a scan steps over all marks until a compaction drops them. An
//! outbox is removed from at its front, so a scan from the front would step over everything ever settled. Hence a floor
//! per tenant: no event below it is there. Nothing of this is on disk: after a start floors are zero.

use crate::engine::{Engine, Table, damaged, read_error};
use crate::{keys, value};
use fjall::Readable;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};
use ward_domain::tenancy::TenantId;
use ward_store::{StoreError, StoredEvent};

#[derive(Debug, Default)]
pub(crate) struct Outbox {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Tenants that may have events. Once `complete`, all that have.
    floors: BTreeMap<TenantId, Floor>,
    complete: bool,
    changes: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Floor {
    /// No event that is there has a smaller id.
    least: u64,
    /// When it was last lowered: what was read before says nothing about what came since.
    change: u64,
}

impl Outbox {
    fn state(&self) -> MutexGuard<'_, State> {
        // The map is never left half changed: each change is one insertion or removal.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An event was committed. Called after the commit is visible and before it is acknowledged: a reader who missed
    /// the event cannot then raise the floor over it.
    pub(crate) fn committed(&self, tenant: TenantId, id: u64) {
        let mut state = self.state();
        state.changes += 1;
        let change = state.changes;
        // Before all tenants are known, older events may lie there that a process left which is gone.
        let least = if state.complete { id } else { 0 };
        let floor = state.floors.entry(tenant).or_insert(Floor { least, change });
        *floor = Floor { least: floor.least.min(id), change };
    }

    /// What is known of a tenant's floor; `None` where it certainly has no events.
    fn floor(&self, tenant: TenantId) -> Option<Floor> {
        let state = self.state();
        state.floors.get(&tenant).copied().or_else(|| (!state.complete).then(Floor::default))
    }

    /// A scan from `before` found `first` to be the first event, or none.
    fn learned(&self, tenant: TenantId, before: Floor, first: Option<u64>) {
        let mut state = self.state();
        let Some(floor) = state.floors.get_mut(&tenant).filter(|floor| floor.change == before.change) else {
            return;
        };
        match first {
            Some(first) => floor.least = first,
            None => {
                state.floors.remove(&tenant);
            }
        }
    }
}

/// The first events of a tenant.
pub(crate) fn pending(
    engine: &Engine,
    tenant: TenantId,
    limit: usize,
) -> Result<Vec<StoredEvent>, StoreError> {
    let Some(floor) = engine.outbox.floor(tenant) else { return Ok(Vec::new()) };
    // The floor is read before the snapshot is taken: a floor that is newer than the snapshot could hide an event.
    let snapshot = engine.snapshot();
    let range = keys::event(tenant, floor.least)..=keys::event(tenant, u64::MAX);
    let mut events = Vec::new();
    for entry in snapshot.range(engine.table(Table::Outbox), range).take(limit) {
        let (key, bytes) = entry.into_inner().map_err(|error| read_error(&error))?;
        events.push(value::read_event(&key, &bytes).ok_or_else(|| damaged("an event"))?);
    }
    if limit > 0 {
        engine.outbox.learned(tenant, floor, events.first().map(|stored| stored.event.id.get()));
    }
    Ok(events)
}

/// Tenants with events, after `after`.
pub(crate) fn tenants(
    engine: &Engine,
    after: Option<TenantId>,
    limit: usize,
) -> Result<Vec<TenantId>, StoreError> {
    complete(engine)?;
    let start = after.map_or(Bound::Unbounded, Bound::Excluded);
    let candidates: Vec<_> =
        engine.outbox.state().floors.range((start, Bound::Unbounded)).map(|(tenant, _)| *tenant).collect();
    let mut found = Vec::new();
    for tenant in candidates {
        if found.len() == limit {
            break;
        }
        if !pending(engine, tenant, 1)?.is_empty() {
            found.push(tenant);
        }
    }
    Ok(found)
}

/// Finds the tenants with events once after the start, by leaping from tenant to tenant.
fn complete(engine: &Engine) -> Result<(), StoreError> {
    if engine.outbox.state().complete {
        return Ok(());
    }
    let snapshot = engine.snapshot();
    let mut next = Some(0);
    let mut found = Vec::new();
    while let Some(number) = next {
        let from = keys::event(TenantId::from_number(number), 0);
        let Some(entry) = snapshot.range::<Vec<u8>, _>(engine.table(Table::Outbox), from..).next() else {
            break;
        };
        let key = entry.key().map_err(|error| read_error(&error))?;
        let tenant = keys::read_tenant(&key).ok_or_else(|| damaged("an event's key"))?;
        found.push(tenant);
        next = tenant.get().checked_add(1);
    }
    // Whoever committed since the snapshot is in the map already.
    let mut state = engine.outbox.state();
    for tenant in found {
        state.floors.entry(tenant).or_default().least = 0;
    }
    state.complete = true;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_commit_after_a_start_hides_nothing_that_was_left_before() {
        let (outbox, tenant) = (Outbox::default(), TenantId::from_number(7));
        outbox.committed(tenant, 50);
        assert_eq!(outbox.floor(tenant).map(|floor| floor.least), Some(0));
        outbox.state().complete = true;
        let other = TenantId::from_number(8);
        assert!(outbox.floor(other).is_none());
        outbox.committed(other, 60);
        assert_eq!(outbox.floor(other).map(|floor| floor.least), Some(60));
    }
}
