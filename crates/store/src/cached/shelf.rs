//! What is kept, and why it is never older than what anybody may have seen.
//!
//! A shelf is divided into compartments. While a write to one of its documents is on its way a compartment keeps nothing,
//! so that whoever sees part of the commit, an event of it say, reads the rest from the store too. With the end of each
//! write a compartment's moment moves on: a reader notes the moment, reads the store, and keeps what it read only if the
//! moment is still the same. A write whose end nobody waited for may come to stand at any time: its compartments never
//! keep anything again.

use super::At;
use crate::Stored;
use moka::sync::Cache;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use ward_domain::tenancy::TenantId;

/// Compartments: far more than there are writes at a time, so that they seldom disturb each other.
const COMPARTMENTS: usize = 4096;
/// What an entry costs beside its JSON: keys, counters, and the document once it has been read.
const OVERHEAD_BYTES: usize = 512;

#[derive(Debug, Default)]
struct Compartment {
    moment: u64,
    writes: u32,
}

/// When a reader began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment(u64);

/// See the module.
pub(crate) struct Shelf {
    kept: Cache<At, Stored, RandomState>,
    hasher: RandomState,
    compartments: Box<[Mutex<Compartment>]>,
}

impl Shelf {
    pub(super) fn new(bytes: u64) -> Self {
        let hasher = RandomState::new();
        let weigh = |_: &At, stored: &Stored| {
            u32::try_from(2 * stored.body.len() + OVERHEAD_BYTES).unwrap_or(u32::MAX)
        };
        let kept = Cache::builder().max_capacity(bytes).weigher(weigh).build_with_hasher(hasher.clone());
        let compartments = (0..COMPARTMENTS).map(|_| Mutex::default()).collect();
        Self { kept, hasher, compartments }
    }

    fn compartment(&self, at: &At) -> MutexGuard<'_, Compartment> {
        let number = usize::try_from(self.hasher.hash_one(at) % COMPARTMENTS as u64).unwrap_or_default();
        // Each change is one assignment: there is nothing half done.
        self.compartments[number].lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, at: &At) -> Option<Stored> {
        self.kept.get(at)
    }

    pub(super) fn moment(&self, at: &At) -> Moment {
        Moment(self.compartment(at).moment)
    }

    /// Keeps what was read since a moment, if nothing was written since.
    pub(super) fn keep(&self, at: At, since: Moment, stored: &Stored) {
        let compartment = self.compartment(&at);
        if Moment(compartment.moment) == since && compartment.writes == 0 {
            self.kept.insert(at, stored.clone());
        }
    }

    /// Begins a write of documents.
    pub(super) fn writing(&self, documents: impl Iterator<Item = At>) -> Writing<'_> {
        let documents: Vec<At> = documents.collect();
        for at in &documents {
            self.compartment(at).writes += 1;
            self.kept.invalidate(at);
        }
        Writing { shelf: self, documents }
    }

    /// Forgets a tenant, and what readers are about to keep.
    pub(crate) fn clear(&self, tenant: TenantId) {
        for compartment in &self.compartments {
            compartment.lock().unwrap_or_else(PoisonError::into_inner).moment += 1;
        }
        for (at, _) in &self.kept {
            if at.0 == tenant {
                self.kept.invalidate(&*at);
            }
        }
    }

    /// Forgets everything, and what readers are about to keep.
    pub(crate) fn forget_all(&self) {
        for compartment in &self.compartments {
            compartment.lock().unwrap_or_else(PoisonError::into_inner).moment += 1;
        }
        self.kept.invalidate_all();
    }

    /// Waits until evictions have been made.
    #[cfg(test)]
    pub(super) fn settle(&self) {
        self.kept.run_pending_tasks();
    }

    /// Keeps nothing any more.
    pub(super) fn shut(&self) {
        for compartment in &self.compartments {
            compartment.lock().unwrap_or_else(PoisonError::into_inner).writes += 1;
        }
        self.kept.invalidate_all();
    }
}

/// A write on its way.
#[must_use = "a write that is never done shuts its compartments"]
pub(super) struct Writing<'a> {
    shelf: &'a Shelf,
    documents: Vec<At>,
}

impl Writing<'_> {
    /// It stands, or it does not and never will. What was written is not kept: the answer to a commit that was sent
    /// twice does not say whether another has written the document since.
    pub(super) fn done(self) {
        for at in &self.documents {
            let mut compartment = self.shelf.compartment(at);
            compartment.moment += 1;
            compartment.writes -= 1;
        }
    }
}
