//! The reference for claims and spans.

use crate::moving::{HeldClaim, HeldSpan, Item};
use crate::{AggregateRef, Claim, CommitError};
use std::collections::BTreeMap;
use ward_domain::record::{ClaimKey, ClaimOp};
use ward_domain::time::Time;

#[derive(Debug, Clone, Default)]
pub(super) struct Claims {
    held: BTreeMap<ClaimKey, Held>,
    /// By key and first millisecond.
    spans: BTreeMap<(ClaimKey, Time), Span>,
}

#[derive(Debug, Clone)]
struct Held {
    owner: AggregateRef,
    body: Vec<u8>,
    expires: Option<Time>,
}

#[derive(Debug, Clone)]
struct Span {
    owner: AggregateRef,
    end: Time,
}

impl Claims {
    pub(super) fn is_empty(&self) -> bool {
        self.held.is_empty() && self.spans.is_empty()
    }

    pub(super) fn items(&self) -> Vec<Item> {
        let held = self.held.iter().map(|(key, Held { owner, body, expires })| {
            Item::Claim(HeldClaim { key: key.clone(), owner: *owner, body: body.clone(), expires: *expires })
        });
        let spans = self.spans.iter().map(|((key, start), Span { owner, end })| {
            Item::Span(HeldSpan { key: key.clone(), owner: *owner, start: *start, end: *end })
        });
        held.chain(spans).collect()
    }

    pub(super) fn put(&mut self, claim: HeldClaim) {
        let HeldClaim { key, owner, body, expires } = claim;
        self.held.insert(key, Held { owner, body, expires });
    }

    pub(super) fn put_span(&mut self, span: HeldSpan) {
        let HeldSpan { key, owner, start, end } = span;
        self.spans.insert((key, start), Span { owner, end });
    }

    /// Who holds a claim that has not lapsed: it lapses at the millisecond it expires.
    fn standing(&self, key: &ClaimKey, now: Time) -> Option<&Held> {
        self.held.get(key).filter(|held| held.expires.is_none_or(|expires| now < expires))
    }

    pub(super) fn get(&self, key: &ClaimKey, now: Time) -> Option<Claim> {
        self.standing(key, now).map(|held| Claim { owner: held.owner, body: held.body.clone() })
    }

    /// One operation of a commit; they are carried out in the order in which the commit names them.
    pub(super) fn apply(&mut self, owner: AggregateRef, op: &ClaimOp, now: Time) -> Result<(), CommitError> {
        match op {
            ClaimOp::Take { key, body, expires } => {
                if let Some(held) = self.standing(key, now)
                    && held.owner != owner
                {
                    return Err(CommitError::ClaimTaken { key: key.clone(), owner: held.owner });
                }
                self.held.insert(key.clone(), Held { owner, body: body.clone(), expires: *expires });
            }
            ClaimOp::Release { key } => {
                if self.held.get(key).is_some_and(|held| held.owner == owner) {
                    self.held.remove(key);
                }
            }
            ClaimOp::TakeSpan { key, start, end } => {
                for ((other, from), span) in &self.spans {
                    if other == key && *from < *end && *start < span.end {
                        return Err(CommitError::ClaimTaken { key: key.clone(), owner: span.owner });
                    }
                }
                self.spans.insert((key.clone(), *start), Span { owner, end: *end });
            }
            ClaimOp::ReleaseSpan { key, start } => {
                let name = (key.clone(), *start);
                if self.spans.get(&name).is_some_and(|span| span.owner == owner) {
                    self.spans.remove(&name);
                }
            }
        }
        Ok(())
    }
}
