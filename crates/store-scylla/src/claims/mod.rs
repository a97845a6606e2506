//! Claims and spans: what may have one owner only.
//!
//! **A claim's row is a pointer, its owner's fence the truth.** The row names the aggregate that may hold the claim and
//! the commit that reserved it; whether it does, a row in that aggregate's own fence says, put and dropped by the very
//! transaction that decides the commit. So a commit takes and gives back all its claims at once, and nothing has to be
//! confirmed. Whoever meets another's pointer asks that fence: if the turn of the reservation has passed, the fence's
//! answer is final; if it has not, the finder waits a little and then takes the turn himself, and the other commit
//! reserves anew.
//!
//! **Why no claim has two owners.** A row in a fence begins only with a transaction whose turn is that of a pointer
//! which names the aggregate, and a pointer is taken from an aggregate only when its turn has passed and its fence holds
//! nothing: both compare the pointer exactly as it was read. A claim that may lapse is reserved anew each time it is
//! prolonged, since it may be another's by then.
//!
//! **Spans** are pointers too, a row for each reservation, written plainly and never again. A commit writes its pointers
//! at a quorum and then reads those of others at a quorum: so of two commits that want overlapping spans at least one
//! sees the other, and asks that one's fence as above before it goes to its own. That costs no transaction, where two
//! seldom meet.

mod reservation;
mod settling;
mod trial;

pub(crate) use reservation::{Prepared, Reservation, Reserved, drop_loose, prepare, reserve};
pub(crate) use trial::ttl;

use crate::fence::{Fence, Ticket};
use ward_domain::id::Id;
use ward_domain::record::{AggregateKind, ClaimKey};
use ward_store::AggregateRef;

/// A commit that another claim stands in the way of.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub(crate) key: ClaimKey,
    pub(crate) owner: AggregateRef,
}

/// What a row of a claim or of a span says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pointer {
    pub(crate) owner: AggregateRef,
    pub(crate) ticket: Ticket,
}

impl Pointer {
    /// From its columns.
    pub(crate) fn read(kind: i32, id: i64, turn: i64, commit: i64) -> Option<Self> {
        let kind = AggregateKind::from_code(u8::try_from(kind).ok()?)?;
        let owner = AggregateRef { kind, id: Id::new(id.cast_unsigned())? };
        let ticket = Ticket { turn: turn.cast_unsigned(), commit: Id::new(commit.cast_unsigned())?.into() };
        Some(Self { owner, ticket })
    }

    /// Its columns.
    pub(crate) fn values(&self) -> Vec<scylla::value::CqlValue> {
        use crate::value::{int, num};
        vec![
            int(self.owner.kind.code().into()),
            num(self.owner.id.get()),
            num(self.ticket.turn),
            num(self.ticket.commit.get()),
        ]
    }
}

/// Another aggregate's fence in the same space.
fn fence_of<'a>(fence: &Fence<'a>, owner: AggregateRef) -> Fence<'a> {
    Fence { aggregate: owner, ..*fence }
}
