//! Node numbers, leased by lightweight transactions on one small partition.

use crate::connection::Write;
use crate::fault::Fault;
use crate::house::House;
use crate::moving::read_mark;
use crate::value::{big, blob, int};
use std::collections::BTreeMap;
use ward_domain::id::NODE_BITS;
use ward_domain::time::Time;
use ward_store::moving::UNFINISHED;
use ward_store::{NodeLease, StoreError};

const NODES: i32 = 1 << NODE_BITS;

struct Row {
    holder: Vec<u8>,
    floor: i64,
    until: i64,
}

/// Leases a number, or renews.
pub(crate) async fn lease(
    house: &House,
    holder: u128,
    now: Time,
    until: Time,
) -> Result<NodeLease, StoreError> {
    house.check_open()?;
    let mark = read_mark(house).await?;
    if mark.unfinished {
        return Err(StoreError::Unusable(UNFINISHED.to_owned()));
    }
    let me = holder.to_be_bytes().to_vec();
    loop {
        let rows = read(house).await?;
        let Some((node, floor, end, old)) = choose(&rows, &me, now, until) else {
            return Err(StoreError::Unavailable(
                "every node number is leased: more than 32 processes share the store".to_owned(),
            ));
        };
        let floor = floor.max(mark.floor.millis());
        if write(house, node, &me, (floor, end), old).await? {
            let number = u8::try_from(node).map_err(|_| Fault::damaged("a node number"))?;
            return Ok(NodeLease {
                node: number,
                floor: Time::from_millis(floor),
                until: Time::from_millis(end),
            });
        }
    }
}

/// The number to lease, with floor and end, and the row that is there.
fn choose<'a>(
    rows: &'a BTreeMap<i32, Row>,
    me: &[u8],
    now: Time,
    until: Time,
) -> Option<(i32, i64, i64, Option<&'a Row>)> {
    if let Some((node, own)) = rows.iter().find(|(_, row)| row.holder == me) {
        return Some((*node, own.floor, own.until.max(until.millis()), Some(own)));
    }
    (0..NODES).find_map(|node| match rows.get(&node) {
        None => Some((node, Time::default().millis(), until.millis(), None)),
        Some(row) if row.until <= now.millis() => Some((node, row.until, until.millis(), Some(row))),
        Some(_) => None,
    })
}

async fn read(house: &House) -> Result<BTreeMap<i32, Row>, Fault> {
    let values = vec![blob(house.options.realm.as_slice())];
    let st = &house.connection.statements;
    let rows = house.connection.rows::<(i32, Vec<u8>, i64, i64)>(&st.leases, values).await?;
    Ok(rows.into_iter().map(|(node, holder, floor, until)| (node, Row { holder, floor, until })).collect())
}

/// The end of the latest lease.
pub(crate) async fn latest(house: &House) -> Result<Time, Fault> {
    let ends = read(house).await?.into_values().map(|row| row.until).max();
    Ok(ends.map_or(Time::default(), Time::from_millis))
}

async fn write(
    house: &House,
    node: i32,
    me: &[u8],
    (floor, until): (i64, i64),
    old: Option<&Row>,
) -> Result<bool, Fault> {
    let st = &house.connection.statements;
    let realm = blob(house.options.realm.as_slice());
    let part = match old {
        None => Write::new(&st.lease_first, vec![realm, int(node), blob(me), big(floor), big(until)]),
        Some(old) => {
            let set = vec![blob(me), big(floor), big(until)];
            let condition = vec![realm, int(node), blob(old.holder.as_slice()), big(old.until)];
            Write::new(&st.lease_next, [set, condition].concat())
        }
    };
    house.connection.transact(vec![part]).await
}
