//! Removes everything of a tenant, a slice at a time, so that others' commits go on in between.

use crate::engine::{Engine, Table, damaged};
use crate::job::Reply;
use crate::value::ClaimValue;
use crate::{keys, value};
use fjall::{PersistMode, Readable, Snapshot};
use std::ops::Bound;
use ward_domain::tenancy::TenantId;
use ward_store::StoreError;

/// Keys in a slice: some milliseconds of the writer's time.
const SLICE: usize = 4096;

/// A removal under way. That it has begun is on disk, so that a restart goes on with it.
pub(crate) struct Removal {
    tenant: TenantId,
    waiting: Vec<Reply<()>>,
    /// What there was when it began: nothing comes after that, since the tenant's commits are refused.
    at: Snapshot,
    table: usize,
    after: Vec<u8>,
}

impl Removal {
    pub(crate) fn new(engine: &Engine, tenant: TenantId) -> Self {
        Self { tenant, waiting: Vec::new(), at: engine.snapshot(), table: 0, after: keys::tenant(tenant) }
    }

    pub(crate) const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// One more who waits for it.
    pub(crate) fn join(&mut self, reply: Reply<()>) {
        self.waiting.push(reply);
    }

    /// Answers everybody.
    pub(crate) fn answer(self, result: &Result<(), StoreError>) {
        for reply in self.waiting {
            let _ = reply.send(result.clone());
        }
    }

    /// Removes the next slice. True when that was all, and durable.
    pub(crate) fn slice(&mut self, engine: &Engine) -> Result<bool, fjall::Error> {
        let mut batch = engine.db.batch();
        let Some(table) = Table::OF_TENANTS.get(self.table).copied() else {
            batch.remove(engine.table(Table::Platform), keys::removal(self.tenant));
            batch.durability(Some(PersistMode::SyncData)).commit()?;
            return Ok(true);
        };
        let range = (Bound::Excluded(self.after.clone()), self.end());
        let mut found = 0;
        for entry in self.at.range(engine.table(table), range).take(SLICE) {
            let (key, bytes) = entry.into_inner()?;
            if let Some(twin) = elsewhere(table, &key, &bytes) {
                batch.remove(engine.table(Table::Platform), twin);
            }
            self.after = key.to_vec();
            batch.remove(engine.table(table), key);
            found += 1;
        }
        if found < SLICE {
            (self.table, self.after) = (self.table + 1, keys::tenant(self.tenant));
        }
        // Not synced: a slice that is lost is removed again after the restart.
        batch.durability(Some(PersistMode::Buffer)).commit()?;
        Ok(false)
    }

    fn end(&self) -> Bound<Vec<u8>> {
        let next = self.tenant.get().checked_add(1).map(|next| keys::tenant(TenantId::from_number(next)));
        next.map_or(Bound::Unbounded, Bound::Excluded)
    }
}

/// What of an entry lies outside the tenant's own keys.
fn elsewhere(table: Table, key: &[u8], bytes: &[u8]) -> Option<Vec<u8>> {
    match table {
        Table::Rows => keys::twin(key),
        Table::Claims if keys::is_claim(key) => {
            let claim = ClaimValue::decode(bytes)?;
            (claim.expires != value::NEVER).then(|| keys::expiry(claim.expires, key))
        }
        _ => None,
    }
}

/// Removals that a process before began and did not finish.
pub(crate) fn unfinished(engine: &Engine) -> Result<Vec<Removal>, StoreError> {
    let tenants = engine.table(Table::Platform).prefix(keys::REMOVALS).map(|entry| {
        let key = entry.key().map_err(|error| crate::engine::read_error(&error))?;
        let of = key.get(1..).and_then(keys::read_tenant).ok_or_else(|| damaged("a removal"))?;
        Ok(Removal::new(engine, of))
    });
    tenants.collect()
}
