//! How records are spelled: a tag, the length of what follows, and that. Numbers are big-endian; an aggregate is its
//! kind's code and its id; times are Unix milliseconds; what varies in length stands last, or has its length before it.

use crate::tally::{Counts, Tally};
use ward_domain::id::{CommitId, EventId, Id};
use ward_domain::record::{AggregateKind, ClaimKey, IndexRow, Key, List, RecordKind};
use ward_domain::tenancy::TenantId;
use ward_domain::time::Time;
use ward_store::moving::{AggregateState, HeldClaim, HeldSpan, Item};
use ward_store::{AggregateRef, OutboxEvent, Place, RawBody, StoredEvent};

const OPENING: u8 = 1;
const TENANT: u8 = 2;
const AGGREGATE: u8 = 10;
const DOCUMENT: u8 = 11;
const ROW: u8 = 12;
const CLAIM: u8 = 13;
const SPAN: u8 = 14;
const EVENT: u8 = 15;
const SUMMARY: u8 = 20;
const END: u8 = 21;

/// One record of a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Record {
    /// The first one.
    Opening {
        /// When the backup was made.
        made_at: Time,
        /// The store's [`ward_store::Snapshot::floor`].
        floor: Time,
        /// Which master key the house is sealed under.
        master: [u8; 16],
        /// The program that wrote it.
        program: String,
    },
    /// What follows is this tenant's.
    Tenant(TenantId),
    Item(Item),
    /// The manifest: what there was of a tenant.
    Summary(TenantId, Tally),
    /// The last one: how many tenants, and how many items in all.
    End(u64, u64),
}

/// Spells a record.
pub(crate) fn record(record: &Record, into: &mut Vec<u8>) {
    match record {
        Record::Opening { made_at, floor, master, program } => {
            tagged(OPENING, into, |into| {
                time(*made_at, into);
                time(*floor, into);
                into.extend_from_slice(master);
                into.extend_from_slice(program.as_bytes());
            });
        }
        Record::Tenant(tenant) => tagged(TENANT, into, |into| number(tenant.get(), into)),
        Record::Item(one) => item(one, into),
        Record::Summary(tenant, tally) => tagged(SUMMARY, into, |into| {
            number(tenant.get(), into);
            for count in tally.counts.numbers().into_iter().chain(tally.digest) {
                number(count, into);
            }
        }),
        Record::End(tenants, items) => tagged(END, into, |into| {
            number(*tenants, into);
            number(*items, into);
        }),
    }
}

/// Spells an item.
pub(crate) fn item(item: &Item, into: &mut Vec<u8>) {
    match item {
        Item::Aggregate(AggregateState { aggregate, version, commits }) => tagged(AGGREGATE, into, |into| {
            owner(*aggregate, into);
            number(*version, into);
            for commit in commits {
                number(commit.get(), into);
            }
        }),
        Item::Document(RawBody { place, aggregate, version, body }) => tagged(DOCUMENT, into, |into| {
            into.push(place.kind.code());
            number(place.id.get(), into);
            owner(*aggregate, into);
            number(*version, into);
            into.extend_from_slice(body);
        }),
        Item::Row { row, id } => tagged(ROW, into, |into| {
            into.extend_from_slice(&row.list.code().to_be_bytes());
            number(row.sort, into);
            number(id.get(), into);
            into.extend_from_slice(row.eq.bytes());
        }),
        Item::Claim(HeldClaim { key, owner: by, body, expires }) => tagged(CLAIM, into, |into| {
            sized(key.bytes(), into);
            owner(*by, into);
            into.push(u8::from(expires.is_some()));
            time(expires.unwrap_or_default(), into);
            into.extend_from_slice(body);
        }),
        Item::Span(HeldSpan { key, owner: by, start, end }) => tagged(SPAN, into, |into| {
            sized(key.bytes(), into);
            owner(*by, into);
            time(*start, into);
            time(*end, into);
        }),
        Item::Event(StoredEvent { aggregate, event }) => tagged(EVENT, into, |into| {
            owner(*aggregate, into);
            number(event.id.get(), into);
            time(event.at, into);
            into.extend_from_slice(&event.body);
        }),
    }
}

fn tagged(tag: u8, into: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    into.push(tag);
    let at = into.len();
    into.extend_from_slice(&[0; 4]);
    write(into);
    // A body is at most some MiB: a store's largest commit.
    let length = u32::try_from(into.len() - at - 4).unwrap_or(u32::MAX);
    into[at..at + 4].copy_from_slice(&length.to_be_bytes());
}

fn number(number: u64, into: &mut Vec<u8>) {
    into.extend_from_slice(&number.to_be_bytes());
}

fn time(time: Time, into: &mut Vec<u8>) {
    into.extend_from_slice(&time.millis().to_be_bytes());
}

fn owner(owner: AggregateRef, into: &mut Vec<u8>) {
    into.push(owner.kind.code());
    number(owner.id.get(), into);
}

/// A claim's key: at most 40 bytes.
fn sized(bytes: &[u8], into: &mut Vec<u8>) {
    into.push(u8::try_from(bytes.len()).unwrap_or(u8::MAX));
    into.extend_from_slice(bytes);
}

/// Takes the first record off a chunk, with its bytes; `None` where it does not read.
pub(crate) fn take<'a>(chunk: &mut &'a [u8]) -> Option<(Record, &'a [u8])> {
    let whole = *chunk;
    let (tag, rest) = whole.split_first()?;
    let (length, rest) = rest.split_first_chunk()?;
    let (body, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    *chunk = rest;
    Some((read(*tag, body)?, &whole[..whole.len() - rest.len()]))
}

fn read(tag: u8, body: &[u8]) -> Option<Record> {
    let mut from = Bytes(body);
    let record = match tag {
        OPENING => Record::Opening {
            made_at: from.time()?,
            floor: from.time()?,
            master: *from.array()?,
            program: String::from_utf8(from.rest().to_vec()).ok()?,
        },
        TENANT => Record::Tenant(TenantId::from_number(from.number()?)),
        AGGREGATE => {
            let (aggregate, version) = (from.owner()?, from.number()?);
            let mut commits = Vec::new();
            while !from.0.is_empty() {
                commits.push(CommitId::from(from.id()?));
            }
            Record::Item(Item::Aggregate(AggregateState { aggregate, version, commits }))
        }
        DOCUMENT => {
            let place = Place { kind: RecordKind::from_code(from.byte()?)?, id: from.id()? };
            let (aggregate, version) = (from.owner()?, from.number()?);
            Record::Item(Item::Document(RawBody { place, aggregate, version, body: from.rest().to_vec() }))
        }
        ROW => {
            let list = List::from_code(u16::from_be_bytes(*from.array()?))?;
            let (sort, id) = (from.number()?, from.id()?);
            let row = IndexRow { list, eq: Key::from_bytes(from.rest()), sort };
            Record::Item(Item::Row { row, id })
        }
        CLAIM => {
            let (key, owner, lapses) = (from.claim()?, from.owner()?, from.byte()? == 1);
            let expires = Some(from.time()?).filter(|_| lapses);
            Record::Item(Item::Claim(HeldClaim { key, owner, body: from.rest().to_vec(), expires }))
        }
        SPAN => {
            let (key, owner) = (from.claim()?, from.owner()?);
            Record::Item(Item::Span(HeldSpan { key, owner, start: from.time()?, end: from.time()? }))
        }
        EVENT => {
            let (aggregate, id, at) = (from.owner()?, EventId::from(from.id()?), from.time()?);
            let event = OutboxEvent { id, at, body: from.rest().to_vec() };
            Record::Item(Item::Event(StoredEvent { aggregate, event }))
        }
        SUMMARY => {
            let tenant = TenantId::from_number(from.number()?);
            let (mut counts, mut digest) = ([0; 6], [0; 4]);
            for number in counts.iter_mut().chain(&mut digest) {
                *number = from.number()?;
            }
            Record::Summary(tenant, Tally { counts: Counts::of(counts), digest })
        }
        END => Record::End(from.number()?, from.number()?),
        _ => return None,
    };
    from.0.is_empty().then_some(record)
}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn array<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(head)
    }

    fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| *byte)
    }

    fn number(&mut self) -> Option<u64> {
        self.array().map(|bytes| u64::from_be_bytes(*bytes))
    }

    fn id(&mut self) -> Option<Id> {
        self.number().and_then(Id::new)
    }

    fn time(&mut self) -> Option<Time> {
        self.array().map(|bytes| Time::from_millis(i64::from_be_bytes(*bytes)))
    }

    fn owner(&mut self) -> Option<AggregateRef> {
        Some(AggregateRef { kind: AggregateKind::from_code(self.byte()?)?, id: self.id()? })
    }

    fn claim(&mut self) -> Option<ClaimKey> {
        let length = usize::from(self.byte()?);
        let (key, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(ClaimKey::from_bytes(key))
    }

    fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }
}
