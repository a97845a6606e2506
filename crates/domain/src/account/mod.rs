//! An account: who someone is, how they prove it, and their sessions.

mod calendar_link;
pub mod code;
mod command;
pub mod fingerprint;
mod lockout;
mod merge;
mod merging;
mod notice;
mod proofs;
mod proving;
mod rules;
mod session;
pub mod totp;

pub use calendar_link::{CalendarLink, LinkText, MAX_LINKS, SECRET_BYTES, add_link, revoke_link};
pub use command::{AccountCommand, LogInCheck, MergeProgress, Moved};
pub use lockout::{FORGOTTEN_AFTER, Failures, MAX_FAILURES};
pub use merge::{Behalf, MergePlan, MergeStage, MergeStep};
pub use merging::in_progress;
pub use notice::{SecurityChange, notice};
pub use proofs::Proofs;
pub use rules::AccountState;
pub use session::Session;
pub use totp::SecondFactor;

use crate::id::{Id, UserId};
use crate::policy::Role;
use crate::record::{Document, IndexRow, Key, List, RecordKind};
use crate::time::Time;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What an account's events say of it: how it was when they happened. No name is among it, for it leaves the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountFacts {
    /// What they are to the hospital.
    pub role: Role,
    /// Whether they may log in.
    pub active: bool,
    /// True where it had just been made.
    pub created: bool,
}

/// What an account says of a person. Values stay as sent.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// As sent; compared in lower case.
    pub email: String,
    /// Chosen, or the e-mail address.
    pub username: String,
    /// As sent; compared by its digits.
    pub phone_number: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// A doctor's department.
    pub department: String,
    /// A doctor's licence.
    pub license_number: String,
    /// A doctor's years of practice.
    pub years_of_experience: Option<u32>,
    /// A doctor's specialty in words.
    pub specialty: String,
    /// What a person says of themself.
    pub bio: String,
    /// `YYYY-MM-DD`.
    pub date_of_birth: String,
    /// As sent: `female`, `male`, ….
    pub gender: String,
    /// As sent.
    pub address: String,
    /// `O+`.
    pub blood_type: String,
    /// Text, as sent.
    pub allergies: String,
    /// Whom to call.
    pub emergency_contact_name: String,
    /// Where.
    pub emergency_contact_phone: String,
    /// Keys that an API keeps open.
    pub extra: Map<String, Value>,
}

impl Profile {
    /// Given and family name, or whichever there is, or the user name.
    pub fn full_name(&self) -> String {
        let name = format!("{} {}", self.first_name, self.last_name);
        let name = name.trim();
        if name.is_empty() { self.username.clone() } else { name.to_owned() }
    }
}

/// An account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Whose.
    pub id: UserId,
    /// What they are to the hospital.
    pub role: Role,
    /// Whether they may log in.
    pub active: bool,
    /// Who they are.
    pub profile: Profile,
    /// Argon2id in PHC form; empty where there is no password.
    pub password_hash: String,
    /// Keyed hashes of e-mail, user name and telephone number, hex: what a log-in is found by.
    pub log_ins: Vec<String>,
    /// Wrong passwords.
    #[serde(default)]
    pub failures: Failures,
    /// When it was made.
    pub created_at: Time,
    /// When it last changed (log-ins do not count).
    pub updated_at: Time,
    /// When they last logged in.
    pub last_log_in: Option<Time>,
    /// Whether they have shown that the e-mail address is theirs.
    #[serde(default)]
    pub email_verified: bool,
    /// True where its owner typed the telephone number, and nobody has vouched for it: a code opens no such account, for
    /// whoever has the number may be someone else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub phone_unproven: bool,
    /// The account that this one became part of, if it did.
    #[serde(default)]
    pub merged_into: Option<UserId>,
    /// Of a patient: what two accounts of one person have in common, as keyed hashes. See [`fingerprint`].
    #[serde(default)]
    pub fingerprints: Vec<String>,
}

impl Document for Account {
    const KIND: RecordKind = RecordKind::Account;
    fn record_id(&self) -> Id {
        self.id.id()
    }
    fn index(&self) -> Vec<IndexRow> {
        let sort = self.created_at.sort_key();
        let role = self.role.code();
        let mut rows = vec![
            IndexRow { list: List::Users, eq: Key::all(), sort },
            IndexRow { list: List::UsersByRole, eq: Key::of(role), sort },
            IndexRow { list: List::UsersByRoleActive, eq: Key::of(role).and(u64::from(self.active)), sort },
        ];
        rows.extend(self.log_in_hashes().map(|hash| IndexRow {
            list: List::LogIns,
            eq: Key::hash(&hash),
            sort: 0,
        }));
        // Whoever is a patient no more has no double.
        if self.role == Role::Patient && self.active && self.merged_into.is_none() {
            let mut places: Vec<u64> =
                self.fingerprints.iter().filter_map(|one| fingerprint::place(one)).collect();
            places.sort_unstable();
            places.dedup();
            rows.extend(places.into_iter().map(|sort| IndexRow {
                list: List::PatientFingerprints,
                eq: Key::all(),
                sort,
            }));
        }
        rows
    }
}

impl Account {
    /// The keyed hashes of its log-ins.
    pub fn log_in_hashes(&self) -> impl Iterator<Item = [u8; 16]> + '_ {
        self.log_ins.iter().filter_map(|text| unhex(text))
    }
}

/// 16 bytes from their hex.
fn unhex(text: &str) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    if text.len() != 32 {
        return None;
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}
