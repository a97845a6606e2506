//! Reserving what a commit wants to claim, before its fence.

use super::settling::settle;
use super::trial::{Trial, items};
use super::{Pointer, Taken};
use crate::connection::{Connection, Write};
use crate::fault::Fault;
use crate::fence::{Fence, Hold, State, Ticket, claim_item, span_item};
use crate::value::{blob, int, num, signed, unsigned};
use scylla::value::CqlValue;
use std::collections::BTreeMap;
use std::time::Duration;
use ward_domain::record::ClaimKey;
use ward_domain::time::Time;
use ward_store::Commit;

/// What a commit carries through its fence.
pub(crate) struct Reservation {
    pub(crate) holds: Vec<Hold>,
    /// Pointers to be dropped once the commit stands.
    pub(crate) loose: Vec<(ClaimKey, Ticket)>,
}

/// How reserving ended.
pub(crate) enum Reserved {
    /// All of it is this commit's, as soon as it wins its turn.
    Granted(Reservation),
    /// Something is another's; true if something else was reserved before that was found.
    Taken(Taken, bool),
    /// Another process reserves for the same aggregate: this turn must be given up.
    Again,
}

enum Step {
    Granted,
    Taken(Taken),
    Again,
}

/// Reserves everything that a commit takes, for the turn after `state`.
pub(crate) async fn reserve(
    fence: &Fence<'_>,
    state: &State,
    commit: &Commit,
    patience: Duration,
) -> Result<Reserved, Fault> {
    if commit.claims.is_empty() {
        return Ok(Reserved::Granted(Reservation { holds: Vec::new(), loose: Vec::new() }));
    }
    let (claims, spans) = items(commit);
    let mut before = BTreeMap::new();
    let one = async |item: Vec<u8>| Ok::<_, Fault>((fence.hold(&item).await?, item));
    for (held, item) in Connection::each(claims, one).await? {
        before.extend(held.map(|held| (item, held)));
    }
    for held in Connection::each(spans, async |prefix: Vec<u8>| fence.holds(&prefix).await).await? {
        before.extend(held);
    }
    let ticket = Ticket { turn: state.turn + 1, commit: commit.id };
    let mut trial = Trial::new(commit, ticket, before);
    for op in &commit.claims {
        if let Err(taken) = trial.apply(op) {
            return Ok(Reserved::Taken(taken, false));
        }
    }
    let office = Office {
        fence,
        turn: state.turn,
        at: commit.at,
        patience,
        mine: Pointer { owner: commit.aggregate, ticket },
    };
    // In the order of keys, so that two commits do not wait for each other.
    let mut begun = false;
    for (key, ttl) in &trial.claims {
        match office.claim(key, *ttl).await? {
            Step::Granted => begun = true,
            Step::Taken(taken) => return Ok(Reserved::Taken(taken, begun)),
            Step::Again => return Ok(Reserved::Again),
        }
    }
    for (key, wanted) in &trial.spans {
        match office.spans(key, wanted, &trial).await? {
            Step::Granted => begun = true,
            Step::Taken(taken) => return Ok(Reserved::Taken(taken, begun)),
            Step::Again => return Ok(Reserved::Again),
        }
    }
    let holds = trial.after.into_iter().map(|(item, (held, ttl))| Hold { item, held, ttl }).collect();
    Ok(Reserved::Granted(Reservation { holds, loose: trial.loose.into_iter().collect() }))
}

type SpanRow = (Option<i64>, Option<i64>, Option<i64>, Option<i32>, Option<i64>, Option<i64>, Option<i64>);

/// A pointer among the spans of a key.
struct SpanPointer {
    starts: u64,
    ends: u64,
    pointer: Pointer,
}

struct Office<'a> {
    fence: &'a Fence<'a>,
    /// The turn that has passed.
    turn: u64,
    at: Time,
    patience: Duration,
    mine: Pointer,
}

impl Office<'_> {
    fn key(&self, key: &ClaimKey) -> Vec<CqlValue> {
        vec![self.fence.space.key(), blob(key.bytes())]
    }

    async fn claim(&self, key: &ClaimKey, ttl: i32) -> Result<Step, Fault> {
        let connection = self.fence.connection;
        let st = &connection.statements;
        let set = || [vec![int(ttl)], self.mine.values(), self.key(key)].concat();
        loop {
            if connection.transact(vec![Write::new(&st.claim_reserve, set())]).await? {
                return Ok(Step::Granted);
            }
            let rows = connection.rows::<(i32, i64, i64, i64)>(&st.claim_serial, self.key(key)).await?;
            let Some((kind, id, turn, commit)) = rows.first().copied() else { continue };
            let found = Pointer::read(kind, id, turn, commit).ok_or_else(|| Fault::damaged("a claim"))?;
            if found == self.mine {
                return Ok(Step::Granted);
            }
            if found.owner == self.mine.owner {
                if found.ticket.turn > self.turn {
                    return Ok(Step::Again);
                }
            } else {
                let now = self.at.sort_key();
                let item = claim_item(key.bytes());
                let held = settle(self.fence, &found, &item, |held| held.until > now, self.patience).await?;
                if held.is_some_and(|held| held.until > now) {
                    return Ok(Step::Taken(Taken { key: key.clone(), owner: found.owner }));
                }
            }
            let values = [set(), found.values()].concat();
            if connection.transact(vec![Write::new(&st.claim_move, values)]).await? {
                return Ok(Step::Granted);
            }
        }
    }

    async fn spans(&self, key: &ClaimKey, wanted: &BTreeMap<u64, u64>, trial: &Trial) -> Result<Step, Fault> {
        let connection = self.fence.connection;
        let st = &connection.statements;
        let put = |starts: u64, ends: u64| {
            let span = vec![num_sort(starts), num_sort(ends)];
            Write::new(&st.span_put, [self.key(key), span, self.mine.values()].concat())
        };
        // Most patients have one appointment a day: the first needs no look at the others.
        let mut parts = vec![Write::new(&st.spans_first, self.key(key))];
        parts.extend(wanted.iter().map(|(starts, ends)| put(*starts, *ends)));
        loop {
            if connection.transact(parts).await? {
                return Ok(Step::Granted);
            }
            let (tick, there) = self.read_spans(key).await?;
            let raise = match tick {
                Some(tick) => {
                    let values = [vec![num(tick + 1)], self.key(key), vec![num(tick)]].concat();
                    Write::new(&st.spans_next, values)
                }
                None => Write::new(&st.spans_first, self.key(key)),
            };
            let mut puts = wanted.clone();
            parts = vec![raise];
            for span in there {
                let overlaps = wanted.iter().any(|(starts, ends)| span.starts < *ends && *starts < span.ends);
                if !overlaps {
                    continue;
                }
                let mut dead = false;
                if span.pointer.owner == self.mine.owner {
                    if span.pointer != self.mine && span.pointer.ticket.turn > self.turn {
                        return Ok(Step::Again);
                    }
                    dead = !trial.before.contains_key(&span_item(key.bytes(), span.starts));
                } else {
                    let item = span_item(key.bytes(), span.starts);
                    let held = settle(self.fence, &span.pointer, &item, |_| true, self.patience).await?;
                    match held {
                        Some(held)
                            if wanted
                                .iter()
                                .any(|(from, until)| span.starts < *until && *from < held.until) =>
                        {
                            let owner = span.pointer.owner;
                            return Ok(Step::Taken(Taken { key: key.clone(), owner }));
                        }
                        Some(_) => {}
                        None => dead = true,
                    }
                }
                match puts.get_mut(&span.starts) {
                    // What is held there may reach further than what is wanted, until this commit stands.
                    Some(ends) if !dead => *ends = (*ends).max(span.ends),
                    None if dead && span.pointer != self.mine => {
                        let values = [self.key(key), vec![num_sort(span.starts)]].concat();
                        parts.push(Write::new(&st.span_drop, values));
                    }
                    _ => {}
                }
            }
            parts.extend(puts.iter().map(|(starts, ends)| put(*starts, *ends)));
        }
    }

    async fn read_spans(&self, key: &ClaimKey) -> Result<(Option<u64>, Vec<SpanPointer>), Fault> {
        let connection = self.fence.connection;
        let rows = connection.rows::<SpanRow>(&connection.statements.spans, self.key(key)).await?;
        let tick = rows.first().and_then(|row| row.0).map(i64::cast_unsigned);
        let mut spans = Vec::new();
        // A partition without spans answers one row without a start.
        for (_, starts, ends, kind, id, turn, commit) in rows {
            let Some(starts) = starts else { continue };
            let read = || {
                let pointer = Pointer::read(kind?, id?, turn?, commit?)?;
                Some(SpanPointer { starts: unsigned(starts), ends: unsigned(ends?), pointer })
            };
            spans.push(read().ok_or_else(|| Fault::damaged("a span"))?);
        }
        Ok((tick, spans))
    }
}

/// A sort key in a column whose order counts.
const fn num_sort(sort: u64) -> CqlValue {
    crate::value::big(signed(sort))
}

/// Drops pointers that nothing stands on any more. What is lost here is found and settled by the next who wants it.
pub(crate) async fn drop_loose(fence: &Fence<'_>, loose: Vec<(ClaimKey, Ticket)>) -> Result<(), Fault> {
    let connection = fence.connection;
    let one = async |(key, ticket): (ClaimKey, Ticket)| {
        let pointer = Pointer { owner: fence.aggregate, ticket };
        let values = [vec![fence.space.key(), blob(key.bytes())], pointer.values()].concat();
        connection.transact(vec![Write::new(&connection.statements.claim_drop, values)]).await
    };
    Connection::each(loose, one).await.map(|_| ())
}
