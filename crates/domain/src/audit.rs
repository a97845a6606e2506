//! The audit trail: who saw and did what, in chains that cannot be altered unnoticed.
//!
//! Each process appends to a chain of its own in each hospital: every link holds the hash of the one before it, and
//! heads are signed from time to time, so that a changed, missing or reordered link shows.

mod deed;

pub use deed::{Deed, resource_word};

use crate::decision::{Change, Decision};
use crate::face::Face;
use crate::id::{Id, SessionId, UserId};
use crate::policy::Role;
use crate::record::{Document, IndexRow, Key, List, RecordKind};
use crate::secret::hex;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What happened to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditOutcome {
    /// It was carried out, or its answer was shown.
    Success,
    /// It was refused.
    Refused,
}

/// One entry: one request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Its id.
    pub id: Id,
    /// When.
    pub at: Time,
    /// Who; `None` where nobody was logged in.
    pub actor: Option<UserId>,
    /// As what.
    pub role: Option<Role>,
    /// Through which session.
    pub session: Option<SessionId>,
    /// Through which API.
    pub face: Face,
    /// What they did: `read appointment`, `list patient`, `log_in`, as one word of [`Deed`].
    pub action: String,
    /// To what.
    pub resource: String,
    /// To which; `None` for lists.
    pub resource_id: Option<Id>,
    /// The patients whose data was shown or changed.
    pub patients: Vec<UserId>,
    /// How it ended.
    pub outcome: AuditOutcome,
    /// Where from.
    pub address: String,
    /// Ties it to the log.
    pub request_id: String,
}

/// More patients than this in one entry are found by reading the entry, not by an index row each.
pub const PATIENT_ROWS: usize = 4;
/// Stands in [`List::AuditByPatient`] for entries with more patients than [`PATIENT_ROWS`].
pub const MANY_PATIENTS: u64 = 0;

/// A number for a word in index rows: the words are few, so 64 bits of a hash never meet in practice, and a reader
/// compares the word itself.
pub fn word_code(word: &str) -> u64 {
    let digest = Sha256::digest(word.as_bytes());
    digest.iter().take(8).fold(0, |code, byte| (code << 8) | u64::from(*byte))
}

/// One link: an entry as the text that was hashed, so that a later version of Ward verifies what an earlier one wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLink {
    /// The entry's id.
    pub id: Id,
    /// The chain: one process's in one hospital.
    pub chain: Id,
    /// 1, 2, 3, ….
    pub sequence: u64,
    /// The hash of the link before, hex; 64 zeros for the first.
    pub previous: String,
    /// The entry as JSON.
    pub content: String,
    /// SHA-256 of chain, sequence, previous and content, hex.
    pub hash: String,
    /// Index rows rest on these.
    pub at: Time,
    /// Who, 0 for nobody.
    pub actor: u64,
    /// [`word_code`] of the action.
    pub action: u64,
    /// Patients with a row of their own, or [`MANY_PATIENTS`].
    pub patients: Vec<u64>,
}

/// The hash before the first link.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

impl AuditLink {
    /// The hash that a link with these parts must have.
    pub fn hash_of(chain: Id, sequence: u64, previous: &str, content: &str) -> String {
        let mut hasher = Sha256::new();
        hasher.update(chain.get().to_be_bytes());
        hasher.update(sequence.to_be_bytes());
        hasher.update(previous.as_bytes());
        hasher.update(content.as_bytes());
        hex(&hasher.finalize())
    }

    /// True where the link's parts, the fields that its index rows rest on too, are what was hashed.
    pub fn is_sound(&self) -> bool {
        let Ok(entry) = serde_json::from_str::<AuditEntry>(&self.content) else { return false };
        self.hash == Self::hash_of(self.chain, self.sequence, &self.previous, &self.content)
            && (entry.id, entry.at, entry.actor.map_or(0, UserId::get)) == (self.id, self.at, self.actor)
            && (self.action, &self.patients) == (word_code(&entry.action), &patient_rows(&entry))
    }
}

fn patient_rows(entry: &AuditEntry) -> Vec<u64> {
    if entry.patients.len() > PATIENT_ROWS {
        return vec![MANY_PATIENTS];
    }
    entry.patients.iter().map(|patient| patient.get()).collect()
}

impl Document for AuditLink {
    const KIND: RecordKind = RecordKind::AuditEntry;
    fn record_id(&self) -> Id {
        self.id
    }
    fn index(&self) -> Vec<IndexRow> {
        let sort = self.at.sort_key();
        let mut rows = vec![
            IndexRow { list: List::AuditByTime, eq: Key::all(), sort },
            IndexRow { list: List::AuditByActor, eq: Key::of(self.actor), sort },
            IndexRow { list: List::AuditByAction, eq: Key::of(self.action), sort },
            IndexRow { list: List::AuditChain, eq: Key::of(self.chain.get()), sort: self.sequence },
        ];
        rows.extend(self.patients.iter().map(|patient| IndexRow {
            list: List::AuditByPatient,
            eq: Key::of(*patient),
            sort,
        }));
        rows
    }
}

/// A signed head: what the chain's last link was at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedHead {
    /// The record's id.
    pub id: Id,
    /// Which chain.
    pub chain: Id,
    /// Its length.
    pub sequence: u64,
    /// The last link's hash, hex.
    pub hash: String,
    /// When.
    pub at: Time,
    /// Ed25519 over [`SignedHead::message`], hex.
    pub signature: String,
}

impl SignedHead {
    /// What is signed.
    pub fn message(&self) -> String {
        format!("ward audit head {} {} {} {}", self.chain, self.sequence, self.hash, self.at)
    }
}

impl Document for SignedHead {
    const KIND: RecordKind = RecordKind::AuditHead;
    fn record_id(&self) -> Id {
        self.id
    }
    fn index(&self) -> Vec<IndexRow> {
        vec![IndexRow { list: List::AuditHeads, eq: Key::all(), sort: self.at.sort_key() }]
    }
}

/// The end of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainHead {
    /// Which chain.
    pub chain: Id,
    /// Its length.
    pub sequence: u64,
    /// The last link's hash, hex.
    pub hash: String,
}

impl ChainHead {
    /// A chain without links.
    pub fn new(chain: Id) -> Self {
        Self { chain, sequence: 0, hash: GENESIS.to_owned() }
    }

    /// Appends entries: the links to commit, and the head that follows.
    pub fn append(&self, entries: &[AuditEntry]) -> (Decision, Self) {
        let mut head = self.clone();
        let changes = entries
            .iter()
            .map(|entry| {
                // An entry always has a JSON form: its fields are texts, numbers and lists of them.
                let content = serde_json::to_string(entry).unwrap_or_default();
                head.sequence += 1;
                let hash = AuditLink::hash_of(head.chain, head.sequence, &head.hash, &content);
                let previous = std::mem::replace(&mut head.hash, hash.clone());
                Change::create(&AuditLink {
                    id: entry.id,
                    chain: head.chain,
                    sequence: head.sequence,
                    previous,
                    content,
                    hash,
                    at: entry.at,
                    actor: entry.actor.map_or(0, UserId::get),
                    action: word_code(&entry.action),
                    patients: patient_rows(entry),
                })
            })
            .collect();
        (Decision { changes, ..Decision::default() }, head)
    }
}

/// What is wrong with a chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// A link's content is not what was hashed.
    #[error("chain {chain}: link {sequence} was altered")]
    Altered {
        /// Which chain.
        chain: Id,
        /// Which link.
        sequence: u64,
    },
    /// A link is missing, doubled or out of place.
    #[error("chain {chain}: link {expected} is missing or out of place")]
    Broken {
        /// Which chain.
        chain: Id,
        /// The link that should follow.
        expected: u64,
    },
}

impl ChainHead {
    /// Goes one link on, if it is the one that follows.
    pub fn verify_next(&mut self, link: &AuditLink) -> Result<(), ChainFault> {
        let chain = self.chain;
        let expected = self.sequence + 1;
        if link.chain != chain || link.sequence != expected || link.previous != self.hash {
            return Err(ChainFault::Broken { chain, expected });
        }
        if !link.is_sound() {
            return Err(ChainFault::Altered { chain, sequence: link.sequence });
        }
        self.sequence = link.sequence;
        self.hash.clone_from(&link.hash);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
