//! The outbox, and which tenants have something in it.

use crate::connection::Connection;
use crate::fault::Fault;
use crate::follow::{event_bucket, stamp};
use crate::house::House;
use crate::open::{Set, TENANT_SHARDS, read_bucket};
use crate::space::Space;
use crate::value::{big, int, num};
use ward_domain::id::{EventId, Id};
use ward_domain::record::AggregateKind;
use ward_domain::tenancy::TenantId;
use ward_domain::time::Time;
use ward_store::{AggregateRef, OutboxEvent, StoredEvent};

pub(crate) type EventRow = (i64, i32, i64, i64, Vec<u8>);

/// The first events of a tenant. Buckets that are found empty leave the set of open ones.
pub(crate) async fn pending(house: &House, space: &Space, limit: usize) -> Result<Vec<StoredEvent>, Fault> {
    let set = Set::Outbox(space.clone());
    let looked = house.options.stamp();
    let mut events = Vec::new();
    if limit == 0 {
        return Ok(events);
    }
    for item in house.open.items(&house.connection, &house.options, &set).await? {
        let bucket = read_bucket(&item).ok_or_else(|| Fault::damaged("an open bucket"))?;
        let left = i32::try_from(limit - events.len()).unwrap_or(i32::MAX);
        let values = vec![space.key(), big(bucket), int(left)];
        let rows = house.connection.walk::<EventRow>(&house.connection.statements.events, values).await?;
        if rows.is_empty() {
            house.open.drop(&house.connection, &house.options, &set, &item, looked).await?;
        }
        for row in rows {
            events.push(read(row).ok_or_else(|| Fault::damaged("an event"))?);
        }
        if events.len() >= limit {
            break;
        }
    }
    Ok(events)
}

pub(crate) fn read((event, kind, id, at, body): EventRow) -> Option<StoredEvent> {
    let kind = AggregateKind::from_code(u8::try_from(kind).ok()?)?;
    let aggregate = AggregateRef { kind, id: Id::new(id.cast_unsigned())? };
    let id = Id::new(event.cast_unsigned())?.into();
    Some(StoredEvent { aggregate, event: OutboxEvent { id, at: Time::from_millis(at), body } })
}

/// Takes events out. A delete at the timestamp of the put beats it, and its repetitions; a later commit with the same
/// event is a new one.
pub(crate) async fn settle(house: &House, space: &Space, ids: &[EventId]) -> Result<(), Fault> {
    let st = &house.connection.statements;
    let one = async |id: EventId| {
        let key = vec![space.key(), big(event_bucket(id.get())), num(id.get())];
        let rows = house.connection.rows::<(i64,)>(&st.event_turn, key.clone()).await?;
        let Some((turn,)) = rows.first() else { return Ok(()) };
        let values = [vec![big(stamp(turn.cast_unsigned()))], key].concat();
        house.connection.write(&st.event_drop, values).await
    };
    Connection::each(ids.iter().copied(), one).await.map(|_| ())
}

/// Tenants with events, after `after`, in the order of their numbers.
pub(crate) async fn tenants(
    house: &House,
    after: Option<TenantId>,
    limit: usize,
) -> Result<Vec<TenantId>, Fault> {
    house.check_open()?;
    let looked = house.options.stamp();
    let of = async |shard: u8| {
        let set = Set::Tenants(shard);
        let items = house.open.items(&house.connection, &house.options, &set).await?;
        Ok(items.into_iter().map(|item| (item, set.clone())).collect::<Vec<_>>())
    };
    let mut waiting = Vec::new();
    for (item, set) in Connection::each(0..TENANT_SHARDS, of).await?.into_iter().flatten() {
        let space =
            Space::read(&house.options.realm, &item).ok_or_else(|| Fault::damaged("an open tenant"))?;
        if after.is_none_or(|after| space.tenant > after) {
            waiting.push((space, set));
        }
    }
    waiting.sort_by_key(|(space, _)| (space.tenant, space.life));
    let mut found: Vec<TenantId> = Vec::new();
    for (space, set) in waiting {
        if found.len() >= limit {
            break;
        }
        let current = house.space(space.tenant).await? == space;
        if current && !pending(house, &space, 1).await?.is_empty() {
            found.push(space.tenant);
        } else {
            house.open.drop(&house.connection, &house.options, &set, &space.bytes, looked).await?;
        }
    }
    Ok(found)
}
