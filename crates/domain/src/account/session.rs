//! A log-in session: what a token stands on. It ends by log-out, by time, or with the account.

use crate::face::Face;
use crate::id::{Id, SessionId, UserId};
use crate::record::{Document, IndexRow, Key, List, RecordKind};
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// A session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Its id, which tokens carry.
    pub id: SessionId,
    /// Whose.
    pub user: UserId,
    /// The API that they logged in through.
    pub face: Face,
    /// When they logged in.
    pub created_at: Time,
    /// When it ends, whatever happens.
    pub expires_at: Time,
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
