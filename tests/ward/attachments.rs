//! Attachments of medical records, from the form to the file that comes back.

use crate::kit::{Client, Hospital, Reply, Server};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use ward_actors::chart::ChartMessage;
use ward_actors::{Actors, Failure};
use ward_domain::chart::{Attachment, AttachmentCommand, ChartCommand};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::{DAY, HOUR};
use ward_domain::upload::ObjectKind;
use ward_domain::upload::storage::{self, Storage, StorageCommand, Upload};
use ward_gateways::objects::{Expected, ObjectKey};
use ward_gateways::scan::double::{Double, test_file};

const WITHIN: Duration = Duration::from_secs(5);

const PDF: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\nan X-ray of the knee\n%%EOF\n";
const BOUNDARY: &str = "a-boundary-of-the-tests";

/// A form with a file, and a description where one is given.
fn form(name: &str, content_type: &str, bytes: &[u8], description: Option<&str>) -> Vec<u8> {
    let mut body = Vec::new();
    if let Some(description) = description {
        body.extend_from_slice(
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"description\"\r\n\r\n{description}\r\n")
                .as_bytes(),
        );
    }
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: {content_type}\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    body
}

async fn send(server: &Client, path: &str, token: &str, key: Option<&str>, body: Vec<u8>) -> Reply {
    let bearer = format!("Bearer {token}");
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let mut headers = vec![("content-type", kind.as_str()), ("authorization", &bearer)];
    if let Some(key) = key {
        headers.push(("idempotency-key", key));
    }
    server.send("POST", path, &headers, body).await
}

/// A record of the hospital's patient by its doctor; the path of its attachments.
async fn record(server: &Client, hospital: &Hospital) -> String {
    let body = json!({"patient": hospital.patient_id, "record_type": "general", "title": "Knee", "description": "Pain",
        "diagnosis": "Sprain", "symptoms": "Swelling", "vital_signs": {"temperature": "36.6"}});
    let made = server.post("/api/medical-records/", &hospital.doctor, body).await.expect(201);
    format!("/api/medical-records/{}/attachments/", made["id"])
}

/// The path of a link, which the test's client asks by itself.
fn link(attachment: &Value) -> String {
    let url = attachment["url"].as_str().unwrap();
    url[url.find("/objects/").unwrap()..].to_owned()
}

fn details(reply: &Reply) -> Value {
    reply.json()["error"]["details"].clone()
}

async fn scope(server: &Server, hospital: &Hospital) -> TenantScope {
    server.house.tenancy.register.scope(TenantId::from_number(hospital.id)).await.unwrap().unwrap()
}

async fn storage_of(server: &Server, hospital: &Hospital) -> Storage {
    let scope = scope(server, hospital).await;
    let found = server.house.find::<Storage>(&scope, Actors::of_hospital(&scope)).await.unwrap();
    found.map_or_else(|| Storage::of(Actors::of_hospital(&scope)), |found| found.document)
}

/// Goes round until a hospital keeps so many objects and nothing is on its way.
async fn until_kept(server: &Server, hospital: &Hospital, objects: u64) -> Storage {
    let began = Instant::now();
    loop {
        server.clockwork.round().await.unwrap();
        let storage = storage_of(server, hospital).await;
        if storage.objects == objects && storage.held == 0 {
            return storage;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "the storage stays {storage:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Moves the clock, and renews what lapses with it.
async fn pass(server: &Server, ms: i64) {
    server.clock.by(ms);
    server.house.env.ids.renew(&*server.house.env.store).await.unwrap();
}

fn files(server: &Server, hospital: &Hospital) -> usize {
    let folder = server.folder.path().join(format!("objects/tenants/{}/attachment", hospital.id));
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_added_is_listed_opens_by_its_link_and_is_gone_on_with_in_ranges() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "added").await;
    let path = record(&server, &hospital).await;
    let sent = form("..\\..\\Knie \u{202e}röntgen.pdf", "application/pdf", PDF, Some("X-ray of the knee"));
    let added = send(&server, &path, &hospital.doctor, None, sent).await.expect(201);
    assert_eq!(added["file_name"], "Knie röntgen.pdf");
    assert_eq!((&added["content_type"], &added["size"]), (&json!("application/pdf"), &json!(PDF.len())));
    assert_eq!(added["sha256"], ward_domain::secret::hex(&ward_domain::secret::digest(PDF)));
    assert_eq!((&added["scanned"], &added["uploaded_by"]), (&json!(false), &json!(hospital.doctor_id)));
    assert_eq!(added["description"], "X-ray of the knee");
    let expires = added["url_expires_at"].as_str().unwrap().to_owned();
    assert!(expires > server.house.env.now().to_string(), "{expires}");

    // The patient adds to their own record too, and sees both.
    let photo = form("photo.jpg", "image/jpeg", b"\xff\xd8\xff\xe0 a knee", None);
    let by_patient = send(&server, &path, &hospital.patient, None, photo).await.expect(201);
    let listed = server.get(&path, &hospital.patient).await.expect(200);
    assert_eq!((&listed["count"], &listed["results"][0]["id"]), (&json!(2), &by_patient["id"]));
    let one = server.get(&format!("{path}{}/", added["id"]), &hospital.admin).await.expect(200);
    assert_eq!((&one["id"], &one["record"]), (&added["id"], &added["record"]));

    // Nobody logs in for the link; a download that broke off is gone on with, of that state and no other.
    let url = link(&added);
    let whole = server.send("GET", &url, &[], "").await;
    assert_eq!((whole.status, whole.text.len()), (200, String::from_utf8_lossy(PDF).len()));
    let header = |name: &str| whole.headers[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/pdf");
    assert_eq!(
        header("content-disposition"),
        "attachment; filename=\"Knie r_ntgen.pdf\"; filename*=UTF-8''Knie%20r%C3%B6ntgen.pdf"
    );
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("content-security-policy").contains("sandbox"));
    let tag = header("etag");
    for (range, if_range, status, text) in [
        ("bytes=14-", Some(tag.as_str()), 206, "\nan X-ray of the knee\n%%EOF\n"),
        ("bytes=-6", None, 206, "%%EOF\n"),
        ("bytes=15-22", Some("\"another\""), 200, ""),
        ("bytes=900-", None, 416, ""),
    ] {
        let mut headers = vec![("range", range)];
        headers.extend(if_range.map(|state| ("if-range", state)));
        let part = server.send("GET", &url, &headers, "").await;
        assert_eq!(part.status, status, "{range}");
        assert!(status != 206 || part.text == text, "{range}: {}", part.text);
    }
    let head = server.send("HEAD", &url, &[], "").await;
    assert_eq!(head.headers["content-length"], PDF.len().to_string().as_str());

    let storage = until_kept(&server, &hospital, 2).await;
    assert_eq!(storage.kept, PDF.len() as u64 + 11);
    // What lies on the disk is sealed, and its name is a number.
    assert_eq!(files(&server, &hospital), 2);

    // The link ends with its time.
    pass(&server, HOUR).await;
    assert_eq!(server.send("GET", &url, &[], "").await.status, 410);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_lie_are_empty_or_come_in_no_form_are_refused_and_nothing_is_kept() {
    let server = Server::start_with(|settings| settings.uploads.max_mb = 1).await;
    let hospital = Hospital::join(&server, "lies").await;
    let path = record(&server, &hospital).await;
    let long = "x".repeat(2_001);
    for (name, content_type, bytes, description, field) in [
        ("a.pdf", "application/pdf", &b"MZ\x90\0\x03\0\0\0"[..], None, "file"),
        ("a.png", "image/png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", None, "file"),
        ("a.html", "text/html", b"<html><script>alert(1)</script>", None, "file"),
        ("a.pdf.exe", "application/pdf", PDF, None, "file"),
        ("a.pdf", "image/png", PDF, None, "file"),
        ("a.pdf", "application/pdf", b"", None, "file"),
        ("/", "application/pdf", PDF, None, "file"),
        ("a.pdf", "application/pdf", PDF, Some(long.as_str()), "description"),
        ("a.pdf", "application/pdf", PDF, Some("a\u{0}b"), "description"),
    ] {
        let reply =
            send(&server, &path, &hospital.doctor, None, form(name, content_type, bytes, description)).await;
        assert_eq!(reply.status, 400, "{name} {}", reply.text);
        assert!(details(&reply)[field][0].is_string(), "{name}: {}", reply.text);
    }
    let twice =
        [form("a.pdf", "application/pdf", PDF, None), form("b.pdf", "application/pdf", PDF, None)].concat();
    let end = format!("\r\n--{BOUNDARY}--\r\n");
    let twice = String::from_utf8_lossy(&twice).replacen(&end, "\r\n", 1).into_bytes();
    assert_eq!(send(&server, &path, &hospital.doctor, None, twice).await.status, 400);
    let none = format!("--{BOUNDARY}--\r\n").into_bytes();
    let missing = send(&server, &path, &hospital.doctor, None, none).await;
    assert_eq!((missing.status, &details(&missing)["file"][0]), (400, &json!("This field is required.")));
    let cut = form("a.pdf", "application/pdf", PDF, None);
    let cut = send(&server, &path, &hospital.doctor, None, cut[..cut.len() - 20].to_vec()).await;
    assert_eq!((cut.status, &cut.json()["error"]["code"]), (400, &json!("BODY_UNREADABLE")));
    let json = server.post(&path, &hospital.doctor, json!({"file": "x"})).await;
    assert_eq!((json.status, &json.json()["error"]["code"]), (415, &json!("UNSUPPORTED_MEDIA_TYPE")));

    // Over the file's limit and under the body's; then over both.
    for length in [(1 << 20) + 1, 3 << 20] {
        let mut large = PDF.to_vec();
        large.resize(length, b' ');
        let reply =
            send(&server, &path, &hospital.doctor, None, form("a.pdf", "application/pdf", &large, None))
                .await;
        assert_eq!((reply.status, &reply.json()["error"]["code"]), (413, &json!("BODY_TOO_LARGE")));
    }
    assert_eq!(server.get(&path, &hospital.doctor).await.expect(200)["count"], 0);
    assert_eq!(until_kept(&server, &hospital, 0).await.kept, 0);
    assert_eq!(files(&server, &hospital), 0);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_those_to_whom_a_record_is_open_add_to_it_and_see_what_was_added() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "open").await;
    let other = Hospital::join(&server, "shut").await;
    let path = record(&server, &hospital).await;
    let (name, id, admin) = (hospital.name, hospital.id, &hospital.admin);
    let stranger = Hospital::person(&server, admin, id, name, "doctor", "stranger").await.1;
    let bob = Hospital::person(&server, admin, id, name, "patient", "bob").await.1;
    let sent = || form("knee.pdf", "application/pdf", PDF, None);
    let added = send(&server, &path, &hospital.doctor, None, sent()).await.expect(201);
    let one = format!("{path}{}/", added["id"]);
    for (who, token, status) in [
        ("a doctor who does not see the patient", &stranger, 403),
        ("another patient", &bob, 404),
        ("another hospital's doctor", &other.doctor, 404),
        ("another hospital's patient", &other.patient, 404),
    ] {
        assert_eq!(send(&server, &path, token, None, sent()).await.status, status, "{who}");
        assert_eq!(server.get(&path, token).await.status, status, "{who}");
        assert_eq!(server.get(&one, token).await.status, status, "{who}");
        assert!([403, 404].contains(&server.call("DELETE", &one, token, &Value::Null).await.status), "{who}");
    }
    // The administrator reads and adds nothing; who has no token does neither.
    assert_eq!(send(&server, &path, &hospital.admin, None, sent()).await.status, 403);
    assert_eq!(server.get(&path, "").await.status, 401);
    // A file of one record is none of another.
    let second = record(&server, &hospital).await;
    assert_eq!(server.get(&format!("{second}{}/", added["id"]), &hospital.doctor).await.status, 404);

    // Deleted: nobody sees it, and its link leads nowhere though its time is not over.
    assert_eq!(server.call("DELETE", &one, &hospital.patient, &Value::Null).await.status, 403);
    assert_eq!(server.call("DELETE", &one, &hospital.doctor, &Value::Null).await.status, 204);
    assert_eq!(server.call("DELETE", &one, &hospital.doctor, &Value::Null).await.status, 404);
    assert_eq!(server.get(&one, &hospital.doctor).await.status, 404);
    assert_eq!(server.get(&path, &hospital.doctor).await.expect(200)["count"], 0);
    assert_eq!(server.send("GET", &link(&added), &[], "").await.status, 404);
    // It is kept until the time of retention is over, then its file goes too.
    assert_eq!(until_kept(&server, &hospital, 1).await.kept, PDF.len() as u64);
    pass(&server, 11 * 366 * DAY).await;
    assert_eq!(until_kept(&server, &hospital, 0).await.kept, 0);
    assert_eq!(files(&server, &hospital), 0);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_sent_twice_under_one_key_counts_once() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "twice").await;
    let path = record(&server, &hospital).await;
    let sent = |description| form("knee.pdf", "application/pdf", PDF, Some(description));
    let first = send(&server, &path, &hospital.doctor, Some("k-1"), sent("one")).await.expect(201);
    let again = send(&server, &path, &hospital.doctor, Some("k-1"), sent("one")).await.expect(201);
    assert_eq!(first["id"], again["id"]);
    let other = send(&server, &path, &hospital.doctor, Some("k-1"), sent("two")).await;
    assert_eq!((other.status, &other.json()["error"]["code"]), (422, &json!("IDEMPOTENCY_KEY_REUSED")));
    assert_eq!(server.get(&path, &hospital.doctor).await.expect(200)["count"], 1);
    until_kept(&server, &hospital, 1).await;
    assert_eq!(files(&server, &hospital), 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_infected_file_is_refused_and_without_a_verdict_none_is_taken() {
    let double = Double::start(1 << 20).await.unwrap();
    let address = double.address();
    let server = Server::start_with(|settings| {
        settings.scan.backend = ward::settings::ScanBackend::Clamd;
        settings.scan.address = address;
        settings.scan.timeout_ms = 500;
    })
    .await;
    let hospital = Hospital::join(&server, "malware").await;
    let path = record(&server, &hospital).await;
    let clean =
        send(&server, &path, &hospital.doctor, None, form("a.pdf", "application/pdf", PDF, None)).await;
    assert_eq!(clean.expect(201)["scanned"], true);
    let infected = [PDF, test_file().as_bytes()].concat();
    let infected = || form("a.pdf", "application/pdf", &infected, None);
    let reply = send(&server, &path, &hospital.doctor, None, infected()).await;
    assert_eq!((reply.status, &reply.json()["error"]["code"]), (422, &json!("INFECTED")));
    let trail = server.get("/healthcare/api/audit/logs/", &hospital.admin).await.expect(200);
    let entries = trail["data"]["results"].as_array().unwrap();
    let refused = |entry: &&Value| entry["resource"] == "attachment" && entry["status"] != "success";
    let entry = entries.iter().find(refused).unwrap_or_else(|| panic!("{trail}"));
    assert_eq!((&entry["action"], &entry["patients"]), (&json!("create"), &json!([hospital.patient_id])));
    let mut long = PDF.to_vec();
    long.resize(2 << 20, b' ');
    let reply =
        send(&server, &path, &hospital.doctor, None, form("a.pdf", "application/pdf", &long, None)).await;
    assert_eq!((reply.status, &reply.json()["error"]["code"]), (413, &json!("TOO_LARGE_TO_SCAN")));
    double.be_silent(true);
    let reply =
        send(&server, &path, &hospital.doctor, None, form("a.pdf", "application/pdf", PDF, None)).await;
    assert_eq!((reply.status, &reply.json()["error"]["code"]), (503, &json!("SCAN_UNAVAILABLE")));
    assert!(reply.headers.contains_key("retry-after"));
    drop(double);
    let reply =
        send(&server, &path, &hospital.doctor, None, form("a.pdf", "application/pdf", PDF, None)).await;
    assert_eq!(reply.status, 503);
    until_kept(&server, &hospital, 1).await;
    assert_eq!(files(&server, &hospital), 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_left_half_way_is_removed_and_what_a_record_shows_is_kept() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "crash").await;
    let scope = scope(&server, &hospital).await;
    let path = record(&server, &hospital).await;
    let added =
        send(&server, &path, &hospital.doctor, None, form("a.pdf", "application/pdf", PDF, None)).await;
    let added = added.expect(201);
    until_kept(&server, &hospital, 1).await;

    // One came and its process died before the commit; of another the commit stands and nobody was left to say so.
    let due = server.house.env.now().plus(HOUR);
    let mut half_way = Vec::new();
    for bytes in [&b"left behind"[..], b"shown"] {
        let id = server.house.new_id().unwrap();
        let key = ObjectKey { kind: ObjectKind::Attachment, id };
        let expected = Expected { max_bytes: 100, sha256: None };
        let body = futures::stream::once(async move { Ok(bytes::Bytes::from_static(bytes)) });
        server.house.env.objects.put(&scope, key, Box::pin(body), expected).await.unwrap();
        let begin = StorageCommand::Begin { id, kind: ObjectKind::Attachment, bytes: 100, limit: None, due };
        server.house.actors.storage(&scope, begin, WITHIN).await.unwrap();
        half_way.push(id);
    }
    let [orphan, shown] = half_way[..] else { unreachable!("two") };
    let added = ward_domain::id::Id::new(added["id"].as_u64().unwrap()).unwrap();
    let like = server.house.find::<Attachment>(&scope, added).await.unwrap().unwrap().document;
    let attachment = Box::new(Attachment { id: shown, bytes: 5, ..like });
    let patient = attachment.patient;
    let add = AttachmentCommand::Add { attachment, claims: vec![storage::shown(shown, 5)] };
    let message = ChartMessage::Do(Box::new(ChartCommand::Attachment(add)));
    server.house.actors.charts.ask(&scope, patient.id(), WITHIN, message).await.unwrap();
    assert_eq!(files(&server, &hospital), 3);

    server.clockwork.round().await.unwrap();
    assert_eq!(storage_of(&server, &hospital).await.held, 200, "not before their time");
    pass(&server, 2 * HOUR).await;
    let storage = until_kept(&server, &hospital, 2).await;
    assert_eq!(storage.kept, PDF.len() as u64 + 5);
    assert_eq!(files(&server, &hospital), 2);
    let left = server.house.find::<Upload>(&scope, orphan).await.unwrap();
    assert!(left.is_none(), "{left:?}");
    // Whoever comes with the orphan now comes too late.
    let attachment =
        Box::new(Attachment { id: orphan, bytes: 11, ..*server_attachment(&server, &scope, added).await });
    let add = AttachmentCommand::Add { attachment, claims: vec![storage::shown(orphan, 11)] };
    let message = ChartMessage::Do(Box::new(ChartCommand::Attachment(add)));
    let late = server.house.actors.charts.ask(&scope, patient.id(), WITHIN, message).await;
    assert!(matches!(late, Err(Failure::Refused(refusal)) if refusal.reason == "upload_lapsed"));
    server.stop().await;
}

async fn server_attachment(server: &Server, scope: &TenantScope, id: ward_domain::id::Id) -> Box<Attachment> {
    Box::new(server.house.find::<Attachment>(scope, id).await.unwrap().unwrap().document)
}
