//! What is counted of a tenant: how many of everything, and a digest that does not depend on their order.

use crate::record;
use sha2::{Digest as _, Sha256};
use std::fmt;
use ward_domain::tenancy::TenantId;
use ward_store::moving::Item;

/// Items by kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Counts {
    pub aggregates: u64,
    pub documents: u64,
    pub rows: u64,
    pub claims: u64,
    pub spans: u64,
    pub events: u64,
}

impl Counts {
    pub(crate) const fn numbers(&self) -> [u64; 6] {
        [self.aggregates, self.documents, self.rows, self.claims, self.spans, self.events]
    }

    pub(crate) const fn of(numbers: [u64; 6]) -> Self {
        let [aggregates, documents, rows, claims, spans, events] = numbers;
        Self { aggregates, documents, rows, claims, spans, events }
    }

    /// All together.
    pub fn total(&self) -> u64 {
        self.numbers().iter().sum()
    }

    pub(crate) fn add(&mut self, other: &Self) {
        let mut numbers = self.numbers();
        for (number, more) in numbers.iter_mut().zip(other.numbers()) {
            *number = number.saturating_add(more);
        }
        *self = Self::of(numbers);
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { aggregates, documents, rows, claims, spans, events } = self;
        write!(
            f,
            "{documents} documents, {rows} index rows, {} claims, {events} events, {aggregates} versions",
            claims + spans
        )
    }
}

/// What was met of a tenant so far. The digest is the sum of the SHA-256 of every item as it is spelled in a backup, in
/// four lanes of 64 bits: stores walk in orders of their own, and two that hold the same have the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) counts: Counts,
    pub(crate) digest: [u64; 4],
}

impl Tally {
    /// Counts an item that is spelled `spelled`.
    pub(crate) fn add(&mut self, item: &Item, spelled: &[u8]) {
        let counts = &mut self.counts;
        *match item {
            Item::Aggregate(_) => &mut counts.aggregates,
            Item::Document(_) => &mut counts.documents,
            Item::Row { .. } => &mut counts.rows,
            Item::Claim(_) => &mut counts.claims,
            Item::Span(_) => &mut counts.spans,
            Item::Event(_) => &mut counts.events,
        } += 1;
        let digest = Sha256::digest(spelled);
        for (lane, bytes) in self.digest.iter_mut().zip(digest.chunks_exact(8)) {
            *lane = lane.wrapping_add(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)));
        }
    }

    /// Counts an item.
    pub(crate) fn add_item(&mut self, item: &Item, buffer: &mut Vec<u8>) {
        buffer.clear();
        record::item(item, buffer);
        self.add(item, buffer);
    }
}

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Tenants with what each has, the platform first.
    pub tenants: Vec<(TenantId, Counts)>,
    /// All together.
    pub total: Counts,
}

impl Summary {
    pub(crate) fn of(tallies: &[(TenantId, Tally)]) -> Self {
        let mut total = Counts::default();
        for (_, tally) in tallies {
            total.add(&tally.counts);
        }
        Self { tenants: tallies.iter().map(|(tenant, tally)| (*tenant, tally.counts)).collect(), total }
    }
}
