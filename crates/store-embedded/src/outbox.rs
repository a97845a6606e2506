//! Which tenants have events, and from where on: kept in memory so that neither a settled event nor a tenant without
//! events is walked over twice.
//!
//! The engine removes a key by writing a mark over it, and a scan steps over all marks until a compaction drops them. An
//! outbox is removed from at its front, so a scan from the front would step over everything ever settled. Hence a floor
//! per tenant: no event below it is there. Nothing of this is on disk: after a start floors are zero.

use crate::engine::{Engine, Table, damaged, read_error};
use crate::{keys, value};
use fjall::Readable;
use std::collections::{BTreeMap, VecDeque};
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

/// Commits of a tenant that are remembered: as many as come while its outbox is read, and many times as many.
const REMEMBERED: usize = 4_096;

#[derive(Debug, Default)]
struct Floor {
    /// No event that is there has a smaller id.
    least: u64,
    /// The latest commits: the number of the change, and the event. What was read before one says nothing about it.
    since: VecDeque<(u64, u64)>,
    /// The last change that is not remembered.
    forgotten: u64,
}

/// A tenant's floor as a reader found it.
#[derive(Debug, Clone, Copy, Default)]
struct Found {
    least: u64,
    /// The last change before.
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
        let floor = state.floors.entry(tenant).or_insert_with(|| Floor {
            least,
            forgotten: change - 1,
            ..Floor::default()
        });
        floor.least = floor.least.min(id);
        floor.since.push_back((change, id));
        if floor.since.len() > REMEMBERED
            && let Some((forgotten, _)) = floor.since.pop_front()
        {
            floor.forgotten = forgotten;
        }
    }

    /// What is known of a tenant's floor; `None` where it certainly has no events.
    fn floor(&self, tenant: TenantId) -> Option<Found> {
        let state = self.state();
        let least = match state.floors.get(&tenant) {
            Some(floor) => floor.least,
            None if state.complete => return None,
            None => 0,
        };
        Some(Found { least, change: state.changes })
    }

    /// A scan from what was `found` met `first` as the first event, or none. Commits since are known by themselves: under a
    /// steady load there always are some, and a floor that waited for a pause would never rise.
    fn learned(&self, tenant: TenantId, found: Found, first: Option<u64>) {
        let mut state = self.state();
        let Some(floor) = state.floors.get_mut(&tenant).filter(|floor| floor.forgotten <= found.change)
        else {
            return;
        };
        // A reader who began before this one learns nothing any more; the next one does.
        floor.since.retain(|(change, _)| *change > found.change);
        floor.forgotten = found.change;
        match floor.since.iter().map(|(_, id)| *id).chain(first).min() {
            Some(least) => floor.least = least,
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

    #[test]
    fn a_floor_rises_under_a_steady_load_and_never_over_what_came_meanwhile() {
        let (outbox, tenant) = (Outbox::default(), TenantId::from_number(7));
        outbox.state().complete = true;
        let least = || outbox.floor(tenant).map(|found| found.least);
        let learns = |meanwhile: &[u64], first| {
            let found = outbox.floor(tenant).unwrap();
            for id in meanwhile {
                outbox.committed(tenant, *id);
            }
            outbox.learned(tenant, found, first);
            least()
        };
        outbox.committed(tenant, 10);
        // Ten was settled, and twelve came before eleven.
        assert_eq!(learns(&[12, 11], Some(20)), Some(11));
        assert_eq!(learns(&[21], Some(12)), Some(12));
        assert_eq!(learns(&[22], None), Some(22));
        // Two read at once.
        let (earlier, later) = (outbox.floor(tenant).unwrap(), outbox.floor(tenant).unwrap());
        outbox.committed(tenant, 23);
        outbox.learned(tenant, later, Some(24));
        outbox.learned(tenant, earlier, None);
        assert_eq!(least(), Some(23));
        // More than is remembered while one reader read.
        let found = outbox.floor(tenant).unwrap();
        for id in 30..=30 + REMEMBERED as u64 {
            outbox.committed(tenant, id);
        }
        outbox.learned(tenant, found, Some(40));
        assert_eq!(least(), Some(23));
        // Nothing is left, and nobody commits.
        assert_eq!(learns(&[], None), None);
    }
}
