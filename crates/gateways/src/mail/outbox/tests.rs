use super::*;
use crate::mail::tests::letter;
use serde_json::{Value, json};
use std::fs;
use ward_domain::id::Id;
use ward_domain::tenancy::TenantId;

fn scope() -> TenantScope {
    #[allow(clippy::disallowed_methods)] // a test of a gateway stands for the tenants crate
    TenantScope::mint(TenantId::from_number(5))
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[tokio::test]
async fn a_letter_is_one_file_that_is_named_by_its_id_only() {
    let data = tempfile::tempdir().unwrap();
    let outbox = OutboxFolder::open(data.path()).unwrap();
    let mail =
        Mail { subject: "یادآوری".into(), text: "نوبت شما\nفردا".into(), ..letter() };
    outbox.send(&scope(), &mail).await.unwrap();
    let folder = data.path().join("outbox/mail");
    assert_eq!(names(&folder), ["77.json"]);
    let at = "2025-01-20T09:00:00Z";
    let expected =
        json!({"to": "someone@home.example", "subject": "یادآوری", "body": "نوبت شما\nفردا", "at": at});
    assert_eq!(read(&folder.join("77.json")), expected);
    assert!(outbox.describe().ends_with("outbox/mail"));
}

#[tokio::test]
async fn the_second_time_changes_nothing_also_when_both_come_at_once() {
    let data = tempfile::tempdir().unwrap();
    let outbox = OutboxFolder::open(data.path()).unwrap();
    let (scope, mail) = (scope(), letter());
    let (one, two) = tokio::join!(outbox.send(&scope, &mail), outbox.send(&scope, &mail));
    assert_eq!((one, two), (Ok(()), Ok(())));
    let folder = data.path().join("outbox/mail");
    let first = read(&folder.join("77.json"));
    // A letter's words are fixed when it is enqueued; if a caller breaks that, what was sent first stands.
    outbox.send(&scope, &Mail { subject: "Other".into(), ..letter() }).await.unwrap();
    assert_eq!(names(&folder), ["77.json"]);
    assert_eq!(read(&folder.join("77.json")), first);
}

#[tokio::test]
async fn opening_sweeps_what_a_crash_left_and_keeps_the_letters() {
    let data = tempfile::tempdir().unwrap();
    let outbox = OutboxFolder::open(data.path()).unwrap();
    outbox.send(&scope(), &letter()).await.unwrap();
    let folder = data.path().join("outbox/mail");
    fs::write(folder.join(".78.json.0.tmp"), "{\"to\":").unwrap();
    let outbox = OutboxFolder::open(data.path()).unwrap();
    assert_eq!(names(&folder), ["77.json"]);
    let next = Mail { message_id: Id::new(78).unwrap().into(), ..letter() };
    outbox.send(&scope(), &next).await.unwrap();
    assert_eq!(names(&folder), ["77.json", "78.json"]);
}

#[tokio::test]
async fn a_folder_that_is_gone_means_later_and_says_no_path() {
    let data = tempfile::tempdir().unwrap();
    let outbox = OutboxFolder::open(data.path()).unwrap();
    fs::remove_dir_all(data.path().join("outbox")).unwrap();
    let failed = outbox.send(&scope(), &letter()).await.unwrap_err();
    assert_eq!(failed, MailError::Later("outbox folder: NotFound".into()));
}

#[tokio::test]
async fn what_no_server_would_get_is_not_filed_either() {
    let data = tempfile::tempdir().unwrap();
    let outbox = OutboxFolder::open(data.path()).unwrap();
    let refused = outbox.send(&scope(), &Mail { subject: "a\r\nBcc: b@c.example".into(), ..letter() }).await;
    assert!(matches!(refused, Err(MailError::Never(_))));
    assert!(names(&data.path().join("outbox/mail")).is_empty());
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_but_the_owner_may_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let data = tempfile::tempdir().unwrap();
    let outbox = OutboxFolder::open(data.path()).unwrap();
    outbox.send(&scope(), &letter()).await.unwrap();
    let folder = data.path().join("outbox/mail");
    for (path, mode) in [(folder.join("77.json"), 0o600), (folder, 0o700)] {
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode);
    }
}
