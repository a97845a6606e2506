//! Items put into a space where nobody has transacted yet.

use crate::claims::{Pointer, ttl};
use crate::connection::Write;
use crate::fault::Fault;
use crate::fence::{JOURNAL, NEVER, Ticket, claim_item, encode_recent, span_item};
use crate::follow::{Following, RowKey, shard};
use crate::house::House;
use crate::lists::{PLACES, Position, code};
use crate::space::Space;
use crate::value::{big, blob, int, num, signed};
use scylla::value::CqlValue;
use std::collections::{BTreeMap, BTreeSet};
use ward_domain::id::{CommitId, Id};
use ward_domain::time::{DAY, Time};
use ward_store::AggregateRef;
use ward_store::moving::{AggregateState, HeldClaim, HeldSpan, Item};

/// The turn before all others.
const TURN: u64 = 0;

/// Puts items, each as if a commit of the turn 0 had; all that is derived from them too.
pub(super) async fn import(house: &House, space: &Space, items: &[Item]) -> Result<(), Fault> {
    let mut load = Load { house, space, following: Following::new(house, space, TURN) };
    let mut rows: BTreeMap<i32, BTreeSet<RowKey>> = BTreeMap::new();
    let mut row = |code: i32, eq: &[u8], at: Position| {
        // By list: each is registered once, whoever's rows are in it.
        let shard = shard(&[&code.to_be_bytes(), eq].concat());
        rows.entry(shard).or_default().insert((code, eq.to_vec(), at));
    };
    for item in items {
        match item {
            Item::Aggregate(state) => load.aggregate(state),
            Item::Document(document) => {
                let (place, owner) = (document.place, document.aggregate);
                let key = (place.kind, place.id.get());
                load.following.record(owner, document.version, key, Some(&document.body));
                let at = Position { sort: place.kind.code().into(), id: place.id.get().cast_signed() };
                row(PLACES, &[], at);
            }
            Item::Row { row: index, id } => {
                row(code(index.list), index.eq.bytes(), Position::new(index.sort, *id));
            }
            Item::Claim(claim) => load.claim(claim)?,
            Item::Span(span) => load.span(span)?,
            Item::Event(stored) => load.following.event(stored.aggregate, &stored.event),
        }
    }
    let mut following = load.following;
    for (shard, rows) in &rows {
        following.register_lists(*shard, rows.iter());
        for (code, eq, at) in rows {
            following.row(*code, eq, *at, true);
        }
    }
    following.send(rows.into_values().flatten()).await
}

struct Load<'a> {
    house: &'a House,
    space: &'a Space,
    following: Following<'a>,
}

impl Load<'_> {
    fn key(&self, aggregate: AggregateRef) -> Vec<CqlValue> {
        self.house.fence(self.space, aggregate).key()
    }

    /// Its turn is its version, so the next commit's is above all that is imported. The row of the journal is empty: a
    /// partition is found by it.
    fn aggregate(&mut self, state: &AggregateState) {
        self.following.register_aggregate(state.aggregate);
        let oldest = (state.version + 1).saturating_sub(state.commits.len() as u64);
        let recent: Vec<_> = state.commits.iter().copied().zip(oldest..).collect();
        let values = vec![
            blob(JOURNAL),
            num(state.version),
            num(state.version),
            blob(encode_recent(&recent)),
            num(state.version),
            num(0),
            blob(Vec::new()),
        ];
        let values = [self.key(state.aggregate), values].concat();
        self.following.along(Write::new(&self.house.connection.statements.fence_import, values));
        self.house.forget(&self.house.fence(self.space, state.aggregate));
    }

    /// The truth in the owner's fence. The owner is registered, since a walk finds claims through it.
    fn hold(&mut self, pointer: &Pointer, item: Vec<u8>, body: &[u8], until: u64, ttl: i32) {
        self.following.register_aggregate(pointer.owner);
        let ticket = pointer.ticket;
        let held =
            vec![blob(item), blob(body), num(until), num(ticket.turn), num(ticket.commit.get()), int(ttl)];
        let values = [self.key(pointer.owner), held].concat();
        self.following.along(Write::new(&self.house.connection.statements.hold_import, values));
    }

    fn claim(&mut self, claim: &HeldClaim) -> Result<(), Fault> {
        // A day at least, for what has lapsed too: it has to be there when the restore reads back.
        let now = self.house.options.clock.now();
        let tomorrow = Time::from_millis(now.millis().saturating_add(DAY));
        let ttl = ttl(now, claim.expires.map(|expires| expires.max(tomorrow)));
        let until = claim.expires.map_or(NEVER, Time::sort_key);
        let pointer = pointer(claim.owner)?;
        self.hold(&pointer, claim_item(claim.key.bytes()), &claim.body, until, ttl);
        let place = vec![self.space.key(), blob(claim.key.bytes())];
        let values = [vec![int(ttl)], pointer.values(), place].concat();
        self.following.along(Write::new(&self.house.connection.statements.claim_import, values));
        Ok(())
    }

    fn span(&mut self, span: &HeldSpan) -> Result<(), Fault> {
        let (start, end) = (span.start.sort_key(), span.end.sort_key());
        let pointer = pointer(span.owner)?;
        self.hold(&pointer, span_item(span.key.bytes(), start), &[], end, 0);
        let place = vec![self.space.key(), blob(span.key.bytes()), big(signed(start))];
        let values = [place, pointer.values(), vec![big(signed(end))]].concat();
        self.following.along(Write::new(&self.house.connection.statements.span_put, values));
        Ok(())
    }
}

/// A made-up reservation, the same for each of an owner's: its turn has passed wherever the owner stands.
fn pointer(owner: AggregateRef) -> Result<Pointer, Fault> {
    let commit: CommitId = Id::new(1).ok_or_else(|| Fault::damaged("an id"))?.into();
    Ok(Pointer { owner, ticket: Ticket { turn: TURN, commit } })
}
