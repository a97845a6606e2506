//! The fence: one partition for each aggregate, in which a commit wins its turn or changes nothing.
//!
//! A *turn* is taken by each commit and by each settling of an unknown outcome, so it may pass without a commit; the
//! *version* counts commits alone. Turns are what transactions compare and what follow-up is stamped with.

use crate::connection::{Connection, Write};
use crate::fault::Fault;
use crate::journal::Entry;
use crate::space::Space;
use crate::value::{blob, int, num};
use scylla::value::CqlValue;
use ward_domain::id::{CommitId, Id};
use ward_store::commit::REMEMBERED_COMMITS;
use ward_store::{AggregateRef, Version};

/// Commits known by id: the port's least, and as many again for late answers.
const RECENT: usize = 2 * REMEMBERED_COMMITS;

/// One row, overwritten by each commit: rows that came and went would leave marks for every read to step over.
pub(crate) const JOURNAL: [u8; 1] = [0];
const CLAIM: u8 = 1;
const SPAN: u8 = 2;

/// The state of a fence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct State {
    /// 0 before the first.
    pub(crate) turn: u64,
    pub(crate) version: Version,
    /// The latest commits, newest last.
    pub(crate) recent: Vec<(CommitId, Version)>,
}

impl State {
    /// The version that a commit made, if it is one of the latest.
    pub(crate) fn made_by(&self, commit: CommitId) -> Option<Version> {
        self.recent.iter().find(|(id, _)| *id == commit).map(|(_, version)| *version)
    }

    /// As it will be after a commit.
    pub(crate) fn next(&self, commit: CommitId) -> Self {
        let (turn, version) = (self.turn + 1, self.version + 1);
        let mut recent = self.recent.clone();
        recent.push((commit, version));
        if recent.len() > RECENT {
            recent.remove(0);
        }
        Self { turn, version, recent }
    }
}

pub(crate) fn encode_recent(recent: &[(CommitId, Version)]) -> Vec<u8> {
    recent.iter().flat_map(|(id, version)| [id.get().to_be_bytes(), version.to_be_bytes()].concat()).collect()
}

fn decode_recent(bytes: &[u8]) -> Option<Vec<(CommitId, Version)>> {
    let number = |bytes: &[u8]| bytes.try_into().ok().map(u64::from_be_bytes);
    bytes
        .chunks(16)
        .map(|pair| Some((Id::new(number(pair.get(..8)?)?)?.into(), number(pair.get(8..)?)?)))
        .collect()
}

/// What an aggregate holds, as its fence says: the truth about claims and spans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) body: Vec<u8>,
    /// Of a claim: the sort key of the time at which it lapses, [`NEVER`] if it does not. Of a span: of its end.
    pub(crate) until: u64,
    /// The reservation that it stands on.
    pub(crate) ticket: Ticket,
}

/// When a claim without end lapses.
pub(crate) const NEVER: u64 = u64::MAX;

/// Names the commit that reserved a claim: its turn, and its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ticket {
    pub(crate) turn: u64,
    pub(crate) commit: CommitId,
}

/// One aggregate's partition.
#[derive(Clone, Copy)]
pub(crate) struct Fence<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) space: &'a Space,
    pub(crate) aggregate: AggregateRef,
}

/// What a commit does to what its aggregate holds.
pub(crate) struct Hold {
    pub(crate) item: Vec<u8>,
    /// None where it goes.
    pub(crate) held: Option<Held>,
    /// Seconds after which the row may go by itself; 0 for never.
    pub(crate) ttl: i32,
}

pub(crate) fn claim_item(key: &[u8]) -> Vec<u8> {
    [&[CLAIM], key].concat()
}

/// The prefix of the spans under a key. Keys have at most 40 bytes.
pub(crate) fn spans_item(key: &[u8]) -> Vec<u8> {
    [&[SPAN, u8::try_from(key.len()).unwrap_or(u8::MAX)], key].concat()
}

pub(crate) fn span_item(key: &[u8], start: u64) -> Vec<u8> {
    [spans_item(key).as_slice(), &start.to_be_bytes()].concat()
}

/// The key and, of a span, the start that an item is about.
pub(crate) fn read_item(item: &[u8]) -> Option<(Vec<u8>, bool)> {
    match item.split_first()? {
        (&CLAIM, key) => Some((key.to_vec(), false)),
        (&SPAN, rest) => {
            let (length, rest) = rest.split_first()?;
            Some((rest.get(..usize::from(*length))?.to_vec(), true))
        }
        _ => None,
    }
}

/// The first item after all that begin with a prefix.
fn after(prefix: &[u8]) -> Vec<u8> {
    [prefix, &[0xff; 9]].concat()
}

type FenceRow = (Option<i64>, Option<i64>, Option<Vec<u8>>, Option<i64>, Option<i64>, Option<Vec<u8>>);
type HeldRow = (Vec<u8>, Option<Vec<u8>>, Option<i64>, Option<i64>, Option<i64>);

impl<'a> Fence<'a> {
    pub(crate) fn key(&self) -> Vec<CqlValue> {
        vec![self.space.key(), int(self.aggregate.kind.code().into()), num(self.aggregate.id.get())]
    }

    /// The state, read serially, and the latest commit, which may have to be followed.
    pub(crate) async fn read(&self) -> Result<(State, Option<Entry>), Fault> {
        let values = [self.key(), vec![blob(JOURNAL)]].concat();
        let rows = self.connection.rows::<FenceRow>(&self.connection.statements.fence, values).await?;
        let Some((turn, version, recent, at_turn, commit, body)) = rows.into_iter().next() else {
            return Ok(Default::default());
        };
        let damaged = || Fault::damaged("a fence");
        let state = State {
            turn: turn.ok_or_else(damaged)?.cast_unsigned(),
            version: version.ok_or_else(damaged)?.cast_unsigned(),
            recent: decode_recent(recent.as_deref().unwrap_or_default()).ok_or_else(damaged)?,
        };
        // The first settling of an aggregate leaves a row without a commit.
        let Some(body) = body.filter(|body| !body.is_empty()) else { return Ok((state, None)) };
        let commit = commit.and_then(|id| Id::new(id.cast_unsigned())).ok_or_else(damaged)?;
        let entry = Entry::decode(at_turn.ok_or_else(damaged)?.cast_unsigned(), commit.into(), &body)?;
        Ok((state, Some(entry)))
    }

    /// The turn without a ballot: it may be behind what is decided, never ahead.
    pub(crate) async fn turn(&self) -> Result<u64, Fault> {
        let rows = self
            .connection
            .rows::<(Option<i64>,)>(&self.connection.statements.fence_turn, self.key())
            .await?;
        Ok(rows.first().and_then(|(turn,)| *turn).map_or(0, i64::cast_unsigned))
    }

    /// Takes the turn after `state` with a commit: the journal row, and what the aggregate holds. The journal row of the
    /// commit before goes, since it has been followed.
    pub(crate) async fn commit(&self, state: &State, entry: &Entry, holds: Vec<Hold>) -> Result<bool, Fault> {
        let st = &self.connection.statements;
        let next = state.next(entry.commit);
        let mut parts = vec![self.raise(state, &next)];
        parts.push(self.journal(entry.turn, entry.commit.get(), entry.encode()));
        for Hold { item, held, ttl } in holds {
            parts.push(match held {
                Some(held) => {
                    let values = vec![
                        blob(item),
                        blob(held.body),
                        num(held.until),
                        num(held.ticket.turn),
                        num(held.ticket.commit.get()),
                        int(ttl),
                    ];
                    Write::new(&st.fence_hold, [self.key(), values].concat())
                }
                None => Write::new(&st.fence_drop, [self.key(), vec![blob(item)]].concat()),
            });
        }
        self.connection.transact(parts).await
    }

    fn raise(&self, from: &State, to: &State) -> Write<'a> {
        let st = &self.connection.statements;
        let to = vec![num(to.turn), num(to.version), blob(encode_recent(&to.recent))];
        if from.turn == 0 {
            Write::new(&st.fence_first, [to, self.key()].concat())
        } else {
            Write::new(&st.fence_next, [to, self.key(), vec![num(from.turn)]].concat())
        }
    }

    fn journal(&self, turn: u64, commit: u64, body: Vec<u8>) -> Write<'a> {
        let row = vec![blob(JOURNAL), num(turn), num(commit), blob(body)];
        Write::new(&self.connection.statements.fence_journal, [self.key(), row].concat())
    }

    /// Takes the turn after `turn` without a commit, so that none prepared for it can ever win.
    pub(crate) async fn burn(&self, turn: u64) -> Result<bool, Fault> {
        let st = &self.connection.statements;
        let next = turn + 1;
        if turn > 0 {
            let values = [vec![num(next)], self.key(), vec![num(turn)]].concat();
            return self.connection.transact(vec![Write::new(&st.fence_burn, values)]).await;
        }
        // A partition is found by the row of its journal.
        let row = self.journal(next, 0, Vec::new());
        let raise = self.raise(&State::default(), &State { turn: next, ..State::default() });
        self.connection.transact(vec![raise, row]).await
    }

    /// What the aggregate holds from an item on that begins with a prefix.
    pub(crate) async fn holds(&self, prefix: &[u8]) -> Result<Vec<(Vec<u8>, Held)>, Fault> {
        self.held(blob(prefix), blob(after(prefix))).await
    }

    /// What the aggregate holds under one item.
    pub(crate) async fn hold(&self, item: &[u8]) -> Result<Option<Held>, Fault> {
        let next = [item, &[0]].concat();
        Ok(self.held(blob(item), blob(next)).await?.pop().map(|(_, held)| held))
    }

    async fn held(&self, from: CqlValue, until: CqlValue) -> Result<Vec<(Vec<u8>, Held)>, Fault> {
        let values = [self.key(), vec![from, until]].concat();
        let rows = self.connection.rows::<HeldRow>(&self.connection.statements.held, values).await?;
        read_held(rows)
    }

    /// What the aggregate holds after an item, in the order of the items.
    pub(crate) async fn some_held(
        &self,
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, Held)>, Fault> {
        let limit = int(i32::try_from(limit).unwrap_or(i32::MAX));
        let bounds = vec![blob(after.unwrap_or(&JOURNAL)), blob([SPAN + 1]), limit];
        let values = [self.key(), bounds].concat();
        read_held(self.connection.walk::<HeldRow>(&self.connection.statements.held_some, values).await?)
    }

    /// Everything that the aggregate holds.
    pub(crate) async fn all_held(&self) -> Result<Vec<Vec<u8>>, Fault> {
        let held = self.held(blob([CLAIM]), blob([SPAN + 1])).await?;
        Ok(held.into_iter().map(|(item, _)| item).collect())
    }
}

fn read_held(rows: Vec<HeldRow>) -> Result<Vec<(Vec<u8>, Held)>, Fault> {
    let read = |(item, body, until, turn, commit): HeldRow| {
        let commit = Id::new(commit?.cast_unsigned())?.into();
        let ticket = Ticket { turn: turn?.cast_unsigned(), commit };
        Some((item, Held { body: body.unwrap_or_default(), until: until?.cast_unsigned(), ticket }))
    };
    rows.into_iter().map(read).collect::<Option<_>>().ok_or_else(|| Fault::damaged("a claim in a fence"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_commits_read_back_and_the_oldest_go() {
        let mut state = State::default();
        for number in 1..=100 {
            state = state.next(Id::new(number).unwrap().into());
        }
        assert_eq!(state.recent.len(), RECENT);
        assert_eq!(decode_recent(&encode_recent(&state.recent)).unwrap(), state.recent);
        assert_eq!(state.made_by(Id::new(100).unwrap().into()), Some(100));
        assert_eq!(state.made_by(Id::new(1).unwrap().into()), None);
    }

    #[test]
    fn items_name_what_they_are_about() {
        assert_eq!(read_item(&claim_item(b"abc")).unwrap(), (b"abc".to_vec(), false));
        assert_eq!(read_item(&span_item(b"abc", 7)).unwrap(), (b"abc".to_vec(), true));
        assert_eq!(read_item(&JOURNAL), None);
        assert!(span_item(b"abc", u64::MAX) < after(&spans_item(b"abc")));
        assert!(!span_item(b"abd", 0).starts_with(&spans_item(b"abc")));
    }
}
