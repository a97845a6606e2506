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
