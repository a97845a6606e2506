//! Reads of records, claims and platform-wide rows.

use crate::engine::{Engine, Table, damaged, read_error};
use crate::keys;
use crate::value::{self, ClaimValue, Fence};
use fjall::{Readable, Snapshot};
use std::ops::Bound;
use ward_domain::id::{CommitId, Id};
use ward_domain::record::{ClaimKey, Key, List, RecordKind};
use ward_domain::tenancy::TenantId;
use ward_domain::time::Time;
use ward_store::{AggregateRef, Bounds, Claim, Outcome, Place, PlatformRow, RawBody, StoreError, Stored};

pub(crate) fn fence(engine: &Engine, tenant: TenantId, aggregate: AggregateRef) -> Result<Fence, StoreError> {
    match engine.get(Table::Aggregates, &keys::aggregate(tenant, aggregate))? {
        Some(bytes) => Fence::decode(&bytes).ok_or_else(|| damaged("an aggregate's version")),
        None => Ok(Fence::default()),
    }
}

/// After a failed write only what stands is certain: what does not show may be in the journal.
pub(crate) fn outcome(
    engine: &Engine,
    tenant: TenantId,
    aggregate: AggregateRef,
    commit: CommitId,
) -> Result<Outcome, StoreError> {
    match fence(engine, tenant, aggregate)?.made_by(commit) {
        Some(version) => Ok(Outcome::Applied(version)),
        None => engine.check_writable().map(|()| Outcome::Absent),
    }
}

pub(crate) fn get(
    engine: &Engine,
    at: &Snapshot,
    tenant: TenantId,
    kind: RecordKind,
    id: Id,
) -> Result<Option<Stored>, StoreError> {
    let Some(bytes) = engine.get_at(at, Table::Records, &keys::record(tenant, kind, id))? else {
        return Ok(None);
    };
    value::read_record(kind, id, &bytes).map(Some).ok_or_else(|| damaged("a record"))
}

pub(crate) fn claim(
    engine: &Engine,
    tenant: TenantId,
    key: &ClaimKey,
    now: Time,
) -> Result<Option<Claim>, StoreError> {
    let Some(bytes) = engine.get(Table::Claims, &keys::claim(tenant, key))? else { return Ok(None) };
    let claim = ClaimValue::decode(&bytes).ok_or_else(|| damaged("a claim"))?;
    Ok((!claim.has_lapsed(now)).then_some(Claim { owner: claim.owner, body: claim.body }))
}

pub(crate) fn platform_list(
    engine: &Engine,
    list: List,
    eq: &Key,
    bounds: Bounds,
    limit: usize,
) -> Result<Vec<PlatformRow>, StoreError> {
    if bounds.from > bounds.until {
        return Ok(Vec::new());
    }
    let mut end = keys::wide(list, eq, bounds.until);
    // Behind tenant and id of the last row with this sort key.
    end.extend_from_slice(&[0xff; 17]);
    let range = keys::wide(list, eq, bounds.from)..end;
    let rows = engine.snapshot().range(engine.table(Table::Platform), range).take(limit);
    rows.map(|entry| {
        let key = entry.key().map_err(|error| read_error(&error))?;
        let (sort, tenant, id) = keys::read_wide(&key).ok_or_else(|| damaged("a platform-wide row"))?;
        Ok(PlatformRow { tenant, sort, id })
    })
    .collect()
}

pub(crate) fn bodies(
    engine: &Engine,
    tenant: TenantId,
    after: Option<Place>,
    limit: usize,
) -> Result<Vec<RawBody>, StoreError> {
    let start =
        after.map_or_else(|| keys::tenant(tenant), |place| keys::record(tenant, place.kind, place.id));
    let mut end = keys::tenant(tenant);
    end.extend_from_slice(&[0xff; 10]);
    let range = (Bound::Excluded(start), Bound::Excluded(end));
    let records = engine.snapshot().range(engine.table(Table::Records), range).take(limit);
    records
        .map(|entry| {
            let (key, bytes) = entry.into_inner().map_err(|error| read_error(&error))?;
            let place = keys::read_place(&key).ok_or_else(|| damaged("a record's key"))?;
            let Stored { aggregate, version, body, .. } =
                value::read_record(place.kind, place.id, &bytes).ok_or_else(|| damaged("a record"))?;
            Ok(RawBody { place, aggregate, version, body: body.to_vec() })
        })
        .collect()
}
