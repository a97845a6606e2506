//! Files on their way in, whatever they are for: looked at, counted and kept while they arrive, in bounded memory.
//!
//! An API hands over a [`Delivery`]; the use case whose file it is calls [`receive`], commits its record together with
//! the claim of [`Received::shown`], and ends with [`keep`] or [`give_up`]. Whatever dies in between, the hospital's
//! storage (`ward_domain::upload::storage`) knows of the object and removes it.

mod delivery;
mod keep;
mod passing;
mod receive;

pub use delivery::{Delivery, Incoming, Words};
use keep::lapse;
pub(crate) use keep::{give_up, keep};
pub(crate) use receive::{Received, receive};

use std::sync::Arc;
use tokio::sync::Semaphore;
use ward_domain::time::MINUTE;
use ward_domain::upload::{Media, ObjectKind};
use ward_gateways::Scanner;

/// What the operator decides about uploads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadSettings {
    /// The longest file, in bytes.
    pub max_bytes: u64,
    /// All that one hospital may keep, in bytes; `None`: no limit.
    pub hospital_bytes: Option<u64>,
    /// Uploads under way at once.
    pub at_once: usize,
    /// How long one may take, in minutes.
    pub minutes: i64,
    /// How long a link to a file is good, in minutes.
    pub link_minutes: i64,
}

/// What uploads need of the house.
pub struct Uploads {
    /// What the operator decides.
    pub settings: UploadSettings,
    /// Who looks for malware.
    pub scanner: Arc<dyn Scanner>,
    /// Each upload holds parts of its file in memory, so their number is bounded.
    permits: Arc<Semaphore>,
}

impl Uploads {
    /// Wired.
    pub fn new(settings: UploadSettings, scanner: Arc<dyn Scanner>) -> Self {
        Self {
            settings,
            scanner,
            permits: Arc::new(Semaphore::new(settings.at_once.clamp(1, Semaphore::MAX_PERMITS))),
        }
    }

    /// How long until an upload of which nothing is heard is looked at, in milliseconds: longer than it may take, so that
    /// none is given up under its sender's hands.
    const fn patience(&self) -> i64 {
        (self.settings.minutes + 10) * MINUTE
    }
}

/// What a file is sent in for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Purpose {
    /// What its object is for.
    pub kind: ObjectKind,
    /// What it may be; `None`: bytes that nobody looks at alone, as a slice of a recording.
    pub allowed: Option<&'static [Media]>,
    /// Its most bytes, where that is not the operator's.
    pub max_bytes: Option<u64>,
    /// The field that it stands in, for what is wrong with it.
    pub field: &'static str,
}
