//! A commit as the fence's partition carries it: all that has to be written after the fence, in bytes.
//!
//! Claims are not in it: they stand in the fence's partition itself, put and dropped by the same transaction.

use crate::fault::Fault;
use ward_domain::decision::Change;
use ward_domain::id::{CommitId, EventId, Id};
use ward_domain::record::{IndexRow, Key, List, RecordKind};
use ward_domain::time::Time;
use ward_store::{Commit, OutboxEvent, Version};

/// What follows a fence.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) turn: u64,
    pub(crate) commit: CommitId,
    pub(crate) version: Version,
    pub(crate) changes: Vec<Change>,
    pub(crate) events: Vec<OutboxEvent>,
}

const FORMAT: u8 = 1;

impl Entry {
    pub(crate) fn new(turn: u64, version: Version, commit: &Commit) -> Self {
        Self {
            turn,
            commit: commit.id,
            version,
            changes: commit.changes.clone(),
            events: commit.events.clone(),
        }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Out(vec![FORMAT]);
        out.number(self.version);
        out.length(self.changes.len());
        for change in &self.changes {
            out.0.push(change.kind.code());
            out.number(change.id.get());
            out.0.push(u8::from(change.body.is_some()));
            out.bytes(change.body.as_deref().unwrap_or_default());
            for rows in [&change.put_rows, &change.drop_rows] {
                out.length(rows.len());
                for row in rows {
                    out.0.extend_from_slice(&row.list.code().to_be_bytes());
                    out.bytes(row.eq.bytes());
                    out.number(row.sort);
                }
            }
        }
        out.length(self.events.len());
        for event in &self.events {
            out.number(event.id.get());
            out.number(event.at.millis().cast_unsigned());
            out.bytes(&event.body);
        }
        out.0
    }

    pub(crate) fn decode(turn: u64, commit: CommitId, bytes: &[u8]) -> Result<Self, Fault> {
        let mut read = In(bytes);
        read.entry(turn, commit).ok_or_else(|| Fault::damaged("a journal row"))
    }
}

struct Out(Vec<u8>);

impl Out {
    fn number(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_be_bytes());
    }

    fn length(&mut self, length: usize) {
        // A commit has 4 MiB at most.
        self.0.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.0.extend_from_slice(bytes);
    }
}

struct In<'a>(&'a [u8]);

impl<'a> In<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take::<1>().map(|[byte]| byte)
    }

    fn number(&mut self) -> Option<u64> {
        self.take().map(u64::from_be_bytes)
    }

    fn length(&mut self) -> Option<usize> {
        usize::try_from(u32::from_be_bytes(self.take()?)).ok()
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.length()?;
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn entry(&mut self, turn: u64, commit: CommitId) -> Option<Entry> {
        if self.byte()? != FORMAT {
            return None;
        }
        let version = self.number()?;
        let mut changes = Vec::new();
        for _ in 0..self.length()? {
            changes.push(self.change()?);
        }
        let mut events = Vec::new();
        for _ in 0..self.length()? {
            let id = EventId::from(Id::new(self.number()?)?);
            let at = Time::from_millis(self.number()?.cast_signed());
            events.push(OutboxEvent { id, at, body: self.bytes()?.to_vec() });
        }
        self.0.is_empty().then_some(Entry { turn, commit, version, changes, events })
    }

    fn change(&mut self) -> Option<Change> {
        let kind = RecordKind::from_code(self.byte()?)?;
        let id = Id::new(self.number()?)?;
        let there = self.byte()? == 1;
        let body = self.bytes()?;
        let body = there.then(|| body.to_vec());
        let (put_rows, drop_rows) = (self.rows()?, self.rows()?);
        Some(Change { kind, id, body, put_rows, drop_rows })
    }

    fn rows(&mut self) -> Option<Vec<IndexRow>> {
        let mut rows = Vec::new();
        for _ in 0..self.length()? {
            let list = List::from_code(u16::from_be_bytes(self.take()?))?;
            let eq = Key::from_bytes(self.bytes()?);
            rows.push(IndexRow { list, eq, sort: self.number()? });
        }
        Some(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u64) -> Id {
        Id::new(number).unwrap()
    }

    fn entry() -> Entry {
        let row = |list, sort| IndexRow { list, eq: Key::of(7).and(9), sort };
        Entry {
            turn: 12,
            commit: id(77).into(),
            version: 9,
            changes: vec![
                Change {
                    kind: RecordKind::Slot,
                    id: id(1),
                    body: Some(vec![1, 2, 3]),
                    put_rows: vec![row(List::Slots, 5), row(List::RemindersDue, u64::MAX)],
                    drop_rows: vec![row(List::Slots, 4)],
                },
                Change {
                    kind: RecordKind::Appointment,
                    id: id(2),
                    body: None,
                    put_rows: vec![],
                    drop_rows: vec![],
                },
                Change {
                    kind: RecordKind::Session,
                    id: id(3),
                    body: Some(vec![]),
                    put_rows: vec![],
                    drop_rows: vec![],
                },
            ],
            events: vec![OutboxEvent { id: id(8).into(), at: Time::from_millis(-5), body: vec![9; 300] }],
        }
    }

    #[test]
    fn an_entry_reads_back() {
        let entry = entry();
        assert_eq!(Entry::decode(12, id(77).into(), &entry.encode()).unwrap(), entry);
    }

    #[test]
    fn what_is_cut_off_or_has_a_tail_is_damaged() {
        let bytes = entry().encode();
        for end in 0..bytes.len() {
            assert!(Entry::decode(12, id(77).into(), &bytes[..end]).is_err(), "cut at {end}");
        }
        assert!(Entry::decode(12, id(77).into(), &[bytes.as_slice(), &[0]].concat()).is_err());
    }
}
