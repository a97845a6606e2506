//! How keys are spelled. Numbers are big-endian, so that the order of bytes is the order of numbers; every tenant's key
//! begins with the tenant, so that no range of one tenant can reach into another.
//!
//! | table | key | value |
//! |---|---|---|
//! | records | tenant, kind, id | owner, version, body |
//! | aggregates | tenant, kind, id | version, latest commit ids |
//! | rows | tenant, list, eq, sort, id | nothing |
//! | chunks | tenant, list, eq | the list's header; with sort and id of a chunk's first row: its count |
//! | claims | tenant, 0, key | owner, expiry, body |
//! |        | tenant, 1, key, start | owner, end |
//! | outbox | tenant, event | aggregate, time, body |
//! | platform | 0, name | the store's own state: latest group, lease, unfinished import |
//! |          | 1, list, eq, sort, tenant, id | nothing (rows of platform-wide lists, beside the tenant's own) |
//! |          | 2, expiry, tenant, key | nothing (claims by the time they lapse) |
//! |          | 3, tenant | nothing (tenants whose removal has begun) |
//!
//! `eq` and claim keys vary in length: their length goes before them, so that none is the prefix of another.

use crate::value::Reader;
use ward_domain::id::Id;
use ward_domain::record::{ClaimKey, IndexRow, Key, List, RecordKind};
use ward_domain::tenancy::TenantId;
use ward_domain::time::Time;
use ward_store::{AggregateRef, Place};

/// The number of the latest group: the generation of list headers.
pub(crate) const GROUP: &[u8] = &[0, b'g'];
/// The lease on the node number.
pub(crate) const LEASE: &[u8] = &[0, b'l'];
/// There while an import is unfinished.
pub(crate) const IMPORTING: &[u8] = &[0, b'i'];
const WIDE: u8 = 1;
const EXPIRY: u8 = 2;
/// Prefix of the tenants whose removal has begun.
pub(crate) const REMOVALS: &[u8] = &[3];

/// A place in a list: rows are ordered by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Position {
    pub(crate) sort: u64,
    pub(crate) id: u64,
}

impl Position {
    /// Before or at every row.
    pub(crate) const START: Self = Self { sort: 0, id: 0 };

    pub(crate) fn new(sort: u64, id: Id) -> Self {
        Self { sort, id: id.get() }
    }
}

/// Joins parts into one key.
fn key(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

fn sized(bytes: &[u8]) -> Vec<u8> {
    // Lists have at most three equal fields and claim keys at most 40 bytes; both come from our own constructors.
    debug_assert!(bytes.len() < 256, "a key part is too long");
    let mut sized = Vec::with_capacity(bytes.len() + 1);
    sized.push(u8::try_from(bytes.len()).unwrap_or(u8::MAX));
    sized.extend_from_slice(bytes);
    sized
}

pub(crate) fn tenant(tenant: TenantId) -> Vec<u8> {
    tenant.get().to_be_bytes().to_vec()
}

pub(crate) fn record(of: TenantId, kind: RecordKind, id: Id) -> Vec<u8> {
    key(&[&of.get().to_be_bytes(), &[kind.code()], &id.get().to_be_bytes()])
}

pub(crate) fn read_place(bytes: &[u8]) -> Option<Place> {
    let mut key = Reader::new(bytes.get(8..)?);
    Some(Place { kind: RecordKind::from_code(key.u8()?)?, id: key.id()? })
}

pub(crate) fn aggregate(of: TenantId, aggregate: AggregateRef) -> Vec<u8> {
    key(&[&of.get().to_be_bytes(), &[aggregate.kind.code()], &aggregate.id.get().to_be_bytes()])
}

/// What all rows of a list begin with; in the table of chunks it is the header's key.
pub(crate) fn list(of: TenantId, list: List, eq: &Key) -> Vec<u8> {
    key(&[&of.get().to_be_bytes(), &list.code().to_be_bytes(), &sized(eq.bytes())])
}

/// A row of a list, or the first row of a chunk.
pub(crate) fn row(list: &[u8], at: Position) -> Vec<u8> {
    key(&[list, &at.sort.to_be_bytes(), &at.id.to_be_bytes()])
}

/// After every row of a list, and before any other list.
pub(crate) fn list_end(list: &[u8]) -> Vec<u8> {
    key(&[list, &[0xff; 17]])
}

/// The position in a row's key.
pub(crate) fn read_position(row: &[u8]) -> Option<Position> {
    let mut key = Reader::new(row.get(row.len().checked_sub(16)?..)?);
    Some(Position { sort: key.u64()?, id: key.u64()? })
}

/// The platform-wide twin of a tenant's row, if its list has one.
pub(crate) fn twin(row: &[u8]) -> Option<Vec<u8>> {
    let (of, rest) = row.split_at_checked(8)?;
    let list = List::from_code(u16::from_be_bytes([*rest.first()?, *rest.get(1)?]))?;
    if !list.platform_wide() {
        return None;
    }
    let (head, id) = rest.split_at_checked(rest.len().checked_sub(8)?)?;
    Some(key(&[&[WIDE], head, of, id]))
}

/// Platform-wide rows of a list from a sort key on.
pub(crate) fn wide(list: List, eq: &Key, sort: u64) -> Vec<u8> {
    key(&[&[WIDE], &list.code().to_be_bytes(), &sized(eq.bytes()), &sort.to_be_bytes()])
}

/// Tenant and place of a platform-wide row.
pub(crate) fn read_wide(bytes: &[u8]) -> Option<(u64, TenantId, Id)> {
    let mut key = Reader::new(bytes.get(bytes.len().checked_sub(24)?..)?);
    Some((key.u64()?, TenantId::from_number(key.u64()?), key.id()?))
}

pub(crate) fn claim(of: TenantId, claim: &ClaimKey) -> Vec<u8> {
    key(&[&of.get().to_be_bytes(), &[0], &sized(claim.bytes())])
}

/// True for a claim, false for a span.
pub(crate) fn is_claim(bytes: &[u8]) -> bool {
    bytes.get(8) == Some(&0)
}

/// What all spans under a key begin with.
pub(crate) fn spans(of: TenantId, claim: &ClaimKey) -> Vec<u8> {
    key(&[&of.get().to_be_bytes(), &[1], &sized(claim.bytes())])
}

pub(crate) fn span(spans: &[u8], start: Time) -> Vec<u8> {
    key(&[spans, &start.sort_key().to_be_bytes()])
}

/// The start of a span, as a sort key.
pub(crate) fn read_span_start(bytes: &[u8]) -> Option<u64> {
    Reader::new(bytes.get(bytes.len().checked_sub(8)?..)?).u64()
}

/// Lists a claim under the sort key of the time it lapses.
pub(crate) fn expiry(expires: u64, claim: &[u8]) -> Vec<u8> {
    key(&[&[EXPIRY], &expires.to_be_bytes(), claim])
}

/// When a claim lapses (as a sort key), and its key.
pub(crate) fn read_expiry(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut key = Reader::new(bytes.get(1..)?);
    Some((key.u64()?, key.rest()))
}

pub(crate) fn event(of: TenantId, id: u64) -> Vec<u8> {
    key(&[&of.get().to_be_bytes(), &id.to_be_bytes()])
}

pub(crate) fn read_tenant(bytes: &[u8]) -> Option<TenantId> {
    Reader::new(bytes).u64().map(TenantId::from_number)
}

pub(crate) fn removal(of: TenantId) -> Vec<u8> {
    key(&[REMOVALS, &of.get().to_be_bytes()])
}

/// The row in a key, and the document it names.
pub(crate) fn read_row(bytes: &[u8]) -> Option<(IndexRow, Id)> {
    let mut key = Reader::new(bytes.get(8..)?);
    let list = List::from_code(u16::from_be_bytes([key.u8()?, key.u8()?]))?;
    let (eq, rest) = split_sized(key.rest())?;
    let mut rest = Reader::new(rest);
    let (sort, id) = (rest.u64()?, rest.id()?);
    rest.is_empty().then(|| (IndexRow { list, eq: Key::from_bytes(eq), sort }, id))
}

/// The claim key in the key of a claim or span, and what follows it.
pub(crate) fn read_claim(bytes: &[u8]) -> Option<(ClaimKey, &[u8])> {
    let (claim, rest) = split_sized(bytes.get(9..)?)?;
    Some((ClaimKey::from_bytes(claim), rest))
}

/// The aggregate in the key of its version.
pub(crate) fn read_aggregate(bytes: &[u8]) -> Option<AggregateRef> {
    Reader::new(bytes.get(8..)?).aggregate()
}

fn split_sized(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first()?;
    rest.split_at_checked(usize::from(*length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_list_is_the_prefix_of_another() {
        let of = TenantId::from_number(7);
        let keys = [Key::all(), Key::of(0), Key::of(1), Key::of(0).and(0), Key::hash(&[9; 16])];
        for (i, one) in keys.iter().enumerate() {
            for (j, other) in keys.iter().enumerate() {
                let (one, other) = (list(of, List::Users, one), list(of, List::Users, other));
                assert_eq!(other.starts_with(&one), i == j, "{i} {j}");
            }
        }
    }

    #[test]
    fn a_row_and_its_twin_read_back() {
        let (of, id) = (TenantId::from_number(9), Id::new(77).unwrap());
        let row_key = row(&list(of, List::MessagesDue, &Key::all()), Position::new(5, id));
        assert_eq!(read_position(&row_key), Some(Position { sort: 5, id: 77 }));
        let read = IndexRow { list: List::MessagesDue, eq: Key::all(), sort: 5 };
        assert_eq!(read_row(&row_key), Some((read, id)));
        assert_eq!(read_wide(&twin(&row_key).unwrap()), Some((5, of, id)));
        assert!(twin(&row_key).unwrap().starts_with(&wide(List::MessagesDue, &Key::all(), 5)));
        assert_eq!(twin(&row(&list(of, List::Users, &Key::all()), Position::new(5, id))), None);
    }
}
