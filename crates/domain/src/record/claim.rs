//! Claims: what may have one owner only.

use crate::id::Id;
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// Something that may have one owner only.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ClaimKey(Vec<u8>);

impl ClaimKey {
    /// A log-in name, as its keyed hash.
    pub fn log_in(hash: &[u8; 16]) -> Self {
        Self([&[1], hash.as_slice()].concat())
    }

    /// A patient's civil day (days since 1970-01-01, UTC): spans under it may not overlap.
    pub fn patient_day(patient: crate::id::UserId, day: i64) -> Self {
        Self([&[2], patient.get().to_be_bytes().as_slice(), &day.to_be_bytes()].concat())
    }

    /// A request carried out under an idempotency key, as the hash of key, caller and operation.
    pub fn request(hash: &[u8; 32]) -> Self {
        Self([&[3], hash.as_slice()].concat())
    }

    /// The hospital's first administrator.
    pub fn first_admin() -> Self {
        Self(vec![4])
    }

    /// One delivery of one event: the second time finds it taken.
    pub fn delivery(event: crate::id::EventId) -> Self {
        Self([&[5], event.get().to_be_bytes().as_slice()].concat())
    }

    /// A host name that is a hospital's own (in the platform's scope), as its digest.
    pub fn domain(digest: &[u8; 32]) -> Self {
        Self([&[6], digest.as_slice()].concat())
    }

    /// One of the few holds that a patient may have at a time, with whichever doctor.
    pub fn patient_hold(patient: crate::id::UserId, seat: u8) -> Self {
        Self([&[35], patient.get().to_be_bytes().as_slice(), &[seat]].concat())
    }

    /// True for [`ClaimKey::patient_hold`].
    pub fn is_patient_hold(&self) -> bool {
        self.0.first() == Some(&35)
    }

    /// What a payment provider tells, as the digest of the event's name: the second time finds it taken.
    pub fn provider_event(digest: &[u8; 32]) -> Self {
        Self([&[33], digest.as_slice()].concat())
    }

    /// A patient who is being merged, or merged into.
    pub fn merge(patient: crate::id::UserId) -> Self {
        Self([&[30], patient.get().to_be_bytes().as_slice()].concat())
    }

    /// Whether it is the claim of a merge.
    pub fn is_merge(&self) -> bool {
        self.0.first() == Some(&30)
    }

    /// An event that a hospital's webhooks have taken on.
    pub fn webhook_event(event: crate::id::EventId) -> Self {
        Self([&[25], event.get().to_be_bytes().as_slice()].concat())
    }

    /// An uploaded object: held by the record that shows it, or by the word that nothing will.
    pub fn upload(object: Id) -> Self {
        Self([&[13], object.get().to_be_bytes().as_slice()].concat())
    }

    /// The code of a plan (in the platform's scope), as its digest.
    pub fn plan_code(digest: &[u8; 32]) -> Self {
        Self([&[15], digest.as_slice()].concat())
    }

    /// A telephone number that is invited, as its keyed hash.
    pub fn invitation(phone: &[u8; 16]) -> Self {
        Self([&[37], phone.as_slice()].concat())
    }

    /// An invitation that was followed: it makes one account.
    pub fn invitation_followed(invitation: Id) -> Self {
        Self([&[38], invitation.get().to_be_bytes().as_slice()].concat())
    }

    /// True for what must happen once, even to the aggregate that holds the claim already.
    pub fn is_once(&self) -> bool {
        matches!(self.0.first(), Some(3 | 5 | 33))
    }

    /// True for the claim of this log-in, given as the hex of its keyed hash.
    pub fn is_log_in(&self, hash: &str) -> bool {
        self.0.split_first().is_some_and(|(kind, bytes)| *kind == 1 && crate::secret::hex(bytes) == hash)
    }

    /// The bytes in keys, at most 40.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// From the bytes in a key.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

/// What a commit does to claims. The owner is always the committing aggregate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClaimOp {
    /// Takes what is free, lapsed, or already this aggregate's; else the commit is refused.
    Take {
        /// What is claimed.
        key: ClaimKey,
        /// What the owner wants to find again (sealed by the store).
        body: Vec<u8>,
        /// When it lapses by itself.
        expires: Option<Time>,
    },
    /// Gives back; giving back what is not held is no error.
    Release {
        /// What is given back.
        key: ClaimKey,
    },
    /// Takes `[start, end)` under a key; refused where it overlaps another span there.
    TakeSpan {
        /// Whose spans.
        key: ClaimKey,
        /// First millisecond.
        start: Time,
        /// The millisecond after the last.
        end: Time,
    },
    /// Gives the span that begins at `start` back, if this aggregate holds it.
    ReleaseSpan {
        /// Whose spans.
        key: ClaimKey,
        /// First millisecond.
        start: Time,
    },
}

impl ClaimOp {
    /// What the operation is about.
    pub const fn key(&self) -> &ClaimKey {
        match self {
            Self::Take { key, .. }
            | Self::Release { key }
            | Self::TakeSpan { key, .. }
            | Self::ReleaseSpan { key, .. } => key,
        }
    }
}
