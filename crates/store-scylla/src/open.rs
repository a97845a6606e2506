//! Sets that grow at one end and shrink at the other: buckets of an outbox, buckets of a platform-wide list, tenants
//! with events. What is in none of them is not looked at, so that nobody walks over what was removed long ago.
//!
//! An item is put after what it stands for, stamped with the writer's clock, and dropped with a stamp from before the
//! dropper looked, less the grace: so an item stays where anything was written that the dropper cannot have seen.

use crate::connection::{Connection, Write};
use crate::fault::Fault;
use crate::options::Options;
use crate::space::Space;
use crate::value::{big, blob};
use moka::sync::Cache;
use ward_domain::tenancy::TenantId;

/// Shards of the set of tenants with events.
pub(crate) const TENANT_SHARDS: u8 = 16;
const KNOWN: u64 = 100_000;

/// What a set is of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Set {
    /// Buckets of a tenant's outbox.
    Outbox(Space),
    /// Spaces with events, of the tenants of one shard.
    Tenants(u8),
    /// Buckets of a platform-wide list.
    Wide(i32, Vec<u8>),
}

/// The shard of a tenant.
pub(crate) fn tenant_shard(tenant: TenantId) -> u8 {
    u8::try_from(tenant.get() % u64::from(TENANT_SHARDS)).unwrap_or(0)
}

impl Set {
    fn scope(&self, realm: &[u8]) -> Vec<u8> {
        match self {
            Self::Outbox(space) => [b"o", space.bytes.as_slice()].concat(),
            Self::Tenants(shard) => [b"t", realm, &[*shard]].concat(),
            Self::Wide(list, eq) => [b"w", realm, &list.to_be_bytes(), eq].concat(),
        }
    }
}

/// A bucket as an item.
pub(crate) fn bucket_item(bucket: i64) -> Vec<u8> {
    bucket.to_be_bytes().to_vec()
}

/// Back from [`bucket_item`].
pub(crate) fn read_bucket(item: &[u8]) -> Option<i64> {
    item.try_into().ok().map(i64::from_be_bytes)
}

/// The sets, with what this process has put lately.
pub(crate) struct Open {
    put: Cache<(Set, Vec<u8>), ()>,
}

impl Open {
    pub(crate) fn new(options: &Options) -> Self {
        // An item put a quarter of the grace ago still outlives any dropper who cannot have seen what is written now.
        Self { put: Cache::builder().max_capacity(KNOWN).time_to_live(options.grace / 4).build() }
    }

    /// The write that puts an item, unless this process has put it just now.
    pub(crate) fn put<'a>(
        &self,
        connection: &'a Connection,
        options: &Options,
        set: &Set,
        item: &[u8],
    ) -> Option<Write<'a>> {
        if self.put.contains_key(&(set.clone(), item.to_vec())) {
            return None;
        }
        let values = vec![blob(set.scope(&options.realm)), blob(item), big(options.stamp())];
        Some(Write::new(&connection.statements.open_put, values))
    }

    /// Remembers that items were put.
    pub(crate) fn remember(&self, items: Vec<(Set, Vec<u8>)>) {
        for item in items {
            self.put.insert(item, ());
        }
    }

    /// All items of a set, in the order of their bytes.
    pub(crate) async fn items(
        &self,
        connection: &Connection,
        options: &Options,
        set: &Set,
    ) -> Result<Vec<Vec<u8>>, Fault> {
        let values = vec![blob(set.scope(&options.realm))];
        let rows = connection.walk::<(Vec<u8>,)>(&connection.statements.open, values).await?;
        Ok(rows.into_iter().map(|(item,)| item).collect())
    }

    /// Drops an item of which nothing was found by whoever looked after `looked` (a stamp).
    pub(crate) async fn drop(
        &self,
        connection: &Connection,
        options: &Options,
        set: &Set,
        item: &[u8],
        looked: i64,
    ) -> Result<(), Fault> {
        let grace = i64::try_from(options.grace.as_micros()).unwrap_or(i64::MAX);
        let values = vec![big(looked.saturating_sub(grace)), blob(set.scope(&options.realm)), blob(item)];
        connection.write(&connection.statements.open_drop, values).await
    }
}
