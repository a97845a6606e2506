//! Who watches encounters, told that something may have changed: never what. Whoever is told reads the record, and so
//! sees the newest state, however slow they are.

use dashmap::DashMap;
use std::sync::Arc;
use tokio::sync::Notify;
use ward_domain::id::Id;
use ward_domain::tenancy::TenantId;

type Key = (TenantId, Id);

/// One who watches: what changed since they last looked, each once.
#[derive(Debug, Default)]
pub struct Watch {
    changed: DashMap<Key, ()>,
    wake: Notify,
}

/// All who watch encounters in this process.
#[derive(Debug, Default)]
pub struct Updates {
    watches: DashMap<Key, Vec<Arc<Watch>>>,
}

impl Updates {
    /// Something about an encounter may have changed.
    pub fn tell(&self, tenant: TenantId, encounter: Id) {
        if let Some(watches) = self.watches.get(&(tenant, encounter)) {
            for watch in watches.iter() {
                watch.changed.insert((tenant, encounter), ());
                watch.wake.notify_one();
            }
        }
    }

    /// Has a watch told of an encounter.
    pub fn follow(&self, watch: &Arc<Watch>, tenant: TenantId, encounter: Id) {
        let mut watches = self.watches.entry((tenant, encounter)).or_default();
        if !watches.iter().any(|known| Arc::ptr_eq(known, watch)) {
            watches.push(Arc::clone(watch));
        }
    }

    /// Ends that.
    pub fn leave(&self, watch: &Arc<Watch>, tenant: TenantId, encounter: Id) {
        self.watches.remove_if_mut(&(tenant, encounter), |_, watches| {
            watches.retain(|known| !Arc::ptr_eq(known, watch));
            watches.is_empty()
        });
        watch.changed.remove(&(tenant, encounter));
    }
}

impl Watch {
    /// Waits until something may have changed, and says what: each encounter once, however often it did.
    pub async fn changed(&self) -> Vec<Id> {
        loop {
            let keys: Vec<Key> = self.changed.iter().map(|entry| *entry.key()).collect();
            let mut ids: Vec<Id> = keys
                .into_iter()
                .filter_map(|key| self.changed.remove(&key).map(|((_, id), ())| id))
                .collect();
            if !ids.is_empty() {
                ids.sort_unstable();
                return ids;
            }
            self.wake.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_watches_is_told_of_each_once_and_of_no_other_hospitals() {
        let (updates, watch) = (Updates::default(), Arc::new(Watch::default()));
        let (here, there) = (TenantId::from_number(1), TenantId::from_number(2));
        let id = |number| Id::new(number).unwrap();
        for number in [5, 5, 6] {
            updates.follow(&watch, here, id(number));
        }
        for _ in 0..1_000 {
            updates.tell(here, id(6));
            updates.tell(here, id(5));
            updates.tell(there, id(5));
            updates.tell(here, id(7));
        }
        assert_eq!(watch.changed().await, [id(5), id(6)]);
        updates.leave(&watch, here, id(5));
        updates.tell(here, id(5));
        updates.tell(here, id(6));
        assert_eq!(watch.changed().await, [id(6)]);
        updates.leave(&watch, here, id(6));
        assert!(updates.watches.is_empty());
    }
}
