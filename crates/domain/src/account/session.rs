//! A log-in session: what a token stands on. It ends by log-out, by time, or with the account.

use crate::face::Face;
use crate::id::{Id, SessionId, UserId};
use crate::record::{Document, IndexRow, Key, List, RecordKind};
use crate::time::{MINUTE, Time};
use serde::{Deserialize, Serialize};

/// A renewal within so many milliseconds of the last is not written down.
const USE_STEP: i64 = 5 * MINUTE;

/// A session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Its id, which tokens carry.
    pub id: SessionId,
    /// Whose.
    pub user: UserId,
    /// The API that they logged in through.
    pub face: Face,
    /// The network address that they logged in from; empty where it is not known.
    #[serde(default)]
    pub address: String,
    /// When they logged in.
    pub created_at: Time,
    /// When it was last renewed, if it was.
    #[serde(default)]
    pub renewed_at: Option<Time>,
    /// When it ends, whatever happens.
    pub expires_at: Time,
}

impl Session {
    /// When it was last given a token, to some minutes.
    pub fn used_at(&self) -> Time {
        self.renewed_at.unwrap_or(self.created_at)
    }

    /// Notes that it was given a token, unless that was noted a moment ago.
    pub(super) fn renew(&mut self, now: Time) {
        if self.used_at().plus(USE_STEP) <= now {
            self.renewed_at = Some(now);
        }
    }
}

impl Document for Session {
    const KIND: RecordKind = RecordKind::Session;
    fn record_id(&self) -> Id {
        self.id.id()
    }
    fn index(&self) -> Vec<IndexRow> {
        vec![IndexRow {
            list: List::SessionsByUser,
            eq: Key::of(self.user.get()),
            sort: self.created_at.sort_key(),
        }]
    }
}
