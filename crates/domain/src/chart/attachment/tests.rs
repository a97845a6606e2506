//! What happens to attachments, as a table would have it.

use super::*;
use crate::chart::{ChartCommand, Edition, OpenObject};
use crate::record::ClaimKey;
use crate::refusal::Kind;
use crate::upload::storage::shown;

fn id(number: u64) -> Id {
    Id::new(number).unwrap()
}

fn now() -> Time {
    Time::from_millis(1_740_000_000_000)
}

fn record(deleted: Option<Deletion>) -> MedicalRecord {
    MedicalRecord {
        id: id(10).into(),
        patient: id(1).into(),
        kept_by: None,
        author: id(2).into(),
        record_type: "general".into(),
        title: String::new(),
        description: String::new(),
        diagnosis: String::new(),
        symptoms: String::new(),
        vital_signs: OpenObject::default(),
        edition: Edition::first(id(2).into(), now()),
        created_at: now(),
        deleted,
    }
}

fn attachment() -> Attachment {
    Attachment {
        id: id(40),
        record: id(10).into(),
        patient: id(1).into(),
        author: id(1).into(),
        name: FileName::read("knee.pdf").unwrap(),
        media: Media::Pdf,
        bytes: 7,
        sha256: "ab".repeat(32),
        description: String::new(),
        scanned: false,
        created_at: now(),
        deleted: None,
    }
}

fn until(until: Time) -> Deletion {
    Deletion { by: id(2).into(), at: now(), reason: String::new(), until }
}

fn view(record: MedicalRecord, attachments: Vec<Attachment>) -> ChartView {
    let records = [(record.id, (record, 3))].into();
    ChartView { patient: id(1).into(), records, attachments, ..ChartView::default() }
}

fn decide(view: &ChartView, at: Time, command: AttachmentCommand) -> Result<(Decision, Answer), Refusal> {
    view.decide(at, &ChartCommand::Attachment(command))
}

fn add() -> AttachmentCommand {
    AttachmentCommand::Add { attachment: Box::new(attachment()), claims: vec![shown(id(40), 7)] }
}

fn delete() -> AttachmentCommand {
    let (id, record, by) = (id(40), id(10).into(), id(2).into());
    AttachmentCommand::Delete { id, record, by, reason: "twice".into(), retention_years: 10 }
}

fn lists(rows: &[IndexRow]) -> Vec<List> {
    rows.iter().map(|row| row.list).collect()
}

#[test]
fn one_is_added_with_the_claim_on_its_object_and_deleted_for_a_time() {
    let (decision, answer) = decide(&view(record(None), Vec::new()), now(), add()).unwrap();
    assert_eq!(
        (answer, lists(&decision.changes[0].put_rows)),
        (Answer::Done(id(40)), vec![List::AttachmentsByRecord])
    );
    assert_eq!(*decision.claims[0].key(), ClaimKey::upload(id(40)));

    let (decision, _) = decide(&view(record(None), vec![attachment()]), now(), delete()).unwrap();
    let [change] = &decision.changes[..] else { panic!("one change") };
    assert_eq!(lists(&change.drop_rows), [List::AttachmentsByRecord]);
    assert_eq!(lists(&change.put_rows), [List::DeletedAttachments, List::AttachmentRetentionDue]);
    assert!(!decision.happenings.iter().any(|what| matches!(what, Happening::ObjectReleased { .. })));
}

#[test]
fn a_record_that_is_gone_takes_and_shows_nothing() {
    let gone = record(Some(until(now())));
    for (record, command) in [(gone.clone(), add()), (gone, delete())] {
        let refused = decide(&view(record, vec![attachment()]), now(), command).unwrap_err();
        assert_eq!(refused.kind, Kind::NotFound);
    }
    let refused =
        decide(&ChartView { patient: id(1).into(), ..ChartView::default() }, now(), add()).unwrap_err();
    assert_eq!(refused.kind, Kind::NotFound);
    let twice = Attachment { deleted: Some(until(now())), ..attachment() };
    assert_eq!(decide(&view(record(None), vec![twice]), now(), delete()).unwrap_err().kind, Kind::NotFound);
    let full = ChartView { attachments_shown: MAX_ATTACHMENTS, ..view(record(None), Vec::new()) };
    assert_eq!(decide(&full, now(), add()).unwrap_err().reason, "too_many_attachments");
}

#[test]
fn a_deleted_one_goes_with_its_object_when_its_time_is_over() {
    let purge = || AttachmentCommand::Purge { id: id(40), record: id(10).into() };
    let end = now().plus(1000);
    let held = view(record(None), vec![Attachment { deleted: Some(until(end)), ..attachment() }]);
    assert!(decide(&held, now(), purge()).unwrap().0.is_empty());
    let (decision, answer) = decide(&held, end, purge()).unwrap();
    assert_eq!((answer, &decision.changes[0].body), (Answer::Purged(1), &None));
    assert!(decision.happenings.contains(&Happening::ObjectReleased { object: id(40) }));
    assert!(decide(&view(record(None), Vec::new()), end, purge()).unwrap().0.is_empty());
    assert!(decide(&view(record(None), vec![attachment()]), end, purge()).unwrap().0.is_empty());
}

#[test]
fn all_of_a_record_go_with_it() {
    let mut held =
        view(record(Some(until(now()))), vec![attachment(), Attachment { id: id(41), ..attachment() }]);
    let purge = ChartCommand::Purge(id(10).into());
    let (decision, _) = held.decide(now(), &purge).unwrap();
    let released = |decision: &Decision| {
        decision.happenings.iter().filter(|what| matches!(what, Happening::ObjectReleased { .. })).count()
    };
    assert_eq!((decision.changes.len(), released(&decision)), (3, 2));
    // Where there are more than go at once, the record stays to bring the others.
    held.more_versions = true;
    let (decision, _) = held.decide(now(), &purge).unwrap();
    assert_eq!((decision.changes.len(), released(&decision)), (2, 2));
}
