//! An invitation: whoever shows that a telephone number is theirs gets an account of a role that only an administrator gives.

use crate::id::{Id, UserId};
use crate::policy::Role;
use crate::record::{ClaimKey, Document, IndexRow, Key, List, RecordKind};
use crate::time::{DAY, Time};
use serde::{Deserialize, Serialize};

/// How long an invitation stands, in days.
pub const INVITATION_DAYS: i64 = 14;

/// A number that is invited into a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Its id.
    pub id: Id,
    /// As sent.
    pub phone_number: String,
    /// The keyed hash of the number: one invitation stands for each.
    pub phone: [u8; 16],
    /// As what.
    pub role: Role,
    /// Given name, if it is known.
    pub first_name: String,
    /// Family name, if it is known.
    pub last_name: String,
    /// Who invites.
    pub by: UserId,
    /// Since when.
    pub created_at: Time,
    /// Until when.
    pub until: Time,
}

impl Invitation {
    /// When one that is made now ends.
    pub fn ends(now: Time) -> Time {
        now.plus(INVITATION_DAYS * DAY)
    }

    /// What no other invitation may have at the same time.
    pub fn claim(&self) -> ClaimKey {
        ClaimKey::invitation(&self.phone)
    }
}

impl Document for Invitation {
    const KIND: RecordKind = RecordKind::Invitation;
    fn record_id(&self) -> Id {
        self.id
    }
    fn index(&self) -> Vec<IndexRow> {
        let eq = Key::all();
        vec![
            IndexRow { list: List::Invitations, eq: eq.clone(), sort: self.created_at.sort_key() },
            IndexRow { list: List::InvitationsDue, eq, sort: self.until.sort_key() },
        ]
    }
}
