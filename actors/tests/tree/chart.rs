//! A chart: one command after the other on what the one before left, and what was deleted goes for good once.

use futures::future::join_all;
use ward_actors::Failure;
use ward_actors::chart::ChartMessage;
use ward_domain::audit::{AuditEntry, AuditLink, Deed};
use ward_domain::chart::{
    Answer, ChartCommand, ChartEdit, ChartVersion, Content, Editing, Edition, MedicalRecord, OpenObject,
    RecordEdit,
};
use ward_domain::id::{Id, UserId};
use ward_domain::record::{Document as _, Key, List};
use ward_domain::tenancy::TenantScope;
use ward_domain::time::DAY;
use ward_store::ListQuery;
use ward_test_kit::{DEADLINE, Kit, eventually, reason};

async fn tell(
    kit: &Kit,
    scope: &TenantScope,
    patient: UserId,
    command: ChartCommand,
) -> Result<Answer, Failure> {
    let message = ChartMessage::Do(Box::new(command));
    let answer = kit.actors.charts.ask(scope, patient.id(), DEADLINE, message).await?;
    Ok(answer.expect("a command is answered"))
}

/// A record of a patient, written by a doctor.
async fn add(kit: &Kit, scope: &TenantScope, patient: UserId, doctor: UserId) -> MedicalRecord {
    let now = kit.env.now();
    let record = MedicalRecord {
        id: kit.id().into(),
        patient,
        kept_by: None,
        author: doctor,
        record_type: "general".into(),
        title: "First".into(),
        description: String::new(),
        diagnosis: String::new(),
        symptoms: String::new(),
        vital_signs: OpenObject::default(),
        edition: Edition::first(doctor, now),
        created_at: now,
        deleted: None,
    };
    let content = Box::new(Content::Record(record.clone()));
    let add = ChartCommand::Add { content, version: kit.id(), claims: Vec::new() };
    assert_eq!(tell(kit, scope, patient, add).await.unwrap(), Answer::Done(record.id.id()));
    record
}

fn edit(kit: &Kit, record: &MedicalRecord, title: &str, if_version: Option<u64>) -> ChartCommand {
    let edit = RecordEdit { title: Some(title.to_owned()), ..RecordEdit::default() };
    let editing = Editing { by: record.author, reason: String::new(), version: kit.id(), if_version };
    ChartCommand::Edit { edit: ChartEdit::Record(record.id, edit), editing }
}

async fn stored(kit: &Kit, scope: &TenantScope, id: Id) -> Option<(MedicalRecord, u64)> {
    let stored = kit.env.store.get(scope, MedicalRecord::KIND, id).await.unwrap()?;
    let version = stored.version;
    Some((stored.document().unwrap(), version))
}

async fn versions(kit: &Kit, scope: &TenantScope, of: Id) -> usize {
    let query = ListQuery::all(List::ChartVersions, Key::of(of.get()));
    let rows = kit.env.store.list(scope, &query).await.unwrap().rows;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let found = kit.env.store.get_many(scope, ChartVersion::KIND, &ids).await.unwrap();
    assert_eq!(found.len(), ids.len());
    ids.len()
}

#[tokio::test]
async fn of_many_who_edit_one_version_of_a_record_one_wins() {
    let kit = Kit::new().await;
    let city = kit.hospital("City").await;
    let (doctor, patient) = (kit.doctor(&city, "Ada").await, kit.patient(&city, "Pat").await);
    let record = add(&kit, &city, patient, doctor).await;
    let (_, version) = stored(&kit, &city, record.id.id()).await.unwrap();
    let edits = (0..16).map(|number| edit(&kit, &record, &format!("Edit {number}"), Some(version)));
    let ended = join_all(edits.map(|edit| tell(&kit, &city, patient, edit))).await;
    assert_eq!(ended.iter().filter(|ended| ended.is_ok()).count(), 1);
    for failure in ended.iter().filter_map(|ended| ended.as_ref().err()) {
        assert_eq!(reason(failure), "stale_version");
    }
    // Without a condition each edit is on what the one before it left.
    let edits = (0..16).map(|number| edit(&kit, &record, &format!("Later {number}"), None));
    for ended in join_all(edits.map(|edit| tell(&kit, &city, patient, edit))).await {
        ended.unwrap();
    }
    assert_eq!(versions(&kit, &city, record.id.id()).await, 18);
    assert_eq!(stored(&kit, &city, record.id.id()).await.unwrap().0.edition.number, 18);
}

#[tokio::test]
async fn a_chart_knows_nothing_of_another() {
    let kit = Kit::new().await;
    let city = kit.hospital("City").await;
    let (doctor, patient) = (kit.doctor(&city, "Ada").await, kit.patient(&city, "Pat").await);
    let other = kit.patient(&city, "Sam").await;
    let record = add(&kit, &city, patient, doctor).await;
    let failure = tell(&kit, &city, other, edit(&kit, &record, "Mine", None)).await.unwrap_err();
    assert_eq!(reason(&failure), "not_found");
    assert_eq!(stored(&kit, &city, record.id.id()).await.unwrap().0, record);
}

#[tokio::test]
async fn a_deleted_record_with_hundreds_of_versions_goes_whole_after_its_time() {
    let kit = Kit::embedded().await;
    let city = kit.hospital("City").await;
    let (doctor, patient) = (kit.doctor(&city, "Ada").await, kit.patient(&city, "Pat").await);
    let record = add(&kit, &city, patient, doctor).await;
    let kept = add(&kit, &city, patient, doctor).await;
    for number in 0..450 {
        tell(&kit, &city, patient, edit(&kit, &record, &format!("Edit {number}"), None)).await.unwrap();
    }
    let delete = ChartCommand::Delete {
        record: record.id,
        by: doctor,
        reason: "wrong patient".into(),
        retention_years: 1,
    };
    tell(&kit, &city, patient, delete).await.unwrap();
    kit.pass(364 * DAY).await;
    assert!(stored(&kit, &city, record.id.id()).await.is_some());
    assert_eq!(versions(&kit, &city, record.id.id()).await, 451);

    kit.clock.advance(2 * DAY);
    eventually("the record is gone", async || {
        kit.clockwork.round().await.unwrap();
        stored(&kit, &city, record.id.id()).await.is_none().then_some(())
    })
    .await;
    assert_eq!(versions(&kit, &city, record.id.id()).await, 0);
    assert!(stored(&kit, &city, kept.id.id()).await.is_some());
    assert_eq!(versions(&kit, &city, kept.id.id()).await, 1);
    // The trail knew before it happened.
    let rows = ListQuery::all(List::AuditByPatient, Key::of(patient.get()));
    let rows = kit.env.store.list(&city, &rows).await.unwrap().rows;
    let link = kit.env.store.get(&city, AuditLink::KIND, rows[0].id).await.unwrap().unwrap();
    let link: AuditLink = link.document().unwrap();
    let entry: AuditEntry = serde_json::from_str(&link.content).unwrap();
    assert_eq!((entry.action.as_str(), entry.resource_id), (Deed::Purge.word(), Some(record.id.id())));
    assert!(rows.len() <= 3, "one entry for each commit at the most: {}", rows.len());
}
