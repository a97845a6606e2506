//! What follows a fence: records, rows and events, written so that it may be done any number of times, in any order, by
//! anyone, and never undoes what is newer.
//!
//! Every write carries a timestamp made from the turn. Deletes too: at one timestamp a delete beats a put, so a commit
//! names each row once, and the last word in it counts.

use crate::connection::Write;
use crate::fault::Fault;
use crate::fence::Fence;
use crate::house::House;
use crate::intents::minute;
use crate::journal::Entry;
use crate::lists::{Mark, Name, PLACES, Position, bucket, code, counted, is_short, is_wide, place_bucket};
use crate::open::{Set, bucket_item, tenant_shard};
use crate::space::Space;
use crate::value::{big, blob, int, num};
use scylla::value::CqlValue;
use std::collections::{BTreeMap, BTreeSet};
use ward_domain::record::RecordKind;
use ward_store::{AggregateRef, OutboxEvent, Version};

/// Between one turn's timestamp and the next there is room for exchanges of sealed bodies.
const SWAPS: u32 = 20;
/// Shards of what a tenant has.
pub(crate) const SHARDS: i32 = 16;

/// The timestamp of what a turn writes.
pub(crate) const fn stamp(turn: u64) -> i64 {
    (turn << SWAPS).cast_signed()
}

/// The bucket of an event: four minutes, by its id. Settled events leave marks, and all of a bucket's are stepped over.
pub(crate) const fn event_bucket(event: u64) -> i64 {
    (event >> (12 + 18)).cast_signed()
}

/// The shard under which a list or an aggregate is registered.
pub(crate) fn shard(bytes: &[u8]) -> i32 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in bytes {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    i32::try_from(hash % u64::from(SHARDS.cast_unsigned())).unwrap_or(0)
}

/// One row of one list: its list, what it is equal in, and where it lies.
pub(crate) type RowKey = (i32, Vec<u8>, Position);

/// The bucket of a row.
fn row_bucket(code: i32, at: Position) -> i64 {
    if code == PLACES { place_bucket(at.id) } else { bucket(code, at.sort) }
}

/// A commit's writes, each row once.
#[derive(Default)]
struct Collapsed<'a> {
    records: BTreeMap<(RecordKind, u64), Option<&'a [u8]>>,
    rows: BTreeMap<RowKey, bool>,
}

impl<'a> Collapsed<'a> {
    fn new(entry: &'a Entry) -> Self {
        let mut all = Self::default();
        for change in &entry.changes {
            all.records.insert((change.kind, change.id.get()), change.body.as_deref());
            let dropped = change.drop_rows.iter().map(|row| (row, false));
            for (row, put) in dropped.chain(change.put_rows.iter().map(|row| (row, true))) {
                let at = Position::new(row.sort, change.id);
                all.rows.insert((code(row.list), row.eq.bytes().to_vec(), at), put);
            }
        }
        for ((kind, id), body) in &all.records {
            let at = Position { sort: kind.code().into(), id: id.cast_signed() };
            all.rows.insert((PLACES, Vec::new(), at), body.is_some());
        }
        all
    }
}

/// Writes all that follows a fence, and the marks by which it is found.
pub(crate) async fn follow(house: &House, fence: &Fence<'_>, entry: &Entry) -> Result<(), Fault> {
    let all = Collapsed::new(entry);
    let owner = fence.aggregate;
    let mut following = Following::new(house, fence.space, entry.turn);
    if entry.version == 1 {
        following.register_aggregate(owner);
    }
    for ((kind, id), body) in &all.records {
        following.record(owner, entry.version, (*kind, *id), *body);
    }
    // By the minute: what commits register at one time lies together, and the shards fill evenly.
    following.register_lists(shard(&minute(house).to_be_bytes()), all.rows.keys());
    for ((code, eq, at), put) in &all.rows {
        following.row(*code, eq, *at, *put);
    }
    for event in &entry.events {
        following.event(owner, event);
    }
    following.send(all.rows.into_keys()).await?;
    house.options.reach("followed");
    Ok(())
}

/// Adds the marks that have yet to be left for these changes. Gives them, and until when all of them hold.
fn mark<'a>(
    house: &'a House,
    changes: &[(Name, Position)],
    now: i64,
    writes: &mut Vec<Write<'a>>,
) -> (Vec<(Name, Mark)>, i64) {
    let (mut new, mut all_hold) = (Vec::new(), i64::MAX);
    for (name, at) in changes {
        let (mark, is_new) = house.lists.mark(name, *at, now);
        all_hold = all_hold.min(mark.until);
        if !is_new || new.contains(&(name.clone(), mark)) {
            continue;
        }
        let Mark { until, range } = mark;
        let places = [range.from.sort, range.from.id, range.until.sort, range.until.id].map(big);
        let values = [name.key(), vec![big(until)], places.to_vec()].concat();
        writes.push(Write::new(&house.connection.statements.touch_put, values));
        new.push((name.clone(), mark));
    }
    (new, all_hold)
}

/// The writes of one turn in one space, gathered.
pub(crate) struct Following<'a> {
    house: &'a House,
    space: &'a Space,
    turn: u64,
    writes: Vec<Write<'a>>,
    opened: Vec<(Set, Vec<u8>)>,
    registered: Vec<(Name, i64)>,
}

impl<'a> Following<'a> {
    pub(crate) const fn new(house: &'a House, space: &'a Space, turn: u64) -> Self {
        Self { house, space, turn, writes: Vec::new(), opened: Vec::new(), registered: Vec::new() }
    }

    fn stamp(&self) -> CqlValue {
        big(stamp(self.turn))
    }

    /// A write of the caller's own, to go along.
    pub(crate) fn along(&mut self, write: Write<'a>) {
        self.writes.push(write);
    }

    /// Sends them all, with the marks of the lists in which these rows are.
    pub(crate) async fn send(self, rows: impl Iterator<Item = RowKey>) -> Result<(), Fault> {
        let Self { house, space, mut writes, opened, registered, .. } = self;
        let changes: Vec<(Name, Position)> = rows
            .filter(|(code, ..)| counted(*code))
            .map(|(code, eq, at)| (Name { space: space.clone(), code, eq }, at))
            .collect();
        house.lists.know(&house.connection, changes.iter().map(|(name, _)| name)).await?;
        loop {
            let sent = house.options.stamp();
            let (new, until) = mark(house, &changes, sent, &mut writes);
            for (set, item) in &opened {
                writes.extend(house.open.put(&house.connection, &house.options, set, item));
            }
            house.after.write(&house.connection, std::mem::take(&mut writes)).await?;
            for (name, mark) in new {
                house.lists.marked(&name, mark, sent);
            }
            // Held up on the way, a row may have come after its mark's end, and a mark too late for a reader who has
            // looked.
            if house.options.stamp() <= until && house.is_in_time(sent) {
                break;
            }
            tracing::debug!("marks were held up and are sent again");
        }
        house.registered(registered);
        for (name, _) in &changes {
            house.lists.touched(name);
        }
        house.open.remember(opened);
        Ok(())
    }

    pub(crate) fn register_aggregate(&mut self, aggregate: AggregateRef) {
        let shard = shard(&aggregate.id.get().to_be_bytes());
        let values =
            vec![self.space.key(), int(shard), int(aggregate.kind.code().into()), num(aggregate.id.get())];
        self.writes.push(Write::new(&self.house.connection.statements.aggregate_put, values));
    }

    pub(crate) fn record(
        &mut self,
        owner: AggregateRef,
        version: Version,
        (kind, id): (RecordKind, u64),
        body: Option<&[u8]>,
    ) {
        let st = &self.house.connection.statements;
        let key = vec![self.space.key(), int(kind.code().into()), num(id)];
        self.writes.push(match body {
            Some(body) => {
                let values = vec![
                    int(owner.kind.code().into()),
                    num(owner.id.get()),
                    num(version),
                    blob(body),
                    self.stamp(),
                ];
                Write::new(&st.record_put, [key, values].concat())
            }
            None => Write::new(&st.record_drop, [vec![self.stamp()], key].concat()),
        });
    }

    /// Registers, in a shard, the lists and buckets that this process has not registered before.
    pub(crate) fn register_lists<'b>(&mut self, shard: i32, rows: impl Iterator<Item = &'b RowKey>) {
        let st = &self.house.connection.statements;
        let mut new = BTreeSet::new();
        for (code, eq, at) in rows {
            new.insert((*code, eq.clone(), row_bucket(*code, *at)));
        }
        for (code, eq, bucket) in new {
            let name = Name { space: self.space.clone(), code, eq };
            if self.house.is_registered(&name, bucket) {
                continue;
            }
            let values = vec![name.space.key(), int(shard), int(name.code), blob(name.eq.as_slice())];
            self.writes.push(Write::new(&st.list_put, values));
            if !is_short(code) {
                self.writes.push(Write::new(&st.bucket_put, [name.key(), vec![big(bucket)]].concat()));
            }
            self.registered.push((name, bucket));
        }
    }

    pub(crate) fn row(&mut self, code: i32, eq: &[u8], at: Position, put: bool) {
        let st = &self.house.connection.statements;
        let bucket = row_bucket(code, at);
        let space = self.space;
        let name = Name { space: space.clone(), code, eq: eq.to_vec() };
        let key = [name.rows_key(bucket), vec![big(at.sort), big(at.id)]].concat();
        self.writes.push(if put {
            Write::new(&st.row_put, [key, vec![self.stamp()]].concat())
        } else {
            Write::new(&st.row_drop, [vec![self.stamp()], key].concat())
        });
        if !is_wide(code) {
            return;
        }
        let key = vec![
            blob(self.house.options.realm.as_slice()),
            int(code),
            blob(eq),
            big(bucket),
            big(at.sort),
            num(space.tenant.get()),
            int(space.life),
            big(at.id),
        ];
        if put {
            self.writes.push(Write::new(&st.wide_put, [key, vec![self.stamp()]].concat()));
            self.opened.push((Set::Wide(code, eq.to_vec()), bucket_item(bucket)));
        } else {
            self.writes.push(Write::new(&st.wide_drop, [vec![self.stamp()], key].concat()));
        }
    }

    pub(crate) fn event(&mut self, owner: AggregateRef, event: &OutboxEvent) {
        let (st, space) = (&self.house.connection.statements, self.space);
        let bucket = event_bucket(event.id.get());
        let values = vec![
            space.key(),
            big(bucket),
            num(event.id.get()),
            num(self.turn),
            int(owner.kind.code().into()),
            num(owner.id.get()),
            big(event.at.millis()),
            blob(event.body.as_slice()),
            self.stamp(),
        ];
        self.writes.push(Write::new(&st.event_put, values));
        self.opened.push((Set::Outbox(space.clone()), bucket_item(bucket)));
        self.opened.push((Set::Tenants(tenant_shard(space.tenant)), space.bytes.clone()));
    }
}
