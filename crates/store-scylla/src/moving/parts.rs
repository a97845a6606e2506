//! The parts of a walk: which keys there are, and what lies under one.

use super::export::{Found, Walk};
use crate::claims::Pointer;
use crate::commit::load;
use crate::connection::Connection;
use crate::fault::Fault;
use crate::fence::{Fence, Held, NEVER, read_item};
use crate::follow::SHARDS;
use crate::lists::{Name, PLACES, Position, Range, all_buckets, list, of_bucket};
use crate::open::{Set, read_bucket};
use crate::outbox::{self, EventRow};
use crate::records;
use crate::value::{big, blob, int, unsigned};
use std::collections::BTreeSet;
use ward_domain::id::Id;
use ward_domain::record::{AggregateKind, ClaimKey, IndexRow, Key, RecordKind};
use ward_domain::time::Time;
use ward_store::commit::REMEMBERED_COMMITS;
use ward_store::moving::{AggregateState, HeldClaim, HeldSpan, Item, Part};
use ward_store::{AggregateRef, Place};

/// Keys of one look.
const KEYS: i32 = 64;

fn damaged() -> Fault {
    Fault::damaged("a cursor")
}

/// Takes a number off the front.
fn number<const N: usize>(bytes: &[u8]) -> Result<([u8; N], &[u8]), Fault> {
    bytes.split_first_chunk::<N>().map(|(number, rest)| (*number, rest)).ok_or_else(damaged)
}

fn id_of(bytes: &[u8]) -> Result<i64, Fault> {
    Ok(i64::from_be_bytes(number::<8>(bytes)?.0))
}

fn span(fence: &Fence<'_>, key: &[u8], item: &[u8], held: &Held) -> Result<Item, Fault> {
    let start = id_of(item.get(2 + key.len()..).unwrap_or_default())?.cast_unsigned();
    let (start, end) = (Time::from_sort_key(start), Time::from_sort_key(held.until));
    Ok(Item::Span(HeldSpan { key: ClaimKey::from_bytes(key), owner: fence.aggregate, start, end }))
}

impl Walk<'_> {
    /// The next keys; none after the last.
    pub(super) async fn keys(&self, after: Option<&[u8]>) -> Result<Vec<Vec<u8>>, Fault> {
        match self.part {
            Part::Aggregates | Part::Claims => self.aggregates(after).await,
            Part::Rows => self.lists(after).await,
            Part::Events => self.open_buckets(after).await,
            // All of them lie under one.
            Part::Documents => Ok(if after.is_none() { vec![Vec::new()] } else { Vec::new() }),
        }
    }

    /// What lies under a key after a position.
    pub(super) async fn under(&self, key: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Found, Fault> {
        match self.part {
            Part::Aggregates if after.is_some() => Ok(Vec::new()),
            Part::Aggregates => self.aggregate(key).await,
            Part::Claims => self.held(key, after, limit).await,
            Part::Rows => self.rows(key, after, limit).await,
            Part::Events => self.events(key, after, limit).await,
            Part::Documents => self.documents(after, limit).await,
        }
    }

    /// By shard, kind and id: each is registered in one shard.
    async fn aggregates(&self, after: Option<&[u8]>) -> Result<Vec<Vec<u8>>, Fault> {
        let connection = &self.house.connection;
        let (first, mut place) = match after {
            None => (0, (i32::MIN, i64::MIN)),
            Some(key) => {
                let ([shard], rest) = number(key)?;
                let (kind, id) = number(rest)?;
                (shard, (i32::from_be_bytes(kind), id_of(id)?))
            }
        };
        for shard in first..u8::try_from(SHARDS).unwrap_or(u8::MAX) {
            let values = vec![self.space.key(), int(shard.into()), int(place.0), big(place.1), int(KEYS)];
            let found =
                connection.rows::<(i32, i64)>(&connection.statements.aggregates_after, values).await?;
            if !found.is_empty() {
                let key =
                    |(kind, id): (i32, i64)| [&[shard][..], &kind.to_be_bytes(), &id.to_be_bytes()].concat();
                return Ok(found.into_iter().map(key).collect());
            }
            place = (i32::MIN, i64::MIN);
        }
        Ok(Vec::new())
    }

    fn fence(&self, key: &[u8]) -> Result<Fence<'_>, Fault> {
        let (kind, id) = number(key.get(1..).unwrap_or_default())?;
        let (kind, id) = (i32::from_be_bytes(kind), id_of(id)?.cast_unsigned());
        let read = || {
            let kind = AggregateKind::from_code(u8::try_from(kind).ok()?)?;
            Some(AggregateRef { kind, id: Id::new(id)? })
        };
        Ok(self.house.fence(self.space, read().ok_or_else(|| Fault::damaged("an aggregate's name"))?))
    }

    async fn aggregate(&self, key: &[u8]) -> Result<Found, Fault> {
        let fence = self.fence(key)?;
        let state = load(self.house, &fence).await?;
        // One that only holds claims was never committed to: those came without it.
        let state = (state.version > 0).then(|| {
            let late = state.recent.len().saturating_sub(REMEMBERED_COMMITS);
            let commits = state.recent.iter().skip(late).map(|(commit, _)| *commit).collect();
            Item::Aggregate(AggregateState { aggregate: fence.aggregate, version: state.version, commits })
        });
        Ok(vec![(Vec::new(), state)])
    }

    async fn held(&self, key: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Found, Fault> {
        let fence = self.fence(key)?;
        let one = async |(item, held): (Vec<u8>, Held)| {
            let (key, is_span) = read_item(&item).ok_or_else(|| Fault::damaged("a claim in a fence"))?;
            let travels = if is_span {
                Some(span(&fence, &key, &item, &held)?)
            } else {
                self.claim(&fence, key, held).await?
            };
            Ok((item, travels))
        };
        Connection::each(fence.some_held(after, limit).await?, one).await
    }

    /// One that lapses may be another's by now: then the pointer says so, and his fence has it.
    async fn claim(&self, fence: &Fence<'_>, key: Vec<u8>, held: Held) -> Result<Option<Item>, Fault> {
        let connection = &self.house.connection;
        if held.until != NEVER {
            let values = vec![self.space.key(), blob(key.as_slice())];
            let rows = connection.rows::<(i32, i64, i64, i64)>(&connection.statements.claim, values).await?;
            let pointer =
                rows.first().and_then(|(kind, id, turn, commit)| Pointer::read(*kind, *id, *turn, *commit));
            if pointer.is_none_or(|pointer| pointer.owner != fence.aggregate) {
                return Ok(None);
            }
        }
        let expires = (held.until != NEVER).then(|| Time::from_sort_key(held.until));
        let key = ClaimKey::from_bytes(&key);
        Ok(Some(Item::Claim(HeldClaim { key, owner: fence.aggregate, body: held.body, expires })))
    }

    /// By code and equal fields. A list may be registered in several shards: they are walked side by side, and each list
    /// is met once.
    async fn lists(&self, after: Option<&[u8]>) -> Result<Vec<Vec<u8>>, Fault> {
        let connection = &self.house.connection;
        let (code, eq) = match after {
            None => (i32::MIN, Vec::new()),
            Some(key) => number(key).map(|(code, eq)| (i32::from_be_bytes(code), eq.to_vec()))?,
        };
        let of = async |shard: i32| {
            let values = vec![self.space.key(), int(shard), int(code), blob(eq.as_slice()), int(KEYS)];
            connection.rows::<(i32, Vec<u8>)>(&connection.statements.lists_after, values).await
        };
        let shards = Connection::each(0..SHARDS, of).await?;
        // Beyond the end of a shard's page there may be more in it.
        let full = shards.iter().filter(|lists| lists.len() >= usize::try_from(KEYS).unwrap_or(0));
        let until = full.filter_map(|lists| lists.last()).min().cloned();
        let all: BTreeSet<(i32, Vec<u8>)> = shards.into_iter().flatten().collect();
        // Places of records are derived, and come last.
        let sure = all
            .into_iter()
            .filter(|list| list.0 < PLACES && until.as_ref().is_none_or(|until| list <= until));
        Ok(sure.map(|(code, eq)| [&code.to_be_bytes()[..], &eq].concat()).collect())
    }

    async fn rows(&self, key: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Found, Fault> {
        let connection = &self.house.connection;
        let (code, eq) = number(key)?;
        let code = i32::from_be_bytes(code);
        let list = list(code).ok_or_else(|| Fault::damaged("a list's number"))?;
        let name = Name { space: self.space.clone(), code, eq: eq.to_vec() };
        let (mut first, mut from) = (i64::MIN, Some(Position::FIRST));
        if let Some(after) = after {
            let (bucket, rest) = number(after)?;
            let (sort, id) = number(rest)?;
            let taken = Position { sort: i64::from_be_bytes(sort), id: id_of(id)? };
            (first, from) = (i64::from_be_bytes(bucket), taken.next());
        }
        let mut found = Found::new();
        for bucket in all_buckets(connection, &name).await? {
            let from = if bucket == first { from } else { Some(Position::FIRST) };
            let Some(from) = from.filter(|_| bucket >= first && found.len() < limit) else { continue };
            let range = Range { from, until: Position::LAST };
            for at in of_bucket(connection, &name, bucket, range, limit - found.len()).await? {
                let id = Id::new(at.id.cast_unsigned()).ok_or_else(|| Fault::damaged("a row"))?;
                let row = IndexRow { list, eq: Key::from_bytes(eq), sort: unsigned(at.sort) };
                let position = [bucket, at.sort, at.id].map(i64::to_be_bytes).concat();
                found.push((position, Some(Item::Row { row, id })));
            }
        }
        Ok(found)
    }

    async fn open_buckets(&self, after: Option<&[u8]>) -> Result<Vec<Vec<u8>>, Fault> {
        let set = Set::Outbox(self.space.clone());
        let items = self.house.open.items(&self.house.connection, &self.house.options, &set).await?;
        Ok(items.into_iter().filter(|item| after.is_none_or(|after| item.as_slice() > after)).collect())
    }

    async fn events(&self, key: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Found, Fault> {
        let connection = &self.house.connection;
        let bucket = read_bucket(key).ok_or_else(|| Fault::damaged("an open bucket"))?;
        let after = after.map_or(Ok(i64::MIN), id_of)?;
        let limit = i32::try_from(limit).unwrap_or(i32::MAX);
        let values = vec![self.space.key(), big(bucket), big(after), int(limit)];
        let rows = connection.walk::<EventRow>(&connection.statements.events_after, values).await?;
        let read = |row| {
            let stored = outbox::read(row)?;
            Some((stored.event.id.get().to_be_bytes().to_vec(), Some(Item::Event(stored))))
        };
        rows.into_iter().map(read).collect::<Option<_>>().ok_or_else(|| Fault::damaged("an event"))
    }

    async fn documents(&self, after: Option<&[u8]>, limit: usize) -> Result<Found, Fault> {
        let place = |bytes: &[u8]| {
            let ([kind], id) = number(bytes)?;
            let kind = RecordKind::from_code(kind).ok_or_else(damaged)?;
            Ok::<_, Fault>(Place { kind, id: Id::new(id_of(id)?.cast_unsigned()).ok_or_else(damaged)? })
        };
        let bodies = records::bodies(self.house, self.space, after.map(place).transpose()?, limit).await?;
        let position = |place: Place| [&[place.kind.code()][..], &place.id.get().to_be_bytes()].concat();
        Ok(bodies.into_iter().map(|body| (position(body.place), Some(Item::Document(body)))).collect())
    }
}
