//! The operations of one commit, tried in their order on what was looked up of its aggregate's own.

use super::Taken;
use crate::fence::{Held, NEVER, Ticket, claim_item, span_item, spans_item};
use std::collections::{BTreeMap, BTreeSet};
use ward_domain::record::{ClaimKey, ClaimOp};
use ward_domain::time::{HOUR, Time};
use ward_store::{AggregateRef, Commit};

/// Rows live an hour longer than their claims, for callers whose clocks are behind.
const SPARE_MS: i64 = HOUR;
/// Servers keep no time to live beyond this.
const LONGEST_TTL_S: i64 = 5 * 365 * 24 * 3600;

/// The seconds after which a row may go by itself; 0 for never.
pub(crate) fn ttl(at: Time, expires: Option<Time>) -> i32 {
    let Some(expires) = expires else { return 0 };
    let seconds = (expires.millis().saturating_sub(at.millis()).max(0).saturating_add(SPARE_MS)) / 1000;
    if seconds > LONGEST_TTL_S { 0 } else { i32::try_from(seconds).unwrap_or(0) }
}

/// The items of the commit's claims, and the prefixes of its spans, that have to be looked up. Where spans are only taken,
/// what the aggregate has there shows in the pointers, which are read anyway.
pub(super) fn items(commit: &Commit) -> (BTreeSet<Vec<u8>>, BTreeSet<Vec<u8>>) {
    let (mut claims, mut spans) = (BTreeSet::new(), BTreeSet::new());
    for op in &commit.claims {
        match op {
            ClaimOp::Take { key, .. } | ClaimOp::Release { key } => claims.insert(claim_item(key.bytes())),
            ClaimOp::ReleaseSpan { key, .. } => spans.insert(spans_item(key.bytes())),
            ClaimOp::TakeSpan { .. } => false,
        };
    }
    (claims, spans)
}

/// What the operations come to.
pub(crate) struct Trial {
    me: AggregateRef,
    at: Time,
    pub(super) ticket: Ticket,
    /// What the aggregate held before, as far as it was looked up.
    pub(super) before: BTreeMap<Vec<u8>, Held>,
    /// The prefixes of spans that were.
    known: BTreeSet<Vec<u8>>,
    /// What changes: each item once.
    pub(super) after: BTreeMap<Vec<u8>, (Option<Held>, i32)>,
    /// Claims to be reserved, with the time to live of the pointer.
    pub(super) claims: BTreeMap<ClaimKey, i32>,
    /// Spans to be reserved, by key: start and end.
    pub(super) spans: BTreeMap<ClaimKey, BTreeMap<u64, u64>>,
    /// Pointers that nothing will stand on once the commit stands.
    pub(super) loose: BTreeMap<ClaimKey, Ticket>,
    /// The same of spans, with their starts.
    pub(super) loose_spans: Vec<(ClaimKey, u64, Ticket)>,
}

impl Trial {
    pub(super) fn new(
        commit: &Commit,
        ticket: Ticket,
        before: BTreeMap<Vec<u8>, Held>,
        known: BTreeSet<Vec<u8>>,
    ) -> Self {
        Self {
            me: commit.aggregate,
            at: commit.at,
            ticket,
            before,
            known,
            after: BTreeMap::new(),
            claims: BTreeMap::new(),
            spans: BTreeMap::new(),
            loose: BTreeMap::new(),
            loose_spans: Vec::new(),
        }
    }

    /// Whether the aggregate's spans under a key were looked up: then they have been tried already.
    pub(super) fn knows(&self, key: &ClaimKey) -> bool {
        self.known.contains(&spans_item(key.bytes()))
    }

    pub(super) fn apply(&mut self, op: &ClaimOp) -> Result<(), Taken> {
        match op {
            ClaimOp::Take { key, body, expires } => self.take(key, body, *expires),
            ClaimOp::Release { key } => self.release(key),
            ClaimOp::TakeSpan { key, start, end } => return self.take_span(key, *start, *end),
            ClaimOp::ReleaseSpan { key, start } => {
                let start = start.sort_key();
                let item = span_item(key.bytes(), start);
                if let Some(held) = self.before.get(&item) {
                    self.loose_spans.push((key.clone(), start, held.ticket));
                }
                self.drop_item(item);
            }
        }
        Ok(())
    }

    fn held(&self, item: &[u8]) -> Option<&Held> {
        match self.after.get(item) {
            Some((held, _)) => held.as_ref(),
            None => self.before.get(item),
        }
    }

    fn take(&mut self, key: &ClaimKey, body: &[u8], expires: Option<Time>) {
        let item = claim_item(key.bytes());
        let until = expires.map_or(NEVER, Time::sort_key);
        let ttl = ttl(self.at, expires);
        // Without an end on either side there is nothing that another can have taken meanwhile.
        let standing = self.held(&item).filter(|held| held.until == NEVER && until == NEVER);
        let ticket = if let Some(held) = standing {
            held.ticket
        } else {
            self.claims.insert(key.clone(), ttl);
            self.ticket
        };
        self.loose.remove(key);
        self.after.insert(item, (Some(Held { body: body.to_vec(), until, ticket }), ttl));
    }

    fn release(&mut self, key: &ClaimKey) {
        let item = claim_item(key.bytes());
        // Reserved by this commit or an earlier one: either way nothing will stand on the pointer.
        let ticket = if self.claims.contains_key(key) { Some(self.ticket) } else { None };
        if let Some(ticket) = ticket.or_else(|| self.before.get(&item).map(|held| held.ticket)) {
            self.loose.insert(key.clone(), ticket);
        }
        self.drop_item(item);
    }

    fn drop_item(&mut self, item: Vec<u8>) {
        if self.before.contains_key(&item) {
            self.after.insert(item, (None, 0));
        } else {
            self.after.remove(&item);
        }
    }

    fn take_span(&mut self, key: &ClaimKey, start: Time, end: Time) -> Result<(), Taken> {
        // A span has at least a millisecond: an empty one would slip past its neighbours.
        let (from, until) = (start.sort_key(), end.sort_key().max(start.sort_key() + 1));
        let prefix = spans_item(key.bytes());
        let known: BTreeSet<&Vec<u8>> = self.before.keys().chain(self.after.keys()).collect();
        for item in known.into_iter().filter(|item| item.starts_with(&prefix)) {
            let starts =
                item.get(prefix.len()..).and_then(|start| start.try_into().ok()).map(u64::from_be_bytes);
            if let (Some(starts), Some(held)) = (starts, self.held(item))
                && starts < until
                && from < held.until
            {
                return Err(Taken { key: key.clone(), owner: self.me });
            }
        }
        let spans = self.spans.entry(key.clone()).or_default();
        let end = spans.get(&from).map_or(until, |other| until.max(*other));
        spans.insert(from, end);
        let held = Held { body: Vec::new(), until, ticket: self.ticket };
        self.after.insert(span_item(key.bytes(), from), (Some(held), 0));
        Ok(())
    }
}
