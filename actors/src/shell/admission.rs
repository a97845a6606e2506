//! Admission: mailboxes are unbounded, so what may wait is bounded before them.

use super::Failure;
use dashmap::DashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use ward_domain::refusal::Refusal;
use ward_domain::tenancy::TenantId;

/// How much may be in hand at once.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Messages of one hospital that wait or are being handled.
    pub per_tenant: usize,
    /// Messages of one entity that wait or are being handled.
    pub per_entity: usize,
    /// How long an entity stays without a message before it is let go.
    pub idle: Duration,
    /// Above this many residents of a kind, the idle are let go after a tenth of [`Limits::idle`].
    pub residents: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { per_tenant: 2_000, per_entity: 256, idle: Duration::from_mins(5), residents: 50_000 }
    }
}

/// Counts what every tenant has in hand.
#[derive(Debug)]
pub(crate) struct Admission {
    limit: usize,
    inside: DashMap<TenantId, Arc<AtomicUsize>>,
}

/// A place in hand, given back when dropped.
#[derive(Debug)]
pub(crate) struct Permit(Arc<AtomicUsize>);

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Admission {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, inside: DashMap::new() }
    }

    pub(crate) fn enter(&self, tenant: TenantId) -> Result<Permit, Failure> {
        let count = match self.inside.get(&tenant) {
            Some(count) => Arc::clone(&count),
            None => Arc::clone(&self.inside.entry(tenant).or_default()),
        };
        if count.fetch_add(1, Ordering::AcqRel) >= self.limit {
            count.fetch_sub(1, Ordering::AcqRel);
            return Err(overloaded());
        }
        Ok(Permit(count))
    }
}

pub(crate) fn overloaded() -> Failure {
    Failure::Refused(Refusal::overloaded("Too much is going on at once: try again in a moment."))
}

/// An answer that did not come in time.
pub(crate) fn late() -> Failure {
    Failure::Refused(Refusal::overloaded(
        "This took longer than the request may take. It may have been done all the same: look before you repeat it.",
    ))
}
