//! Where commits leave events for a hospital's webhooks, and what is known of who has any.
//!
//! What lies here is a hint that makes telling quick: the outbox is what makes it certain. A tray that was full, or was
//! emptied by an actor that then failed, is made good from there.

use dashmap::DashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use ward_domain::tenancy::TenantId;
use ward_domain::webhook::HookEvent;

/// Events of one hospital that may lie here.
const MAX_LEFT: usize = 4_096;
/// How long it is believed, where other processes write too, that a hospital has webhooks or none.
const BELIEVED: Duration = Duration::from_secs(1);

#[derive(Default)]
struct Tray {
    events: Vec<HookEvent>,
    /// Some were not left.
    behind: bool,
    /// Someone is on the way to collect them.
    told: bool,
}

struct Known {
    any: bool,
    at: Instant,
}

/// The desk.
pub(crate) struct HookDesk {
    shared: bool,
    trays: DashMap<TenantId, Arc<Mutex<Tray>>>,
    book: DashMap<TenantId, Known>,
}

/// What was taken from a tray.
pub(crate) struct Taken {
    pub events: Vec<HookEvent>,
    /// There were more than could be left.
    pub behind: bool,
}

impl HookDesk {
    pub fn new(shared: bool) -> Self {
        Self { shared, trays: DashMap::new(), book: DashMap::new() }
    }

    /// Whether a hospital has webhooks; `None` where it must be looked up.
    pub fn listening(&self, tenant: TenantId) -> Option<bool> {
        let known = self.book.get(&tenant)?;
        (!self.shared || known.at.elapsed() < BELIEVED).then_some(known.any)
    }

    /// Notes what the hospital's own actor has committed or read.
    pub fn note(&self, tenant: TenantId, any: bool) {
        self.book.insert(tenant, Known { any, at: Instant::now() });
    }

    /// Notes what was looked up, unless the hospital's own actor has said it meanwhile.
    pub fn note_read(&self, tenant: TenantId, any: bool) {
        let mut known = self.book.entry(tenant).or_insert_with(|| Known { any, at: Instant::now() });
        if self.shared && known.at.elapsed() >= BELIEVED {
            *known = Known { any, at: Instant::now() };
        }
    }

    /// Forgets a hospital.
    pub fn forget(&self, tenant: TenantId) {
        self.book.remove(&tenant);
        self.trays.remove(&tenant);
    }

    fn tray(&self, tenant: TenantId) -> Arc<Mutex<Tray>> {
        match self.trays.get(&tenant) {
            Some(tray) => Arc::clone(&tray),
            None => Arc::clone(&self.trays.entry(tenant).or_default()),
        }
    }

    fn with<T>(&self, tenant: TenantId, act: impl FnOnce(&mut Tray) -> T) -> T {
        let tray = self.tray(tenant);
        let mut tray = tray.lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut tray)
    }

    /// Leaves events; says whether the actor must be told.
    pub fn leave(&self, tenant: TenantId, events: Vec<HookEvent>) -> bool {
        self.with(tenant, |tray| {
            if tray.events.len() + events.len() > MAX_LEFT {
                tray.events.clear();
                tray.behind = true;
            } else if !tray.behind {
                tray.events.extend(events);
            }
            !std::mem::replace(&mut tray.told, true)
        })
    }

    /// Takes all that lies there: whoever was told to, so that who leaves something from now on tells the actor again, or
    /// someone in passing. Then who was told is still to come, and one more for each that passes would fill the mailbox.
    pub fn take(&self, tenant: TenantId, was_told: bool) -> Taken {
        self.with(tenant, |tray| {
            tray.told &= !was_told;
            let behind = std::mem::take(&mut tray.behind);
            Taken { events: std::mem::take(&mut tray.events), behind }
        })
    }

    /// The actor could not be told.
    pub fn not_told(&self, tenant: TenantId) {
        self.with(tenant, |tray| tray.told = false);
    }
}
