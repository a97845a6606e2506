//! Moving house: a moment of the store walked whole, and an empty store filled.

use crate::engine::{Engine, Table, damaged, read_error};
use crate::group::lease;
use crate::job::Job;
use crate::keys;
use crate::store::EmbeddedStore;
use crate::value::{self, ClaimValue, Fence};
use crate::writer::CLOSED;
use async_trait::async_trait;
use fjall::{PersistMode, Readable};
use std::ops::Bound;
use std::sync::{Arc, Weak};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;
use ward_store::moving::{
    AggregateState, Cursor, EXPORT_BYTES, Exported, HeldClaim, HeldSpan, ImportState, Item, Moving,
    NOT_EMPTY, Part, Snapshot,
};
use ward_store::{RawBody, StoreError, Stored};

/// Keys removed at once when an import starts over.
const SLICE: usize = 4096;

#[async_trait]
impl Moving for EmbeddedStore {
    async fn snapshot(&self) -> Result<Arc<dyn Snapshot>, StoreError> {
        let engine = self.engine()?;
        Ok(Arc::new(Moment { at: engine.snapshot(), engine: Arc::downgrade(&engine) }))
    }

    async fn import_state(&self) -> Result<ImportState, StoreError> {
        state(&*self.engine()?)
    }

    async fn begin_import(&self, floor: Time) -> Result<(), StoreError> {
        self.ask(|reply| Job::BeginImport { floor, reply }).await
    }

    async fn import(&self, scope: &TenantScope, items: Vec<Item>) -> Result<(), StoreError> {
        let tenant = scope.tenant();
        self.ask(|reply| Job::Import { tenant, items, reply }).await
    }

    async fn end_import(&self) -> Result<(), StoreError> {
        self.ask(|reply| Job::EndImport { reply }).await
    }
}

fn state(engine: &Engine) -> Result<ImportState, StoreError> {
    if engine.get(Table::Platform, keys::IMPORTING)?.is_some() {
        return Ok(ImportState::Unfinished);
    }
    let removing = engine.table(Table::Platform).prefix(keys::REMOVALS).next().is_some();
    for table in Table::OF_TENANTS {
        if removing || !engine.table(table).is_empty().map_err(|error| read_error(&error))? {
            return Ok(ImportState::InUse);
        }
    }
    Ok(ImportState::Empty)
}

/// On the writer's thread. The mark is on the disk before anything is removed.
pub(crate) fn begin(engine: &Engine, again: bool, floor: Time) -> Result<(), StoreError> {
    engine.check_writable()?;
    if !again && state(engine)? != ImportState::Empty {
        return Err(StoreError::Unusable(NOT_EMPTY.to_owned()));
    }
    let failed = |error: fjall::Error| {
        engine.fail(&error);
        read_error(&error)
    };
    let held = engine.get(Table::Platform, keys::LEASE)?;
    let held = held.map(|bytes| lease::end(&bytes).ok_or_else(|| damaged("the node's lease"))).transpose()?;
    let floor = floor.max(held.unwrap_or_default());
    let mut batch = engine.db.batch();
    batch.insert(engine.table(Table::Platform), keys::IMPORTING, []);
    batch.insert(engine.table(Table::Platform), keys::LEASE, lease::above(floor));
    batch.durability(Some(PersistMode::SyncData)).commit().map_err(failed)?;
    for table in Table::ALL {
        // What is the store's own stays.
        let own = if table == Table::Platform { vec![1] } else { Vec::new() };
        loop {
            let mut batch = engine.db.batch();
            let mut found = 0;
            for entry in engine.snapshot().range(engine.table(table), own.clone()..).take(SLICE) {
                batch.remove(engine.table(table), entry.key().map_err(failed)?);
                found += 1;
            }
            batch.durability(Some(PersistMode::Buffer)).commit().map_err(failed)?;
            if found < SLICE {
                break;
            }
        }
    }
    engine.db.persist(PersistMode::SyncData).map_err(failed)
}

/// A moment. It does not keep the store open: when that is closed, it answers so.
struct Moment {
    at: fjall::Snapshot,
    engine: Weak<Engine>,
}

impl Moment {
    fn engine(&self) -> Result<Arc<Engine>, StoreError> {
        self.engine.upgrade().ok_or_else(|| StoreError::Unavailable(CLOSED.to_owned()))
    }
}

const fn table(part: Part) -> Table {
    match part {
        Part::Aggregates => Table::Aggregates,
        Part::Documents => Table::Records,
        Part::Rows => Table::Rows,
        Part::Claims => Table::Claims,
        Part::Events => Table::Outbox,
    }
}

#[async_trait]
impl Snapshot for Moment {
    fn is_one_moment(&self) -> bool {
        true
    }

    async fn floor(&self) -> Result<Time, StoreError> {
        let Some(bytes) = self.engine()?.get_at(&self.at, Table::Platform, keys::LEASE)? else {
            return Ok(Time::default());
        };
        lease::end(&bytes).ok_or_else(|| damaged("the node's lease"))
    }

    /// A cursor is the last key without its tenant.
    async fn export(
        &self,
        scope: &TenantScope,
        part: Part,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Exported, StoreError> {
        let engine = self.engine()?;
        let tenant = keys::tenant(scope.tenant());
        if engine.get_at(&self.at, Table::Platform, &keys::removal(scope.tenant()))?.is_some() {
            return Ok(Exported { items: Vec::new(), next: None });
        }
        // No key is the tenant alone, so leaving that out leaves nothing out.
        let start = [tenant.as_slice(), after.map_or(&[], |Cursor(rest)| rest.as_slice())].concat();
        let next_tenant = scope.tenant().get().checked_add(1).map(TenantId::from_number);
        let end = next_tenant.map_or(Bound::Unbounded, |next| Bound::Excluded(keys::tenant(next)));
        let mut page = Exported { items: Vec::new(), next: None };
        let (mut bytes, mut last) = (0, Vec::new());
        for entry in self.at.range(engine.table(table(part)), (Bound::Excluded(start), end)) {
            if page.items.len() >= limit.max(1) || bytes >= EXPORT_BYTES {
                page.next = Some(Cursor(last));
                break;
            }
            let (key, value) = entry.into_inner().map_err(|error| read_error(&error))?;
            let item = read(part, &key, &value).ok_or_else(|| damaged("an entry"))?;
            bytes += item.weight();
            page.items.push(item);
            last = key.get(tenant.len()..).unwrap_or_default().to_vec();
        }
        Ok(page)
    }
}

fn read(part: Part, key: &[u8], bytes: &[u8]) -> Option<Item> {
    Some(match part {
        Part::Aggregates => {
            let (aggregate, fence) = (keys::read_aggregate(key)?, Fence::decode(bytes)?);
            let commits = fence.commits().collect();
            Item::Aggregate(AggregateState { aggregate, version: fence.version, commits })
        }
        Part::Documents => {
            let place = keys::read_place(key)?;
            let Stored { aggregate, version, body, .. } = value::read_record(place.kind, place.id, bytes)?;
            Item::Document(RawBody { place, aggregate, version, body: body.to_vec() })
        }
        Part::Rows => {
            let (row, id) = keys::read_row(key)?;
            Item::Row { row, id }
        }
        Part::Claims if keys::is_claim(key) => {
            let (claim, held) = (keys::read_claim(key)?.0, ClaimValue::decode(bytes)?);
            let expires = (held.expires != value::NEVER).then(|| Time::from_sort_key(held.expires));
            Item::Claim(HeldClaim { key: claim, owner: held.owner, body: held.body, expires })
        }
        Part::Claims => {
            let (claim, start) = (keys::read_claim(key)?.0, keys::read_span_start(key)?);
            let (owner, end) = value::read_span(bytes)?;
            let (start, end) = (Time::from_sort_key(start), Time::from_sort_key(end));
            Item::Span(HeldSpan { key: claim, owner, start, end })
        }
        Part::Events => Item::Event(value::read_event(key, bytes)?),
    })
}
