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
mod tests {
    use super::*;

    fn id(number: u64) -> Id {
        Id::new(number).unwrap()
    }

    fn at(ms: i64) -> Time {
        Time::from_millis(ms)
    }

    /// A storage with what is in it, as its actor would hold them.
    struct World(Storage, bool, Option<Upload>);

    impl World {
        fn tell(&mut self, now: i64, command: StorageCommand) -> Result<Decision, Refusal> {
            let uploads: Vec<Upload> = self.2.clone().into_iter().collect();
            let view = StorageView { storage: self.0, is_new: self.1, uploads: &uploads };
            let Decided { decision, storage, mut answers } = view.decide(at(now), &[command]);
            answers.remove(0)?;
            // What the store would hold.
            let document = |change: &Change| change.kind == Upload::KIND;
            if let Some(change) = decision.changes.iter().find(|change| document(change)) {
                self.2 = change.body.as_ref().map(|body| serde_json::from_slice(body).unwrap());
            }
            (self.0, self.1) = (storage, self.1 && decision.is_empty());
            Ok(decision)
        }
        fn counts(&self) -> (u64, u64, u64) {
            (self.0.kept, self.0.objects, self.0.held)
        }
    }

    fn begin(bytes: u64, limit: Option<u64>) -> StorageCommand {
        StorageCommand::Begin { id: id(5), kind: ObjectKind::Attachment, bytes, limit, due: at(100) }
    }

    #[test]
    fn room_is_held_then_counted_then_given_back() {
        let mut world = World(Storage::of(id(1)), true, None);
        let begun = world.tell(0, begin(1000, Some(1000))).unwrap();
        assert_eq!((begun.changes.len(), world.counts()), (2, (0, 0, 1000)));
        assert_eq!(begun.changes[1].put_rows[0].sort, at(100).sort_key());
        let kept = world.tell(1, StorageCommand::Keep { id: id(5), bytes: 600 }).unwrap();
        assert_eq!((kept.changes[1].drop_rows.len(), world.counts()), (1, (600, 1, 0)));
        assert!(world.tell(1, StorageCommand::Keep { id: id(5), bytes: 1 }).unwrap().is_empty());
        assert!(world.tell(1, StorageCommand::Lapse { id: id(5) }).unwrap().is_empty());
        world.tell(2, StorageCommand::Release { id: id(5) }).unwrap();
        // Until it is gone it takes room.
        assert_eq!(world.counts(), (600, 1, 0));
        assert_eq!(world.tell(2, StorageCommand::Remove { id: id(5) }).unwrap().changes.len(), 1);
        assert!(world.tell(3, StorageCommand::Remove { id: id(5) }).unwrap().is_empty());
        assert!(!world.tell(2 + REMOVE_AGAIN, StorageCommand::Remove { id: id(5) }).unwrap().is_empty());
        world.tell(4, StorageCommand::Gone { id: id(5) }).unwrap();
        assert_eq!((world.counts(), &world.2), ((0, 0, 0), &None));
        assert!(world.tell(4, StorageCommand::Gone { id: id(5) }).unwrap().is_empty());
    }

    #[test]
    fn what_never_came_claims_that_it_never_will() {
        let mut world = World(Storage::of(id(1)), true, None);
        world.tell(0, begin(1000, None)).unwrap();
        let lapsed = world.tell(100, StorageCommand::Lapse { id: id(5) }).unwrap();
        assert_eq!(lapsed.claims[0].key(), shown(id(5), 1).key());
        assert_eq!(world.2.as_ref().map(|upload| upload.status), Some(UploadStatus::Leaving));
        assert!(world.tell(101, StorageCommand::Keep { id: id(5), bytes: 1 }).unwrap().is_empty());
        world.tell(101, StorageCommand::Gone { id: id(5) }).unwrap();
        assert_eq!(world.counts(), (0, 0, 0));
    }

    #[test]
    fn commands_that_come_together_are_decided_one_after_the_other_and_committed_at_once() {
        let before = [Upload {
            id: id(3),
            kind: ObjectKind::Audio,
            bytes: 40,
            status: UploadStatus::Leaving,
            due: Some(at(0)),
        }];
        let storage = Storage { kept: 40, objects: 1, ..Storage::of(id(1)) };
        let view = StorageView { storage, is_new: false, uploads: &before };
        let begin = |number, bytes| StorageCommand::Begin {
            id: id(number),
            kind: ObjectKind::Audio,
            bytes,
            limit: Some(100),
            due: at(100),
        };
        let commands = [
            begin(5, 50),
            // There is no room for this one any more, and there is for the next.
            begin(6, 50),
            StorageCommand::Gone { id: id(3) },
            begin(7, 50),
            StorageCommand::Keep { id: id(5), bytes: 30 },
        ];
        let decided = view.decide(at(1), &commands);
        let refused: Vec<bool> = decided.answers.iter().map(Result::is_err).collect();
        assert_eq!(refused, [false, true, false, false, false]);
        assert_eq!(decided.storage, Storage { hospital: id(1), kept: 30, objects: 1, held: 50 });
        let changed: Vec<Id> = decided.decision.changes.iter().map(|change| change.id).collect();
        assert_eq!(changed, [id(1), id(3), id(5), id(7)]);
        let alone = view.decide(at(1), &[begin(6, 100)]);
        assert!(alone.decision.is_empty() && alone.answers[0].is_err());
    }

    #[test]
    fn a_full_room_takes_nothing_more() {
        let mut world = World(Storage { kept: 900, objects: 3, ..Storage::of(id(1)) }, false, None);
        let refused = world.tell(0, begin(101, Some(1000))).unwrap_err();
        assert_eq!((refused.kind, refused.reason), (Kind::TooLarge, "storage_full"));
        world.tell(0, begin(100, Some(1000))).unwrap();
        assert_eq!(world.counts(), (900, 3, 100));
    }

    #[test]
    fn a_claim_says_what_is_shown_or_that_nothing_is() {
        let ClaimOp::Take { body, .. } = shown(id(5), 1 << 40) else { panic!("a claim") };
        assert_eq!((length_shown(&body), length_shown(&[])), (Some(1 << 40), None));
    }
}
