//! Reserving what a commit wants to claim, before its fence.

use super::settling::{is_pending, settle};
use super::trial::{Trial, items};
use super::{Pointer, Taken};
use crate::connection::{Connection, Write};
use crate::fault::Fault;
use crate::fence::{Fence, Held, Hold, State, Ticket, claim_item, span_item};
use crate::house::House;
use crate::value::{blob, int, signed, unsigned};
use scylla::value::CqlValue;
use std::collections::BTreeMap;
use std::time::Duration;
use ward_domain::record::ClaimKey;
use ward_domain::time::Time;
use ward_store::Commit;

/// What a commit carries through its fence.
pub(crate) struct Reservation {
    pub(crate) holds: Vec<Hold>,
    /// Pointers of its own to be dropped once the commit stands.
    pub(crate) loose: Vec<(ClaimKey, Ticket)>,
    /// Pointers to spans, whoever's, that nothing stands on.
    pub(crate) dead: Vec<(ClaimKey, SpanPointer)>,
}

/// How reserving ended.
pub(crate) enum Reserved {
    /// All of it is this commit's, as soon as it wins its turn.
    Granted(Reservation),
    /// Something is another's, or a span of its own is in the way; true if something else was reserved before that was
    /// found, and this turn must be given up.
    Taken(Taken, bool),
    /// Another process reserves for the same aggregate: this turn must be given up.
    Again,
    /// Another goes first: this turn was given up.
    Yielded,
}

enum Step {
    Granted,
    Taken(Taken),
    Again,
}

/// A commit's claims, tried on what was looked up of its aggregate's own: nothing of them is written yet.
pub(crate) enum Prepared {
    Ready(Box<Trial>),
    Taken(Taken),
}

/// Tries a commit's claims on what its aggregate holds, for the turn after `state`; spans that are only taken come later.
pub(crate) async fn prepare(fence: &Fence<'_>, state: &State, commit: &Commit) -> Result<Prepared, Fault> {
    let (claims, spans) = items(commit);
    let mut before = BTreeMap::new();
    let one = async |item: Vec<u8>| Ok::<_, Fault>((fence.hold(&item).await?, item));
    for (held, item) in Connection::each(claims, one).await? {
        before.extend(held.map(|held| (item, held)));
    }
    for held in Connection::each(spans.clone(), async |prefix: Vec<u8>| fence.holds(&prefix).await).await? {
        before.extend(held);
    }
    let ticket = Ticket { turn: state.turn + 1, commit: commit.id };
    let mut trial = Box::new(Trial::new(commit, ticket, before, spans));
    for op in &commit.claims {
        if let Err(taken) = trial.apply(op) {
            return Ok(Prepared::Taken(taken));
        }
    }
    Ok(Prepared::Ready(trial))
}

/// Reserves everything that a commit takes. `along` is to be written before anything is reserved.
pub(crate) async fn reserve<'a>(
    house: &House,
    fence: &Fence<'a>,
    trial: Box<Trial>,
    commit: &Commit,
    mut along: Vec<Write<'a>>,
    patience: Duration,
) -> Result<Reserved, Fault> {
    let office = Office {
        fence,
        turn: trial.ticket.turn - 1,
        at: commit.at,
        patience,
        mine: Pointer { owner: commit.aggregate, ticket: trial.ticket },
    };
    let connection = fence.connection;
    let mut begun = false;
    if !trial.claims.is_empty() {
        house.before.write(connection, std::mem::take(&mut along)).await?;
        house.options.reach("intended");
        // In the order of keys, so that two commits do not wait for each other.
        for (key, ttl) in &trial.claims {
            match office.claim(key, *ttl).await? {
                Step::Granted => begun = true,
                Step::Taken(taken) => return Ok(Reserved::Taken(taken, begun)),
                Step::Again => return Ok(Reserved::Again),
            }
        }
    }
    // Spans come after all claims: whoever waits for one waits for no claim of his own.
    for (key, wanted) in &trial.spans {
        along.extend(wanted.iter().map(|(starts, ends)| office.put(key, *starts, *ends)));
    }
    house.before.write(connection, along).await?;
    if trial.claims.is_empty() {
        house.options.reach("intended");
    }
    let mut dead = Vec::new();
    let found =
        Connection::each(trial.spans.keys().cloned(), async |key: ClaimKey| office.read_spans(&key).await)
            .await?;
    for ((key, wanted), found) in trial.spans.iter().zip(found) {
        let step = office.spans((key, wanted), found, &trial, &mut dead).await?;
        if matches!(step, Step::Granted) {
            continue;
        }
        // Nobody shall have to look at what can come to nothing any more.
        fence.burn(office.turn).await?;
        house.forget(fence);
        let others = dead.iter().map(|(key, span)| span_drop(fence, key, span.starts, &span.pointer));
        connection.write_all(office.drops(&trial).into_iter().chain(others).collect()).await?;
        return Ok(match step {
            Step::Taken(taken) => Reserved::Taken(taken, false),
            _ => Reserved::Yielded,
        });
    }
    let Trial { after, loose, loose_spans, .. } = *trial;
    let holds = after.into_iter().map(|(item, (held, ttl))| Hold { item, held, ttl }).collect();
    let released = loose_spans.into_iter().map(|(key, starts, ticket)| {
        (key, SpanPointer { starts, ends: starts, pointer: Pointer { ticket, ..office.mine } })
    });
    dead.extend(released);
    Ok(Reserved::Granted(Reservation { holds, loose: loose.into_iter().collect(), dead }))
}

type SpanRow = (i64, i64, i32, i64, i64, i64);

/// A pointer among the spans of a key.
pub(crate) struct SpanPointer {
    starts: u64,
    ends: u64,
    pointer: Pointer,
}

struct Office<'a, 'b> {
    fence: &'b Fence<'a>,
    /// The turn that has passed.
    turn: u64,
    at: Time,
    patience: Duration,
    mine: Pointer,
}

impl<'a> Office<'a, '_> {
    fn key(&self, key: &ClaimKey) -> Vec<CqlValue> {
        vec![self.fence.space.key(), blob(key.bytes())]
    }

    fn put(&self, key: &ClaimKey, starts: u64, ends: u64) -> Write<'a> {
        let place = [self.key(key), vec![num_sort(starts)], self.mine.values(), vec![num_sort(ends)]];
        Write::new(&self.fence.connection.statements.span_put, place.concat())
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

    fn drops(&self, trial: &Trial) -> Vec<Write<'a>> {
        let spans =
            trial.spans.iter().flat_map(|(key, wanted)| wanted.keys().map(move |starts| (key, *starts)));
        spans.map(|(key, starts)| span_drop(self.fence, key, starts, &self.mine)).collect()
    }

    /// Looks at who else wants these spans, or has one of them already, by the pointers that were found once this commit's
    /// own stood.
    ///
    /// Of two commits at least one sees the other here, since each looks after it has written. Where both do, the one with
    /// the smaller id goes first: the other gives its turn up, and waits.
    async fn spans(
        &self,
        (key, wanted): (&ClaimKey, &BTreeMap<u64, u64>),
        found: Vec<SpanPointer>,
        trial: &Trial,
        dead: &mut Vec<(ClaimKey, SpanPointer)>,
    ) -> Result<Step, Fault> {
        let overlaps =
            |starts: u64, ends: u64| wanted.iter().any(|(from, until)| starts < *until && *from < ends);
        let mut others = Vec::new();
        for span in found {
            if span.pointer == self.mine || !overlaps(span.starts, span.ends) {
                continue;
            }
            if span.pointer.owner != self.mine.owner {
                others.push(span);
                continue;
            }
            if span.pointer.ticket.turn > self.turn {
                return Ok(Step::Again);
            }
            let item = span_item(key.bytes(), span.starts);
            let held = if trial.knows(key) {
                trial.before.get(&item).cloned()
            } else {
                let held = self.fence.hold(&item).await?;
                if held.as_ref().is_some_and(|held| overlaps(span.starts, held.until)) {
                    return Ok(Step::Taken(Taken { key: key.clone(), owner: self.mine.owner }));
                }
                held
            };
            if held.is_none_or(|held| held.ticket != span.pointer.ticket) {
                dead.push((key.clone(), span));
            }
        }
        // The smallest first: of many who want one span each but the first looks at one other, and waits for that.
        others.sort_by_key(|span| span.pointer.ticket.commit);
        for span in others {
            let first = span.pointer.ticket.commit < self.mine.ticket.commit
                && is_pending(self.fence, &span.pointer).await?;
            if first {
                self.fence.burn(self.turn).await?;
            }
            if let Some(taken) = self.settle_span(key, span, overlaps, dead).await? {
                return Ok(Step::Taken(taken));
            }
            if first {
                return Ok(Step::Again);
            }
        }
        Ok(Step::Granted)
    }

    /// Finds out what a pointer came to. Gives who has the span, if it is held and in the way.
    async fn settle_span(
        &self,
        key: &ClaimKey,
        span: SpanPointer,
        overlaps: impl Fn(u64, u64) -> bool,
        dead: &mut Vec<(ClaimKey, SpanPointer)>,
    ) -> Result<Option<Taken>, Fault> {
        let item = span_item(key.bytes(), span.starts);
        // An older span that begins there and is not in the way says nothing of what this pointer may come to.
        let stands = |held: &Held| held.ticket == span.pointer.ticket || overlaps(span.starts, held.until);
        let held = settle(self.fence, &span.pointer, &item, stands, self.patience).await?;
        if held.as_ref().is_some_and(|held| overlaps(span.starts, held.until)) {
            return Ok(Some(Taken { key: key.clone(), owner: span.pointer.owner }));
        }
        if held.is_none_or(|held| held.ticket != span.pointer.ticket) {
            dead.push((key.clone(), span));
        }
        Ok(None)
    }

    async fn read_spans(&self, key: &ClaimKey) -> Result<Vec<SpanPointer>, Fault> {
        let connection = self.fence.connection;
        let rows = connection.rows::<SpanRow>(&connection.statements.spans, self.key(key)).await?;
        let read = |(starts, ends, kind, id, turn, commit): SpanRow| {
            let pointer = Pointer::read(kind, id, turn, commit)?;
            Some(SpanPointer { starts: unsigned(starts), ends: unsigned(ends), pointer })
        };
        rows.into_iter().map(read).collect::<Option<_>>().ok_or_else(|| Fault::damaged("a span"))
    }
}

/// A sort key in a column whose order counts.
const fn num_sort(sort: u64) -> CqlValue {
    crate::value::big(signed(sort))
}

/// Drops pointers that nothing stands on any more. What is lost here is found and settled by the next who wants it.
pub(crate) async fn drop_loose(fence: &Fence<'_>, reservation: Reservation) -> Result<(), Fault> {
    let connection = fence.connection;
    let spans = reservation.dead.iter().map(|(key, span)| span_drop(fence, key, span.starts, &span.pointer));
    connection.write_all(spans.collect()).await?;
    let one = async |(key, ticket): (ClaimKey, Ticket)| {
        let pointer = Pointer { owner: fence.aggregate, ticket };
        let values = [vec![fence.space.key(), blob(key.bytes())], pointer.values()].concat();
        connection.transact(vec![Write::new(&connection.statements.claim_drop, values)]).await
    };
    Connection::each(reservation.loose, one).await.map(|_| ())
}

fn span_drop<'a>(fence: &Fence<'a>, key: &ClaimKey, starts: u64, pointer: &Pointer) -> Write<'a> {
    let place = vec![fence.space.key(), blob(key.bytes()), num_sort(starts)];
    Write::new(&fence.connection.statements.span_drop, [place, pointer.values()].concat())
}
