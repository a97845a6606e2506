//! A hospital: status, settings, plan. It lives in the platform's scope; everything else of it lives in its own.

pub mod domains;

use crate::decision::{Change, Decision, Happening};
use crate::id::{HospitalId, Id};
use crate::record::{ClaimOp, Document, IndexRow, Key, List, RecordKind};
use crate::refusal::Refusal;
use crate::secret;
use crate::subscription::{Subscribe, Subscription};
use crate::time::Time;
use crate::zone::Zone;
use serde::{Deserialize, Serialize};

/// Whether a hospital is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HospitalStatus {
    /// It is.
    Active,
    /// Its people cannot log in; its data stands.
    Suspended,
    /// It is gone, and its keys with it; the entry stays so that the id is never explained away.
    Deleted,
}

/// What a hospital may use. A quota of `None` has no end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Its name.
    pub code: String,
    /// Active doctors.
    pub max_doctors: Option<u64>,
    /// Active patients.
    pub max_patients: Option<u64>,
    /// Active administrators and staff.
    pub max_members: Option<u64>,
    /// Appointments booked in one calendar month of the hospital's time zone.
    pub max_appointments_per_month: Option<u64>,
}

/// Who may make themself the first administrator, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// Digest of the one-time code that the creation returned.
    pub code_digest: String,
    /// When the window closes.
    pub until: Time,
}

/// What can be set of a hospital.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HospitalProfile {
    /// `City General Hospital`.
    pub name: String,
    /// As sent.
    pub address: String,
    /// As sent.
    pub city: String,
    /// As sent.
    pub state: String,
    /// As sent.
    pub country: String,
    /// `general`, `clinic`, …: as sent.
    pub hospital_type: String,
    /// Where the platform writes to.
    pub contact_email: String,
    /// As sent.
    pub contact_phone: String,
    /// As sent.
    pub website: String,
    /// IANA name.
    pub time_zone: String,
    /// Host names that are its own, lower case: see [`domains`].
    #[serde(default)]
    pub domains: Vec<String>,
}

/// A hospital.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hospital {
    /// Its id, which is the tenant's.
    pub id: HospitalId,
    /// What can be set.
    pub profile: HospitalProfile,
    /// Whether it is served.
    pub status: HospitalStatus,
    /// What it may use.
    pub plan: Plan,
    /// What it is subscribed to; none on a plan that it was given before there were subscriptions.
    #[serde(default)]
    pub subscription: Option<Subscription>,
    /// The window for the first administrator.
    pub setup: Setup,
    /// When it joined.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

impl Hospital {
    /// Its time zone; UTC where the name is none any more.
    pub fn zone(&self) -> Zone {
        Zone::named(&self.profile.time_zone).unwrap_or(Zone::UTC)
    }
}

impl Document for Hospital {
    const KIND: RecordKind = RecordKind::Hospital;
    fn record_id(&self) -> Id {
        self.id.id()
    }
    fn index(&self) -> Vec<IndexRow> {
        if self.status == HospitalStatus::Deleted {
            return Vec::new();
        }
        let mut rows =
            vec![IndexRow { list: List::Hospitals, eq: Key::all(), sort: self.created_at.sort_key() }];
        if let Some(ends) = self.subscription.as_ref().and_then(|subscription| subscription.ends.as_ref()) {
            rows.push(IndexRow { list: List::SubscriptionsDue, eq: Key::all(), sort: ends.at.sort_key() });
        }
        rows
    }
}

/// A data key of a hospital. It lies in the platform's scope, whose seal (under the master key) is its wrapping.
#[derive(Clone, Serialize, Deserialize)]
pub struct DataKeyRecord {
    /// The record's id.
    pub id: Id,
    /// The number that sealed bodies name; the highest is in use.
    pub number: u32,
    /// The key, base64.
    pub key: String,
    /// When it was made.
    pub created_at: Time,
}

impl std::fmt::Debug for DataKeyRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DataKeyRecord").field("number", &self.number).finish_non_exhaustive()
    }
}

/// The data keys of one hospital, under the hospital's id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeyRing {
    /// Whose.
    pub hospital: HospitalId,
    /// Oldest first.
    pub keys: Vec<DataKeyRecord>,
}

impl Document for KeyRing {
    const KIND: RecordKind = RecordKind::DataKey;
    fn record_id(&self) -> Id {
        self.hospital.id()
    }
    fn index(&self) -> Vec<IndexRow> {
        Vec::new()
    }
}

/// What the platform remembers of itself, written once before there is anything else.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformState {
    /// The key of log-in hashes, base64. It stays when master keys change: the hashes stand in index rows.
    pub log_in_key: String,
    /// When the platform was made.
    pub created_at: Time,
}

impl std::fmt::Debug for PlatformState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PlatformState").field("created_at", &self.created_at).finish_non_exhaustive()
    }
}

impl Document for PlatformState {
    const KIND: RecordKind = RecordKind::PlatformState;
    fn record_id(&self) -> Id {
        Id::default()
    }
    fn index(&self) -> Vec<IndexRow> {
        Vec::new()
    }
}

/// What can be told to a hospital.
#[derive(Debug, Clone)]
pub enum HospitalCommand {
    /// Joins: the hospital and its first data key.
    Create {
        /// The whole hospital.
        hospital: Box<Hospital>,
        /// Its first key.
        keys: KeyRing,
        /// Further claims of the same commit: a request's key.
        claims: Vec<ClaimOp>,
    },
    /// Changes what can be set.
    Edit {
        /// All of it.
        profile: Box<HospitalProfile>,
        /// The version that the caller edits, if they said.
        if_version: Option<u64>,
    },
    /// Changes its subscription.
    Subscribe {
        /// How.
        step: Box<Subscribe>,
        /// Further claims of the same commit: a request's key.
        claims: Vec<ClaimOp>,
    },
    /// Adds a data key, which is in use from then on.
    AddKey {
        /// Its number must be the next.
        key: DataKeyRecord,
    },
    /// Takes away keys that nothing is sealed with any more.
    DropKeysBefore {
        /// The lowest number that stays.
        number: u32,
    },
    /// Ends it: the keys are destroyed, and everything sealed with them.
    Delete,
}

/// A hospital as its actor holds it.
#[derive(Debug, Clone, Default)]
pub struct HospitalState {
    /// The hospital, once created.
    pub hospital: Option<Hospital>,
    /// Its keys.
    pub keys: Option<KeyRing>,
}

impl HospitalState {
    /// Decides a command. `version` is the aggregate's.
    pub fn decide(
        &self,
        now: Time,
        version: u64,
        command: &HospitalCommand,
    ) -> Result<(Decision, HospitalState), Refusal> {
        if let HospitalCommand::Create { hospital, keys, claims } = command {
            if self.hospital.is_some() {
                return Err(Refusal::conflict("hospital_exists", "This hospital exists already."));
            }
            let mut claims = claims.clone();
            claims.extend(domains::moved(&[], &hospital.profile.domains));
            let decision = Decision {
                changes: vec![Change::create(&**hospital), Change::create(keys)],
                claims,
                happenings: vec![Happening::HospitalChanged { hospital: hospital.id }],
            };
            return Ok((decision, Self { hospital: Some((**hospital).clone()), keys: Some(keys.clone()) }));
        }
        let (Some(hospital), Some(keys)) = (&self.hospital, &self.keys) else {
            return Err(Refusal::not_found("Hospital"));
        };
        if hospital.status == HospitalStatus::Deleted {
            return Err(Refusal::not_found("Hospital"));
        }
        let mut next = hospital.clone();
        let mut ring = keys.clone();
        let mut further = None;
        next.updated_at = now;
        match command {
            HospitalCommand::Create { .. } => {}
            HospitalCommand::Edit { profile, if_version } => {
                check_version(*if_version, version)?;
                next.profile = (**profile).clone();
            }
            HospitalCommand::Subscribe { step, claims } => {
                let Some((plan, subscription, entry)) = step.decide(hospital, now)? else {
                    return Ok((Decision::default(), self.clone()));
                };
                (next.plan, next.subscription) = (plan, Some(subscription));
                further = Some((entry, claims.clone()));
            }
            HospitalCommand::AddKey { key } => {
                if ring.keys.last().is_some_and(|last| key.number != last.number + 1) {
                    return Err(Refusal::conflict("key_rotated", "Another rotation came first."));
                }
                ring.keys.push(key.clone());
            }
            HospitalCommand::DropKeysBefore { number } => {
                let last = ring.keys.last().map_or(0, |key| key.number);
                ring.keys.retain(|key| key.number >= *number || key.number == last);
            }
            HospitalCommand::Delete => {
                next.status = HospitalStatus::Deleted;
                // The name stays for the platform's books; nothing of how to reach anyone does. Its domains are free.
                next.profile =
                    HospitalProfile { name: hospital.profile.name.clone(), ..HospitalProfile::default() };
                next.subscription = None;
                ring.keys.clear();
            }
        }
        let mut changes = vec![Change::update(hospital, &next)];
        if ring.keys.len() != keys.keys.len() {
            changes.push(Change::update(keys, &ring));
        }
        let happenings = vec![Happening::HospitalChanged { hospital: next.id }];
        let mut claims = domains::moved(&hospital.profile.domains, &next.profile.domains);
        if let Some((entry, mut asked)) = further {
            changes.push(entry);
            claims.append(&mut asked);
        }
        Ok((Decision { changes, claims, happenings }, Self { hospital: Some(next), keys: Some(ring) }))
    }
}

/// Refuses an edit of a version that is not the newest.
pub fn check_version(wanted: Option<u64>, actual: u64) -> Result<(), Refusal> {
    match wanted {
        Some(version) if version != actual => Err(stale()),
        _ => Ok(()),
    }
}

/// What is said to who edits something else than what they read.
pub fn stale() -> Refusal {
    Refusal::new(
        crate::refusal::Kind::Stale,
        "stale_version",
        "It was changed meanwhile: read it again, then edit.",
    )
}

/// Whether someone may make themself the first administrator now.
pub fn check_first_admin(
    hospital: &Hospital,
    now: Time,
    code: Option<&str>,
    code_needed: bool,
) -> Result<(), Refusal> {
    if now > hospital.setup.until {
        return Err(Refusal::forbidden(
            "The time to register this hospital's first administrator is over: ask the platform.",
        ));
    }
    let digest = code.map(|code| secret::hex(&secret::digest(code.as_bytes())));
    match digest {
        Some(digest) if secret::same(digest.as_bytes(), hospital.setup.code_digest.as_bytes()) => Ok(()),
        Some(_) => {
            Err(Refusal::field("setup_code", "This is not the code that the hospital's creation returned."))
        }
        None if code_needed => {
            Err(Refusal::field("setup_code", "The code that the hospital's creation returned is needed."))
        }
        None => Ok(()),
    }
}

/// Refuses one more of something where the plan has no room for it.
pub fn check_quota(what: &'static str, used: u64, limit: Option<u64>) -> Result<(), Refusal> {
    match limit {
        Some(limit) if used >= limit => Err(Refusal::new(
            crate::refusal::Kind::Forbidden,
            "quota_exceeded",
            format!("This hospital's plan has room for {limit} {what}, and all of it is in use."),
        )),
        _ => Ok(()),
    }
}
