//! New ids, under a lease on this process's node number.

use std::sync::{Arc, Mutex, PoisonError};
use ward_domain::id::{Id, MintError, Minter};
use ward_domain::time::{Clock, Time};
use ward_store::{Store, StoreError};

/// How long a lease lasts, in milliseconds; it is renewed at half of it.
const LEASE_MS: i64 = 20_000;

/// Mints ids for the whole process.
pub struct IdSource {
    minter: Mutex<Minter>,
    clock: Arc<dyn Clock>,
    holder: u128,
}

impl IdSource {
    /// Leases a node number in the store. `holder` is drawn at random by the program.
    pub async fn lease(
        store: &dyn Store,
        clock: Arc<dyn Clock>,
        holder: u128,
    ) -> Result<Arc<Self>, StoreError> {
        let now = clock.now();
        let lease = store.lease_node(holder, now, now.plus(LEASE_MS)).await?;
        let end = lease.until.max(lease.floor.plus(LEASE_MS));
        // A clock that was set back since the last lease: the lease must reach past the ids that were given then.
        let lease = if end > lease.until { store.lease_node(holder, now, end).await? } else { lease };
        let minter = Mutex::new(Minter::new(lease.node, lease.floor, lease.until));
        Ok(Arc::new(Self { minter, clock, holder }))
    }

    /// The next id.
    pub fn next(&self) -> Result<Id, MintError> {
        let now = self.clock.now();
        self.minter.lock().unwrap_or_else(PoisonError::into_inner).next(now)
    }

    /// Renews the lease; call it more often than it lapses.
    pub async fn renew(&self, store: &dyn Store) -> Result<(), StoreError> {
        let now = self.clock.now();
        let end = self.minter.lock().unwrap_or_else(PoisonError::into_inner).lease_end();
        let until = now.plus(LEASE_MS).max(end);
        let lease = store.lease_node(self.holder, now, until).await?;
        self.minter.lock().unwrap_or_else(PoisonError::into_inner).renew(lease.until);
        Ok(())
    }

    /// How often to renew, in milliseconds.
    pub const RENEW_EVERY_MS: u64 = LEASE_MS.cast_unsigned() / 2;

    /// The end of the present lease.
    pub fn lease_end(&self) -> Time {
        self.minter.lock().unwrap_or_else(PoisonError::into_inner).lease_end()
    }
}
