//! How an entity is hosted, written once.
//!
//! A [`Resident`] is an entity's code without its life: how it is rebuilt, and how it answers one message. A
//! [`Pool`] holds the live ones of a kind: it admits messages within [`Limits`], activates on the first message,
//! passivates the idle, and restarts with back-off what panicked. [`aggregate::carry_out`] is the cycle of everything
//! that owns documents: load, decide, commit, apply, publish, answer.

pub(crate) mod admission;
pub mod aggregate;
pub(crate) mod desk;
pub mod faults;
mod host;
mod pool;
mod snapshot;
pub mod supervisor;

pub(crate) use admission::Admission;
pub use admission::Limits;
pub use host::{Resident, Turn};
pub use pool::Pool;
pub use snapshot::{Activity, ActorSnapshot};

use ward_domain::refusal::Refusal;

/// How a message can end without an answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Failure {
    /// The entity, or the shell before it, says no: an answer with words for the caller.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A request under an idempotency key was carried out before.
    #[error("this request was carried out before")]
    Repeated,
    /// It may have been done or not, and may yet come to stand. This activation ends, since it cannot know what it holds;
    /// the next message finds a fresh one. The text is for the log.
    #[error("not known: {0}")]
    Unknown(String),
    /// This activation is broken; the next message finds a fresh one. The text is for the log.
    #[error("broken: {0}")]
    Broken(String),
}

impl Failure {
    /// The store, or another part, cannot answer now: nothing was done.
    pub fn unavailable(why: &str) -> Self {
        tracing::warn!(why, "a part of the house is unavailable");
        Self::Refused(Refusal::overloaded("The server cannot do this now: try again in a moment."))
    }
}

impl From<ward_store::StoreError> for Failure {
    fn from(error: ward_store::StoreError) -> Self {
        match error {
            ward_store::StoreError::Unavailable(why) => Self::unavailable(&why),
            other => Self::Broken(other.to_string()),
        }
    }
}

impl From<ward_domain::id::MintError> for Failure {
    fn from(error: ward_domain::id::MintError) -> Self {
        Self::unavailable(&error.to_string())
    }
}

/// The kinds of actor, for snapshots, metrics and supervision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ActorKind {
    /// One per hospital.
    Hospital,
    /// One per user.
    Account,
    /// One per doctor.
    Calendar,
    /// One per patient.
    Chart,
    /// One per recorded consultation.
    Encounter,
    /// One per hospital.
    Reminders,
    /// One per hospital.
    Courier,
    /// One per hospital.
    Relay,
    /// One per hospital and process.
    AuditTrail,
    /// One per hospital.
    Webhooks,
    /// One per hospital.
    Storage,
    /// One per hospital.
    Specialties,
    /// One per plan that hospitals subscribe to.
    SubscriptionPlan,
    /// One per hospital.
    Statistics,
    /// One per hospital.
    Ledger,
    /// One per telephone number and purpose.
    PhoneCode,
    /// One per invitation or access.
    PhoneGrant,
}

impl ActorKind {
    /// Its name in snapshots and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hospital => "hospital",
            Self::Account => "account",
            Self::Calendar => "calendar",
            Self::Chart => "chart",
            Self::Encounter => "encounter",
            Self::Reminders => "reminders",
            Self::Courier => "courier",
            Self::Relay => "relay",
            Self::AuditTrail => "audit_trail",
            Self::Webhooks => "webhooks",
            Self::Storage => "storage",
            Self::Specialties => "specialties",
            Self::SubscriptionPlan => "subscription_plan",
            Self::Statistics => "statistics",
            Self::Ledger => "ledger",
            Self::PhoneCode => "phone_code",
            Self::PhoneGrant => "phone_grant",
        }
    }
}
