use super::access::{Opening, Standing, relates};
use super::*;
use crate::decision::Happening;
use crate::id::{Id, UserId};
use crate::policy::{Action, Resource, Role};
use crate::record::{Document as _, Key, List};
use crate::refusal::Kind;
use crate::time::{DAY, HOUR, MINUTE, Time};

const NOW: i64 = 1_740_000_000_000;

fn id(number: u64) -> Id {
    Id::new(number).unwrap()
}

fn now() -> Time {
    Time::from_millis(NOW)
}

fn record() -> MedicalRecord {
    MedicalRecord {
        id: id(10).into(),
        patient: id(1).into(),
        kept_by: None,
        author: id(2).into(),
        record_type: "general".into(),
        title: "Assessment".into(),
        description: String::new(),
        diagnosis: "Healthy".into(),
        symptoms: String::new(),
        vital_signs: OpenObject::read(r#"{"temperature": 98.60, "blood_pressure": "120/80"}"#).unwrap(),
        edition: Edition::first(id(2).into(), now()),
        created_at: now(),
        deleted: None,
    }
}

fn treatment() -> Treatment {
    Treatment {
        id: id(20).into(),
        patient: id(1).into(),
        kept_by: None,
        author: id(2).into(),
        appointment: None,
        day: "2025-02-19".parse().unwrap(),
        diagnosis: "Hypertension".into(),
        treatment_plan: String::new(),
        notes: String::new(),
        follow_up_required: true,
        follow_up_date: None,
        edition: Edition::first(id(2).into(), now()),
        created_at: now(),
    }
}

fn prescription() -> Prescription {
    Prescription {
        id: id(30).into(),
        treatment: id(20).into(),
        patient: id(1).into(),
        kept_by: None,
        author: id(2).into(),
        medication_name: "Lisinopril".into(),
        dosage: "10mg".into(),
        frequency: "Once daily".into(),
        duration: "30 days".into(),
        instructions: String::new(),
        status: PrescriptionStatus::Active,
        edition: Edition::first(id(2).into(), now()),
        created_at: now(),
    }
}

fn view() -> ChartView {
    ChartView {
        patient: id(1).into(),
        records: [(id(10).into(), (record(), 3))].into(),
        treatments: [(id(20).into(), (treatment(), 4))].into(),
        prescriptions: [(id(30).into(), (prescription(), 5))].into(),
        ..ChartView::default()
    }
}

fn editing(if_version: Option<u64>) -> Editing {
    Editing { by: id(2).into(), reason: "typo".into(), version: id(99), if_version }
}

fn add(content: Content) -> ChartCommand {
    ChartCommand::Add { content: Box::new(content), version: id(98), claims: Vec::new() }
}

#[test]
fn a_document_comes_with_its_first_version_and_stands_in_its_lists() {
    let (decision, answer) = ChartView::default().decide(now(), &add(Content::Record(record()))).unwrap();
    assert_eq!(answer, Answer::Done(id(10)));
    assert_eq!(decision.changes.len(), 2);
    let version: ChartVersion = serde_json::from_slice(decision.changes[1].body.as_ref().unwrap()).unwrap();
    assert_eq!((version.id, version.of, version.edition.number), (id(98), id(10), 1));
    assert_eq!(version.content, Content::Record(record()));
    let lists: Vec<List> = decision.changes[0].put_rows.iter().map(|row| row.list).collect();
    assert_eq!(
        lists,
        [
            List::MedicalRecords,
            List::MedicalRecordsByPatient,
            List::MedicalRecordsByAuthor,
            List::MedicalRecordsByAuthorPatient
        ]
    );
    assert_eq!(
        decision.happenings,
        [Happening::ChartChanged { patient: id(1).into(), part: ChartPart::MedicalRecord, id: id(10) }]
    );
}

#[test]
fn an_edit_makes_the_next_version_and_says_what_changed() {
    let edit = RecordEdit { diagnosis: Some("Flu".into()), ..RecordEdit::default() };
    let command = |edit: RecordEdit, version| ChartCommand::Edit {
        edit: ChartEdit::Record(id(10).into(), edit),
        editing: editing(version),
    };
    let later = now().plus(HOUR);
    let (decision, _) = view().decide(later, &command(edit.clone(), Some(3))).unwrap();
    let new: MedicalRecord = serde_json::from_slice(decision.changes[0].body.as_ref().unwrap()).unwrap();
    let version: ChartVersion = serde_json::from_slice(decision.changes[1].body.as_ref().unwrap()).unwrap();
    assert_eq!((new.edition.number, new.edition.at, new.edition.reason.as_str()), (2, later, "typo"));
    assert_eq!(version.edition, new.edition);
    assert!(decision.changes[0].put_rows.is_empty() && decision.changes[0].drop_rows.is_empty());
    assert_eq!(
        changes(&record().content(), &version.content),
        [FieldChange { field: "diagnosis", before: "Healthy".into(), after: "Flu".into() }]
    );
    // Another's edit came first; and an edit that changes nothing makes no version.
    let stale = view().decide(later, &command(edit, Some(2))).unwrap_err();
    assert_eq!(stale.kind, Kind::Stale);
    let same = RecordEdit { title: Some("Assessment".into()), ..RecordEdit::default() };
    assert!(view().decide(later, &command(same, None)).unwrap().0.is_empty());
}

#[test]
fn what_is_not_in_the_chart_cannot_be_changed() {
    let unknown = ChartEdit::Record(id(77).into(), RecordEdit::default());
    let unknown_treatment = Prescription { treatment: id(77).into(), ..prescription() };
    for command in [
        ChartCommand::Edit { edit: unknown, editing: editing(None) },
        add(Content::Prescription(unknown_treatment)),
        ChartCommand::EndBreakGlass { opened: id(77).into(), by: id(2).into() },
        delete(77),
    ] {
        assert_eq!(view().decide(now(), &command).unwrap_err().kind, Kind::NotFound, "{command:?}");
    }
}

#[test]
fn a_follow_up_is_not_before_its_treatment() {
    for (date, good) in [("2025-02-18", false), ("2025-02-19", true), ("2025-03-01", true)] {
        let date: jiff::civil::Date = date.parse().unwrap();
        let new = Treatment { follow_up_date: Some(date), ..treatment() };
        let added = view().decide(now(), &add(Content::Treatment(new)));
        let edit = TreatmentEdit { follow_up_date: Some(Some(date)), ..TreatmentEdit::default() };
        let edit = ChartEdit::Treatment(id(20).into(), edit);
        let edited = view().decide(now(), &ChartCommand::Edit { edit, editing: editing(None) });
        for decided in [added, edited] {
            assert_eq!(
                decided.as_ref().err().map(|refusal| refusal.kind),
                (!good).then_some(Kind::Impossible)
            );
        }
    }
}

#[test]
fn a_document_that_moved_is_the_other_patients_and_its_chart_goes_on_keeping_it() {
    let (from, to) = (id(1).into(), id(5).into());
    let reassign = |view: &ChartView, subject| {
        view.decide(now(), &ChartCommand::Reassign { subject, from, to }).unwrap().0
    };
    for subject in [
        Subject::Record(id(10).into()),
        Subject::Treatment(id(20).into()),
        Subject::Prescription(id(30).into()),
    ] {
        let decision = reassign(&view(), subject);
        assert_eq!(decision.changes.len(), 1, "no version: its text is as it was");
        assert_eq!(decision.happenings.len(), 1);
    }
    let mut moved = record();
    moved.give_to(to);
    moved.give_to(id(6).into());
    assert_eq!((moved.patient(), moved.chart()), (id(6).into(), from));
    let rows = |record: &MedicalRecord, list| {
        record.index().into_iter().filter(|row| row.list == list).map(|row| row.eq).collect::<Vec<_>>()
    };
    assert_eq!(rows(&moved, List::MedicalRecordsByPatient), [Key::of(6)]);
    // Told twice, or of someone else's: nothing.
    let again = ChartView { records: [(moved.id, (moved, 4))].into(), ..view() };
    assert!(reassign(&again, Subject::Record(id(10).into())).is_empty());
}

#[test]
fn a_stopped_prescription_is_active_no_more() {
    let edit = PrescriptionEdit { status: Some(PrescriptionStatus::Stopped), ..PrescriptionEdit::default() };
    let edit = ChartEdit::Prescription(id(30).into(), edit);
    let (decision, _) = view().decide(now(), &ChartCommand::Edit { edit, editing: editing(None) }).unwrap();
    let dropped: Vec<List> = decision.changes[0].drop_rows.iter().map(|row| row.list).collect();
    assert_eq!(dropped, [List::ActivePrescriptions]);
}

fn delete(record: u64) -> ChartCommand {
    let (by, reason) = (id(2).into(), "wrong patient".to_owned());
    ChartCommand::Delete { record: id(record).into(), by, reason, retention_years: 10 }
}

#[test]
fn a_deleted_record_is_shown_to_nobody_and_goes_when_its_time_is_over() {
    let (decision, _) = view().decide(now(), &delete(10)).unwrap();
    let gone: MedicalRecord = serde_json::from_slice(decision.changes[0].body.as_ref().unwrap()).unwrap();
    let deletion = gone.deleted.clone().unwrap();
    assert_eq!((deletion.by, deletion.at, deletion.reason.as_str()), (id(2).into(), now(), "wrong patient"));
    assert_eq!(deletion.until.date_utc()[..4], "2035"[..4]);
    let lists: Vec<List> = gone.index().iter().map(|row| row.list).collect();
    assert_eq!(lists, [List::ChartRetentionDue]);

    let version = |number| ChartVersion {
        edition: Edition { number, ..Edition::first(id(2).into(), now()) },
        ..ChartVersion::newest(id(200 + number), &record())
    };
    let mut after = view();
    after.records.insert(gone.id, (gone.clone(), 6));
    after.versions = vec![version(1), version(2)];
    // Nothing can be done with it any more.
    let edit = ChartEdit::Record(gone.id, RecordEdit { title: Some("x".into()), ..RecordEdit::default() });
    let edited = after.decide(now(), &ChartCommand::Edit { edit, editing: editing(None) });
    assert_eq!(edited.unwrap_err().kind, Kind::NotFound);
    assert_eq!(after.decide(now(), &delete(10)).unwrap_err().kind, Kind::NotFound);

    let purge = ChartCommand::Purge(gone.id);
    let early = after.decide(deletion.until.plus(-1), &purge).unwrap();
    assert!(early.0.is_empty() && early.1 == Answer::Purged(0));
    // Many versions go over several commits, and the record last.
    after.more_versions = true;
    let (decision, _) = after.decide(deletion.until, &purge).unwrap();
    assert!(decision.changes.iter().all(|change| change.kind == ChartVersion::KIND && change.body.is_none()));
    after.more_versions = false;
    let (decision, answer) = after.decide(deletion.until, &purge).unwrap();
    assert_eq!((decision.changes.len(), answer), (3, Answer::Purged(3)));
    let last = decision.changes.last().unwrap();
    assert_eq!((last.kind, last.body.is_none(), last.drop_rows.len()), (MedicalRecord::KIND, true, 1));
    // What was not deleted never goes.
    assert!(view().decide(now().plus(100_000 * DAY), &purge).unwrap().0.is_empty());
}

#[test]
fn broken_glass_needs_a_reason_lapses_and_can_be_ended() {
    let open = |reason: &str, minutes| {
        BreakGlass::open(id(40).into(), id(1).into(), id(3).into(), reason, minutes, now())
    };
    for (reason, minutes, wrong) in [
        ("unconscious in the emergency room", 60, &[][..]),
        ("  too short ", 60, &["reason"]),
        ("unconscious", 4, &["minutes"]),
        (&"x".repeat(501), 1441, &["reason", "minutes"]),
    ] {
        let refused = open(reason, minutes).err().map(|refusal| refusal.fields).unwrap_or_default();
        let named: Vec<&str> = refused.iter().map(|field| &*field.field).collect();
        assert_eq!(named, wrong, "{reason} {minutes}");
    }
    let glass = open("unconscious", 5).unwrap();
    assert!(glass.is_active(now()) && glass.is_active(now().plus(5 * MINUTE - 1)));
    assert!(!glass.is_active(now().plus(5 * MINUTE)));
    let command = ChartCommand::BreakGlass { opened: Box::new(glass.clone()), claims: Vec::new() };
    let (decision, _) = view().decide(now(), &command).unwrap();
    let letter = decision.happenings.iter().find(|what| matches!(what, Happening::MessageRequested { .. }));
    assert!(letter.is_some(), "the hospital is told");

    let mut after = view();
    after.glasses.insert(glass.id, glass.clone());
    let end = ChartCommand::EndBreakGlass { opened: glass.id, by: id(9).into() };
    let (decision, answer) = after.decide(now().plus(MINUTE), &end).unwrap();
    let Answer::Glass(ended) = answer else { panic!("{answer:?}") };
    assert!(!ended.is_active(now().plus(MINUTE)) && !decision.is_empty());
    assert_eq!(ended.index().len(), 1);
    // What has lapsed needs no end.
    assert!(after.decide(now().plus(HOUR), &end).unwrap().0.is_empty());
}

#[test]
fn who_may_look_into_a_chart_and_who_may_change_it() {
    use Action::{Create, Delete, List, Read, Update};
    use Kind::{Forbidden, NotFound};
    let (patient, author, other): (UserId, UserId, UserId) = (id(1).into(), id(2).into(), id(3).into());
    let standing = |user, role, author| {
        let (related, granted, glass) = (false, None, None);
        Standing { user, role, patient, author, related, granted, glass }
    };
    let given = |standing| Standing { granted: Some(id(41)), ..standing };
    let related = |standing| Standing { related: true, ..standing };
    let broken = |standing| Standing { glass: Some(id(40).into()), ..standing };
    let doctor = |user, of| standing(user, Role::Doctor, of);
    for (who, standing, action, expected) in [
        ("the author", doctor(author, Some(author)), Read, Ok(Opening::Author)),
        ("the author", doctor(author, Some(author)), Update, Ok(Opening::Author)),
        ("the author", doctor(author, Some(author)), Delete, Ok(Opening::Author)),
        ("a stranger", doctor(other, Some(author)), Read, Err(Forbidden)),
        ("a stranger", doctor(other, None), List, Err(Forbidden)),
        ("a stranger adds", doctor(other, None), Create, Ok(Opening::Role)),
        ("a related doctor", related(doctor(other, Some(author))), Read, Ok(Opening::Relation)),
        ("a related doctor", related(doctor(other, None)), List, Ok(Opening::Relation)),
        ("a related doctor", related(doctor(other, Some(author))), Update, Err(Forbidden)),
        ("broken glass", broken(doctor(other, Some(author))), Read, Ok(Opening::BreakGlass(id(40).into()))),
        ("broken glass", broken(doctor(other, Some(author))), Delete, Err(Forbidden)),
        ("by the patient's leave", given(doctor(other, Some(author))), Read, Ok(Opening::Granted(id(41)))),
        ("leave, and glass", given(broken(doctor(other, None))), List, Ok(Opening::Granted(id(41)))),
        ("leave to read changes nothing", given(doctor(other, Some(author))), Update, Err(Forbidden)),
        ("broken glass and related", related(broken(doctor(other, None))), List, Ok(Opening::Relation)),
        ("the patient", standing(patient, Role::Patient, Some(author)), Read, Ok(Opening::OwnChart)),
        ("the patient", standing(patient, Role::Patient, Some(author)), Update, Err(Forbidden)),
        ("the patient", standing(patient, Role::Patient, None), Create, Err(Forbidden)),
        ("another patient", standing(other, Role::Patient, Some(author)), Read, Err(NotFound)),
        ("the administrator", standing(other, Role::HospitalAdmin, Some(author)), Read, Ok(Opening::Role)),
        ("the administrator", standing(other, Role::HospitalAdmin, Some(author)), Update, Err(Forbidden)),
        ("staff", standing(other, Role::Staff, Some(author)), Read, Err(Forbidden)),
        ("a program", standing(other, Role::ApiClient, None), List, Err(Forbidden)),
        ("the platform", standing(other, Role::PlatformAdmin, None), List, Err(Forbidden)),
        // Having the id of a role that is not theirs opens nothing.
        ("staff who is related", related(standing(other, Role::Staff, None)), Read, Err(Forbidden)),
    ] {
        let opened = standing.open(Resource::MedicalRecord, action, MedicalRecord::WHAT);
        assert_eq!(opened.map_err(|refusal| refusal.kind), expected, "{who} {action:?}");
    }
    let closed = doctor(other, None).open(Resource::MedicalRecord, List, MedicalRecord::WHAT).unwrap_err();
    assert!(closed.message.contains("break the glass") && closed.message.contains("/break-glass/"));
}

#[test]
fn an_appointment_opens_a_chart_while_it_is_near_and_not_cancelled() {
    use crate::calendar::{Appointment, AppointmentStatus};
    let appointment = |days: i64, status| Appointment {
        id: id(50).into(),
        doctor: id(2).into(),
        patient: id(1).into(),
        slot: id(51).into(),
        start: now().plus(days * DAY),
        end: now().plus(days * DAY + HOUR),
        status,
        rescheduled: false,
        sequence: 0,
        appointment_type: String::new(),
        reason: String::new(),
        notes: String::new(),
        booked_by: id(1).into(),
        cancellation: None,
        reminders: Vec::new(),
        created_at: now(),
        updated_at: now(),
    };
    for status in AppointmentStatus::ALL {
        for (days, near) in [(-91, false), (-90, true), (0, true), (90, true), (91, false)] {
            let opens = near && status != AppointmentStatus::Cancelled;
            assert_eq!(relates(&appointment(days, status), now(), 90), opens, "{status:?} {days}");
        }
    }
    assert!(!relates(&appointment(1, AppointmentStatus::Scheduled), now(), 0));
}

#[test]
fn vital_signs_are_kept_to_the_letter() {
    for (text, good) in [
        (r#"{"temperature": 98.60, "x": {"y": [1e2, 1.0, "120/80"]}, "temperature ": 1}"#, true),
        ("  {}  ", true),
        ("[]", false),
        ("7", false),
        ("{", false),
        ("", false),
    ] {
        let read = OpenObject::read(text);
        assert_eq!(read.is_some(), good, "{text}");
        if let Some(read) = read {
            assert_eq!(read.text(), text.trim());
            let kept = serde_json::to_string(&read).unwrap();
            assert_eq!(serde_json::from_str::<OpenObject>(&kept).unwrap(), read);
        }
    }
    assert_eq!(OpenObject::read(&format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_OBJECT_BYTES))), None);
}

#[test]
fn years_are_calendar_years() {
    for (from, years, until) in [
        ("2024-02-29T10:00:00Z", 10, "2034-02-28T10:00:00Z"),
        ("2025-01-01T00:00:00Z", 1, "2026-01-01T00:00:00Z"),
    ] {
        assert_eq!(years_after(Time::parse(from).unwrap(), years).to_string(), until);
    }
}
