//! The end of a tenant: a new life begins, and everything of the old one goes.
//!
//! Once the new life stands nothing of the old one is visible any more; what goes then is data under keys that nobody
//! asks for. A removal that is cut off there has to be asked for again to go on: [`remove`] takes all earlier lives too.

use crate::connection::{Connection, Write};
use crate::fault::Fault;
use crate::fence::read_item;
use crate::follow::SHARDS;
use crate::house::House;
use crate::lists::{Name, PLACES, Position, Range, all_buckets, is_wide, of_bucket};
use crate::open::{Set, read_bucket};
use crate::space::Space;
use crate::value::{big, blob, int, num};
use ward_domain::id::Id;
use ward_domain::record::AggregateKind;
use ward_domain::tenancy::TenantId;
use ward_store::AggregateRef;

/// Above every timestamp that follow-up has: what a stalled process still writes there stays invisible.
const END: i64 = 1 << 62;
/// Earlier lives that a removal looks at again.
const LIVES_BACK: i32 = 3;

/// Destroys a tenant.
pub(crate) async fn destroy(house: &House, tenant: TenantId) -> Result<(), Fault> {
    house.check_open()?;
    let ended = house.lives.end(&house.connection, &house.options, tenant).await?;
    for life in (ended.life - LIVES_BACK).max(0)..=ended.life {
        remove(house, &Space::new(&house.options.realm, tenant, life)).await?;
    }
    Ok(())
}

/// Removes all of a space.
pub(crate) async fn remove(house: &House, space: &Space) -> Result<(), Fault> {
    let removal = Removal { house, connection: &house.connection, space };
    let of = async |shard: i32| {
        let st = &removal.connection.statements;
        let values = || vec![space.key(), int(shard)];
        let lists = removal.connection.walk::<(i32, Vec<u8>)>(&st.lists, values()).await?;
        let aggregates = removal.connection.walk::<(i32, i64)>(&st.aggregates, values()).await?;
        // Records are found through the list of their places, so that comes last.
        let (own, others): (Vec<_>, Vec<_>) = lists.into_iter().partition(|(code, _)| *code == PLACES);
        Connection::each(others, async |(code, eq)| removal.list(code, eq).await).await?;
        Connection::each(own, async |(_, eq)| removal.places(eq).await).await?;
        Connection::each(aggregates, async |(kind, id)| removal.aggregate(kind, id).await).await?;
        removal.connection.write(&st.lists_destroy, values()).await?;
        removal.connection.write(&st.aggregates_destroy, values()).await
    };
    Connection::each(0..SHARDS, of).await?;
    removal.outbox().await
}

struct Removal<'a> {
    house: &'a House,
    connection: &'a Connection,
    space: &'a Space,
}

impl Removal<'_> {
    async fn list(&self, code: i32, eq: Vec<u8>) -> Result<(), Fault> {
        let st = &self.connection.statements;
        let name = Name { space: self.space.clone(), code, eq };
        for bucket in all_buckets(self.connection, &name).await? {
            if is_wide(code) {
                self.wide(&name, bucket).await?;
            }
            let values = [vec![big(END)], name.partition(bucket)].concat();
            self.connection.write(&st.rows_destroy, values).await?;
        }
        for statement in [&st.touches_destroy, &st.chunks_destroy, &st.buckets_destroy] {
            self.connection.write(statement, name.key()).await?;
        }
        Ok(())
    }

    /// The tenant's rows in a platform-wide list, which it has in a list of its own too.
    async fn wide(&self, name: &Name, bucket: i64) -> Result<(), Fault> {
        let st = &self.connection.statements;
        let mut writes = Vec::new();
        for Position { sort, id } in self.rows(name, bucket).await? {
            let values = vec![
                big(END),
                blob(self.house.options.realm.as_slice()),
                int(name.code),
                blob(name.eq.as_slice()),
                big(bucket),
                big(sort),
                num(self.space.tenant.get()),
                int(self.space.life),
                big(id),
            ];
            writes.push(Write::new(&st.wide_drop, values));
        }
        self.connection.write_all(writes).await
    }

    async fn rows(&self, name: &Name, bucket: i64) -> Result<Vec<Position>, Fault> {
        let all = Range { from: Position::FIRST, until: Position::LAST };
        of_bucket(self.connection, name, bucket, all, usize::MAX).await
    }

    async fn places(&self, eq: Vec<u8>) -> Result<(), Fault> {
        let st = &self.connection.statements;
        let name = Name { space: self.space.clone(), code: PLACES, eq };
        for bucket in all_buckets(self.connection, &name).await? {
            let mut writes = Vec::new();
            for at in self.rows(&name, bucket).await? {
                let kind = i32::try_from(at.sort).map_err(|_| Fault::damaged("a place"))?;
                let values = vec![big(END), self.space.key(), int(kind), big(at.id)];
                writes.push(Write::new(&st.record_drop, values));
            }
            self.connection.write_all(writes).await?;
        }
        self.list(PLACES, name.eq).await
    }

    /// A fence, and the pointers to what its aggregate holds. Nobody transacts in an ended life any more but a process
    /// that has not heard of its end; what such a one leaves is a few bytes that nobody reads.
    async fn aggregate(&self, kind: i32, id: i64) -> Result<(), Fault> {
        let st = &self.connection.statements;
        let read = || {
            let kind = AggregateKind::from_code(u8::try_from(kind).ok()?)?;
            Some(AggregateRef { kind, id: Id::new(id.cast_unsigned())? })
        };
        let aggregate = read().ok_or_else(|| Fault::damaged("an aggregate's name"))?;
        let fence = self.house.fence(self.space, aggregate);
        for item in fence.all_held().await? {
            let (key, is_span) = read_item(&item).ok_or_else(|| Fault::damaged("a claim in a fence"))?;
            let statement = if is_span { &st.spans_destroy } else { &st.claims_destroy };
            self.connection.write(statement, vec![self.space.key(), blob(key)]).await?;
        }
        self.connection.write(&st.fence_destroy, vec![self.space.key(), int(kind), big(id)]).await?;
        self.house.forget(&fence);
        Ok(())
    }

    async fn outbox(&self) -> Result<(), Fault> {
        let set = Set::Outbox(self.space.clone());
        for item in self.house.open.items(self.connection, &self.house.options, &set).await? {
            let bucket = read_bucket(&item).ok_or_else(|| Fault::damaged("an open bucket"))?;
            let values = vec![big(END), self.space.key(), big(bucket)];
            self.connection.write(&self.connection.statements.events_destroy, values).await?;
        }
        Ok(())
    }
}
