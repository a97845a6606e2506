//! A hospital's storage: how much its objects take, and which are on their way in or out.
//!
//! An object lies outside of the store, so no commit can hold it and the record that shows it together. In their place
//! stands an [`Upload`], written before the first byte is kept:
//!
//! - *coming*: the object may be there or not. It has a time at which it is looked at. An object that is to be had for
//!   a while only (an export) stays so: no record takes its claim, and it goes when its time is over.
//! - *kept*: a record shows it. The record's commit took the claim [`ClaimKey::upload`], which is what decides.
//! - *leaving*: it is being removed, and tried again until it is gone.
//!
//! Whoever looks at one that is coming too long takes its claim first. So either a record has it or nothing will: an
//! object that nobody shows does not stay, and none that is shown is removed.

use super::ObjectKind;
use crate::decision::{Change, Decision};
use crate::id::Id;
use crate::record::{ClaimKey, ClaimOp, Document, IndexRow, Key, List, RecordKind};
use crate::refusal::{Kind, Refusal};
use crate::time::{DAY, MINUTE, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The time between two attempts to remove an object, in milliseconds.
pub const REMOVE_AGAIN: i64 = MINUTE;
/// How long it is remembered that nothing may show an object any more: far longer than any request lasts.
const REMEMBERED: i64 = DAY;

/// Where an upload stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UploadStatus {
    /// On its way in.
    Coming,
    /// Shown by a record.
    Kept,
    /// On its way out.
    Leaving,
}

/// An object as the hospital's storage knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// The object's id.
    pub id: Id,
    /// What it is for.
    pub kind: ObjectKind,
    /// What it counts for: its length once it is kept, before that the most that it can have.
    pub bytes: u64,
    /// Where it stands.
    pub status: UploadStatus,
    /// When it is looked at next.
    pub due: Option<Time>,
}

impl Upload {
    /// Whether it is to be removed now.
    pub fn must_go(&self, now: Time) -> bool {
        self.status == UploadStatus::Leaving && self.due.is_none_or(|due| due <= now)
    }
}

impl Document for Upload {
    const KIND: RecordKind = RecordKind::Upload;
    fn record_id(&self) -> Id {
        self.id
    }
    fn index(&self) -> Vec<IndexRow> {
        let row = |due: Time| IndexRow { list: List::UploadsDue, eq: Key::all(), sort: due.sort_key() };
        self.due.map(row).into_iter().collect()
    }
}

/// What a hospital's objects take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Storage {
    /// The hospital.
    pub hospital: Id,
    /// Bytes of what is kept or leaving.
    pub kept: u64,
    /// Objects that are kept or leaving.
    pub objects: u64,
    /// Bytes held for what is coming.
    pub held: u64,
}

impl Document for Storage {
    const KIND: RecordKind = RecordKind::Storage;
    fn record_id(&self) -> Id {
        self.hospital
    }
    fn index(&self) -> Vec<IndexRow> {
        Vec::new()
    }
}

impl Storage {
    /// An empty one.
    pub const fn of(hospital: Id) -> Self {
        Self { hospital, kept: 0, objects: 0, held: 0 }
    }

    fn count(&mut self, upload: &Upload) {
        if upload.status == UploadStatus::Coming {
            self.held = self.held.saturating_add(upload.bytes);
        } else {
            self.kept = self.kept.saturating_add(upload.bytes);
            self.objects = self.objects.saturating_add(1);
        }
    }

    fn forget(&mut self, upload: &Upload) {
        if upload.status == UploadStatus::Coming {
            self.held = self.held.saturating_sub(upload.bytes);
        } else {
            self.kept = self.kept.saturating_sub(upload.bytes);
            self.objects = self.objects.saturating_sub(1);
        }
    }
}

/// What can be done about storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StorageCommand {
    /// An object will come.
    Begin {
        /// Its id.
        id: Id,
        /// What it is for.
        kind: ObjectKind,
        /// The most that it can have.
        bytes: u64,
        /// All that the hospital may keep; `None`: no limit.
        limit: Option<u64>,
        /// When it is looked at if nothing is heard of it.
        due: Time,
    },
    /// A record shows it.
    Keep {
        /// Which.
        id: Id,
        /// Its length.
        bytes: u64,
    },
    /// Nothing will show it. Refused where a record does.
    Lapse {
        /// Which.
        id: Id,
    },
    /// The record that showed it is gone, or goes at the caller's word.
    Release {
        /// Which.
        id: Id,
    },
    /// It is about to be removed, once more.
    Remove {
        /// Which.
        id: Id,
    },
    /// It is removed.
    Gone {
        /// Which.
        id: Id,
    },
}

impl StorageCommand {
    /// Whether a claim goes with it, which a record may have taken before.
    pub const fn claims(self) -> bool {
        matches!(self, Self::Lapse { .. })
    }

    /// What it is about.
    pub const fn id(self) -> Id {
        match self {
            Self::Begin { id, .. }
            | Self::Keep { id, .. }
            | Self::Lapse { id }
            | Self::Release { id }
            | Self::Remove { id }
            | Self::Gone { id } => id,
        }
    }
}

/// What commands are decided on: the storage, and the uploads that they are about.
#[derive(Debug, Clone, Copy)]
pub struct StorageView<'a> {
    /// The storage; a hospital's is empty at first.
    pub storage: Storage,
    /// True where it was never written.
    pub is_new: bool,
    /// Those of the uploads that there are.
    pub uploads: &'a [Upload],
}

/// What commands come to, together.
#[derive(Debug)]
pub struct Decided {
    /// What is committed for all of them.
    pub decision: Decision,
    /// The storage afterwards.
    pub storage: Storage,
    /// What each is answered, in their order.
    pub answers: Vec<Result<(), Refusal>>,
}

impl StorageView<'_> {
    /// Decides commands, one after the other. One that is refused changes nothing, and the others stand.
    pub fn decide(self, now: Time, commands: &[StorageCommand]) -> Decided {
        let mut storage = self.storage;
        let mut uploads: BTreeMap<Id, Option<Upload>> =
            self.uploads.iter().map(|upload| (upload.id, Some(upload.clone()))).collect();
        let (mut claims, mut answers) = (Vec::new(), Vec::with_capacity(commands.len()));
        for command in commands {
            let upload = uploads.entry(command.id()).or_default();
            answers.push(command.next(&storage, upload.as_ref(), now).map(|next| {
                let Some((next, claim)) = next else { return };
                if let Some(before) = &*upload {
                    storage.forget(before);
                }
                if let Some(after) = &next {
                    storage.count(after);
                }
                *upload = next;
                claims.extend(claim);
            }));
        }
        let of_uploads = uploads.iter().filter_map(|(id, after)| {
            let before = self.uploads.iter().find(|upload| upload.id == *id);
            match (before, after) {
                (None, Some(after)) => Some(Change::create(after)),
                (Some(before), Some(after)) if before != after => Some(Change::update(before, after)),
                (Some(before), None) => Some(Change::remove(before)),
                (Some(_), Some(_)) | (None, None) => None,
            }
        });
        let mut changes: Vec<Change> = of_uploads.collect();
        if !changes.is_empty() && self.is_new {
            changes.insert(0, Change::create(&storage));
        } else if storage != self.storage {
            changes.insert(0, Change::update(&self.storage, &storage));
        }
        Decided { decision: Decision { changes, claims, happenings: Vec::new() }, storage, answers }
    }
}

/// An upload afterwards, and what is claimed with it.
type Next = (Option<Upload>, Option<ClaimOp>);

impl StorageCommand {
    /// What comes of it; nothing where it was told twice, or of what is over.
    fn next(self, storage: &Storage, upload: Option<&Upload>, now: Time) -> Result<Option<Next>, Refusal> {
        Ok(Some(match (self, upload) {
            (Self::Begin { id, kind, bytes, limit, due }, None) => {
                let taken = storage.kept.saturating_add(storage.held);
                if limit.is_some_and(|limit| taken.saturating_add(bytes) > limit) {
                    return Err(full());
                }
                (Some(Upload { id, kind, bytes, status: UploadStatus::Coming, due: Some(due) }), None)
            }
            (Self::Keep { bytes, .. }, Some(upload)) if upload.status == UploadStatus::Coming => {
                (Some(Upload { bytes, status: UploadStatus::Kept, due: None, ..*upload }), None)
            }
            (Self::Lapse { id }, Some(upload)) if upload.status == UploadStatus::Coming => {
                let (key, expires) = (ClaimKey::upload(id), Some(now.plus(REMEMBERED)));
                (Some(leaving(upload, now)), Some(ClaimOp::Take { key, body: Vec::new(), expires }))
            }
            (Self::Release { .. }, Some(upload)) if upload.status != UploadStatus::Leaving => {
                (Some(leaving(upload, now)), None)
            }
            (Self::Remove { .. }, Some(upload)) if upload.must_go(now) => {
                (Some(Upload { due: Some(now.plus(REMOVE_AGAIN)), ..*upload }), None)
            }
            (Self::Gone { .. }, Some(upload)) if upload.status == UploadStatus::Leaving => (None, None),
            _ => return Ok(None),
        }))
    }
}

fn leaving(upload: &Upload, now: Time) -> Upload {
    Upload { status: UploadStatus::Leaving, due: Some(now), ..*upload }
}

fn full() -> Refusal {
    Refusal::new(Kind::TooLarge, "storage_full", "This hospital's room for files is used up.")
}

/// What whoever shows an object commits with the record: a claim that nobody else has, and the object's length in it.
pub fn shown(id: Id, bytes: u64) -> ClaimOp {
    ClaimOp::Take { key: ClaimKey::upload(id), body: bytes.to_be_bytes().to_vec(), expires: None }
}

/// The length in a claim of [`shown`]; `None` for one that says that nothing will show it.
pub fn length_shown(body: &[u8]) -> Option<u64> {
    body.try_into().ok().map(u64::from_be_bytes)
}

/// What is said where an object came too late: it was given up meanwhile.
pub fn too_late() -> Refusal {
    Refusal::conflict("upload_lapsed", "The file took too long to arrive: send it again.")
}

#[cfg(test)]
mod tests;
