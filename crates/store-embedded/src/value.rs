//! How values are spelled: a fixed head, then the body as it came.

use ward_domain::id::{CommitId, EventId, Id};
use ward_domain::record::{AggregateKind, RecordKind};
use ward_domain::time::Time;
use ward_store::{AggregateRef, OutboxEvent, Stored, StoredEvent, Version};

/// Reads numbers from the front of bytes; `None` where they end too early or mean nothing.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*head))
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_be_bytes(*head))
    }

    pub(crate) fn id(&mut self) -> Option<Id> {
        self.u64().and_then(Id::new)
    }

    pub(crate) fn aggregate(&mut self) -> Option<AggregateRef> {
        Some(AggregateRef { kind: AggregateKind::from_code(self.u8()?)?, id: self.id()? })
    }

    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.0
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn with_owner(owner: AggregateRef, more: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(9 + more);
    bytes.push(owner.kind.code());
    bytes.extend_from_slice(&owner.id.get().to_be_bytes());
    bytes
}

/// The number of commits whose ids an aggregate remembers.
pub(crate) const REMEMBERED: usize = 16;

/// An aggregate's version and the commits that made the latest of them, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fence {
    pub(crate) version: Version,
    latest: Vec<u64>,
}

impl Fence {
    /// The version that a remembered commit made.
    pub(crate) fn made_by(&self, commit: CommitId) -> Option<Version> {
        let back = self.latest.iter().rev().position(|id| *id == commit.get())?;
        self.version.checked_sub(u64::try_from(back).ok()?)
    }

    /// The fence after one more commit.
    pub(crate) fn next(mut self, commit: CommitId) -> Self {
        self.version += 1;
        if self.latest.len() == REMEMBERED {
            self.latest.remove(0);
        }
        self.latest.push(commit.get());
        self
    }

    /// The remembered commits, oldest first.
    pub(crate) fn commits(&self) -> impl Iterator<Item = CommitId> + '_ {
        self.latest.iter().filter_map(|number| Id::new(*number)).map(CommitId::from)
    }

    /// As it stood in another store.
    pub(crate) fn restored(version: Version, commits: &[CommitId]) -> Self {
        let known = commits.len().saturating_sub(REMEMBERED);
        Self { version, latest: commits[known..].iter().map(|id| id.get()).collect() }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let numbers = std::iter::once(&self.version).chain(&self.latest);
        numbers.flat_map(|number| number.to_be_bytes()).collect()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut value = Reader::new(bytes);
        let mut fence = Self { version: value.u64()?, latest: Vec::new() };
        while !value.is_empty() {
            fence.latest.push(value.u64()?);
        }
        Some(fence)
    }
}

/// Where a record's body begins.
const RECORD_HEAD: usize = 17;

pub(crate) fn record(owner: AggregateRef, version: Version, body: &[u8]) -> Vec<u8> {
    let mut bytes = with_owner(owner, 8 + body.len());
    bytes.extend_from_slice(&version.to_be_bytes());
    bytes.extend_from_slice(body);
    bytes
}

pub(crate) fn read_record(kind: RecordKind, id: Id, bytes: &[u8]) -> Option<Stored> {
    let mut value = Reader::new(bytes);
    let (aggregate, version) = (value.aggregate()?, value.u64()?);
    Some(Stored { kind, id, aggregate, version, body: value.rest().to_vec().into() })
}

/// A record's bytes with another body, if it has the body `old` now.
pub(crate) fn swap_body(record: &[u8], old: &[u8], new: &[u8]) -> Option<Vec<u8>> {
    let (head, body) = record.split_at_checked(RECORD_HEAD)?;
    (body == old).then(|| [head, new].concat())
}

/// A claim as it is kept. It may have lapsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClaimValue {
    pub(crate) owner: AggregateRef,
    /// The sort key of the time it lapses; the largest number where it does not.
    pub(crate) expires: u64,
    pub(crate) body: Vec<u8>,
}

/// A claim that does not lapse by itself.
pub(crate) const NEVER: u64 = u64::MAX;

impl ClaimValue {
    pub(crate) fn has_lapsed(&self, now: Time) -> bool {
        self.expires != NEVER && self.expires <= now.sort_key()
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = with_owner(self.owner, 8 + self.body.len());
        bytes.extend_from_slice(&self.expires.to_be_bytes());
        bytes.extend_from_slice(&self.body);
        bytes
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut value = Reader::new(bytes);
        Some(Self { owner: value.aggregate()?, expires: value.u64()?, body: value.rest().to_vec() })
    }
}

/// A span's owner and the sort key of its end.
pub(crate) fn span(owner: AggregateRef, end: u64) -> Vec<u8> {
    let mut bytes = with_owner(owner, 8);
    bytes.extend_from_slice(&end.to_be_bytes());
    bytes
}

pub(crate) fn read_span(bytes: &[u8]) -> Option<(AggregateRef, u64)> {
    let mut value = Reader::new(bytes);
    Some((value.aggregate()?, value.u64()?))
}

pub(crate) fn event(aggregate: AggregateRef, event: &OutboxEvent) -> Vec<u8> {
    let mut bytes = with_owner(aggregate, 8 + event.body.len());
    bytes.extend_from_slice(&event.at.millis().cast_unsigned().to_be_bytes());
    bytes.extend_from_slice(&event.body);
    bytes
}

pub(crate) fn read_event(key: &[u8], bytes: &[u8]) -> Option<StoredEvent> {
    let id = EventId::from(Reader::new(key.get(8..)?).id()?);
    let mut value = Reader::new(bytes);
    let aggregate = value.aggregate()?;
    let at = Time::from_millis(value.u64()?.cast_signed());
    Some(StoredEvent { aggregate, event: OutboxEvent { id, at, body: value.rest().to_vec() } })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit(number: u64) -> CommitId {
        Id::new(number).unwrap().into()
    }

    #[test]
    fn a_fence_remembers_the_latest_commits_and_their_versions() {
        let fence = (1..=20).fold(Fence::default(), |fence, number| fence.next(commit(number)));
        let fence = Fence::decode(&fence.encode()).unwrap();
        assert_eq!(fence.version, 20);
        assert_eq!(fence.made_by(commit(20)), Some(20));
        assert_eq!(fence.made_by(commit(5)), Some(5));
        assert_eq!(fence.made_by(commit(4)), None, "forgotten");
    }

    #[test]
    fn a_body_is_swapped_only_where_it_is_the_expected_one() {
        let owner = AggregateRef { kind: AggregateKind::Account, id: Id::new(3).unwrap() };
        let bytes = record(owner, 4, b"old");
        assert_eq!(swap_body(&bytes, b"other", b"new"), None);
        assert_eq!(swap_body(&bytes, b"old", b"new"), Some(record(owner, 4, b"new")));
    }
}
