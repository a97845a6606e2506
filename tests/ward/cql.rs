//! The same program on a CQL server, by settings alone; two servers on one keyspace; and what the command line says
//! when something is wrong.

mod medcor;
mod phone;
mod recordings;
mod soapify;

use crate::backup::{everything, everything_in, filled, new_house, succeeds};
use crate::kit::{Hospital, PASSWORD, Server};
use crate::server;
use serde_json::Value;
use std::process::{Command, Output};
use ward::settings::{Settings, StoreBackend};
use ward::wiring;
use ward_store::moving::Item;
use ward_store_scylla::{Options, migrations};

/// A keyspace of a test's own, made by nobody yet.
fn options(name: &str) -> Options {
    let shared = server::shared_options();
    Options { keyspace: format!("{}_{name}", shared.keyspace), ..shared }
}

fn settle_on(settings: &mut Settings, options: &Options, folder: &std::path::Path) {
    settings.store.backend = StoreBackend::Scylla;
    settings.store.scylla.nodes.clone_from(&options.nodes);
    settings.store.scylla.keyspace.clone_from(&options.keyspace);
    settings.store.scylla.replication = options.replication;
    settings.store.scylla.request_timeout_ms = 20_000;
    // Both servers of a test seal with one key.
    settings.keys.master_file = folder.join("master.key");
}

/// Two servers on a keyspace of a test's own, which it drops at its end. The folder holds the key that both seal with.
async fn pair(name: &str, change: impl Fn(&mut Settings)) -> (Options, tempfile::TempDir, Server, Server) {
    let options = options(name);
    migrations::migrate(&options, 1).await.unwrap();
    let keys = tempfile::tempdir().unwrap();
    std::fs::write(keys.path().join("master.key"), "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=").unwrap();
    let start = async || {
        Server::start_with(|settings| {
            settle_on(settings, &options, keys.path());
            change(settings);
        })
        .await
    };
    let (first, second) = (start().await, start().await);
    (options, keys, first, second)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_on_one_keyspace_are_one_hospital() {
    let (options, _keys, first, second) = pair("two", |_| {}).await;
    let hospital = Hospital::join(&first, "shared").await;

    // A log-in of one counts at the other, and what one has opened the other books.
    let slot = hospital.slot(&first, 48).await;
    let booked = hospital.book(&second, slot).await.expect(201);
    let id = booked["id"].as_u64().unwrap();
    let path = format!("/healthcare/api/appointments/{id}/");
    assert_eq!(first.get(&path, &hospital.patient).await.expect(200)["data"]["id"].as_u64(), Some(id));
    let clash = hospital.book(&first, slot).await;
    assert_eq!(clash.status, 409, "{}", clash.text);

    // Of two who want a slot through two servers at the same time one gets it, slot after slot.
    let (other_id, other) =
        Hospital::person(&first, &hospital.admin, hospital.id, "shared", "patient", "bob").await;
    for hour in 0..6 {
        let slot = hospital.slot(&first, 72 + hour).await;
        let body = serde_json::json!({"patient": other_id, "doctor": hospital.doctor_id, "slot": slot});
        let (one, two) =
            tokio::join!(hospital.book(&first, slot), second.post("/api/appointments/", &other, body));
        let mut answers = [one.status, two.status];
        answers.sort_unstable();
        assert_eq!(answers, [201, 409], "{} {}", one.text, two.text);
    }
    for server in [&first, &second] {
        let all = server.get("/api/appointments/", &hospital.admin).await.expect(200);
        assert_eq!(all["count"], 7, "{all}");
    }
    // What is done at one is the truth at the other.
    second.post(&format!("/api/appointments/{id}/confirm/"), &hospital.doctor, Value::Null).await.expect(200);
    let seen = first.get(&format!("/api/appointments/{id}/"), &hospital.patient).await.expect(200);
    assert_eq!(seen["status"], "confirmed");
    second.stop().await;
    first.stop().await;
    migrations::drop_keyspace(&options).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chart_that_one_server_writes_the_other_reads() {
    let (options, _keys, first, second) = pair("chart", |_| {}).await;
    let hospital = Hospital::join(&first, "charts").await;
    let (doctor, patient) = (&hospital.doctor, hospital.patient_id);
    let post = async |server: &Server, path: &str, body: Value| {
        server.post(path, doctor, body).await.expect(201)["id"].as_u64().unwrap()
    };

    let record =
        serde_json::json!({"patient": patient, "title": "One", "vital_signs": {"temperature": 98.6}});
    let record = post(&first, "/api/medical-records/", record).await;
    let path = format!("/api/medical-records/{record}/");
    let seen = second.get(&path, &hospital.patient).await.expect(200);
    assert_eq!(seen["vital_signs"]["temperature"], 98.6);
    // Of two who edit one version through two servers one wins, and the other is told.
    let bearer = format!("Bearer {doctor}");
    let etag = second.get(&path, doctor).await.headers["etag"].to_str().unwrap().to_owned();
    let headers = [("authorization", bearer.as_str()), ("if-match", etag.as_str())];
    let (one, two) = tokio::join!(
        first.send("PUT", &path, &headers, r#"{"title": "Two", "edit_reason": "first"}"#),
        second.send("PUT", &path, &headers, r#"{"title": "Three", "edit_reason": "second"}"#),
    );
    let mut answers = [one.status, two.status];
    answers.sort_unstable();
    assert_eq!(answers, [200, 412], "{} {}", one.text, two.text);
    for server in [&first, &second] {
        let versions = server.get(&format!("{path}versions/"), doctor).await.expect(200);
        assert_eq!((&versions["count"], &versions["results"][0]["version"]), (&2.into(), &2.into()));
    }
    // What one has prescribed the other warns of.
    let treatment = post(&first, "/api/treatments/", serde_json::json!({"patient": patient})).await;
    let prescriptions = format!("/api/treatments/{treatment}/prescriptions/");
    post(&first, &prescriptions, serde_json::json!({"medication_name": "Lisinopril 10mg"})).await;
    let again = serde_json::json!({"medication_name": "Zestril"});
    let again = second.post(&prescriptions, doctor, again).await.expect(201);
    assert_eq!(again["warnings"][0]["kind"], "duplicate", "{again}");
    assert_eq!(first.get(&prescriptions, doctor).await.expect(200)["count"], 2);
    // Broken glass of one opens at the other.
    let (_, jones) =
        Hospital::person(&first, &hospital.admin, hospital.id, "charts", "doctor", "jones").await;
    let chart = format!("/api/medical-records/patient/{patient}/");
    second.get(&chart, &jones).await.expect(403);
    let reason = serde_json::json!({"reason": "unconscious, alone"});
    first.post(&format!("{chart}break-glass/"), &jones, reason).await.expect(201);
    assert_eq!(second.get(&chart, &jones).await.expect(200)["count"], 1);
    // What one deletes is gone at the other.
    second.call("DELETE", &path, doctor, &Value::Null).await.expect(204);
    first.get(&path, doctor).await.expect(404);
    assert_eq!(first.get("/api/medical-records/", &hospital.admin).await.expect(200)["count"], 0);
    second.stop().await;
    first.stop().await;
    migrations::drop_keyspace(&options).await.unwrap();
}

/// The program itself, with settings by variables.
fn ward(arguments: &[&str], options: &Options, folder: &std::path::Path, more: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ward"))
        .args(arguments)
        .env("WARD__STORE__BACKEND", "scylla")
        .env("WARD__STORE__SCYLLA__NODES", options.nodes.join(","))
        .env("WARD__STORE__SCYLLA__KEYSPACE", &options.keyspace)
        .env("WARD__STORE__SCYLLA__REPLICATION", "1")
        .env("WARD_DATA_DIR", folder)
        .envs(more.iter().copied())
        .output()
        .unwrap()
}

/// What it said, and whether it was content.
fn said(output: &Output) -> (bool, String) {
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), text)
}

#[test]
fn migrate_and_check_say_what_is_there_and_what_is_wrong() {
    let options = options("command_line");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("master.key"), "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=").unwrap();
    let run =
        |arguments: &[&str], more: &[(&str, &str)]| said(&ward(arguments, &options, folder.path(), more));

    let (good, text) = run(&["check"], &[]);
    assert!(!good && text.contains("run `ward migrate`"), "{text}");
    let (good, text) = run(&["migrate", "--plan"], &[]);
    assert!(good && text.contains("CREATE KEYSPACE") && text.contains("0001_store.cql"), "{text}");
    let (good, text) = run(&["check"], &[]);
    assert!(!good && text.contains("run `ward migrate`"), "a plan has changed something: {text}");
    let (good, text) = run(&["migrate"], &[]);
    assert!(good && text.contains("carried out migrations/0001_store.cql"), "{text}");
    assert!(text.contains("carried out migrations/0002_moving.cql"), "{text}");
    let (good, text) = run(&["migrate", "--plan"], &[]);
    assert!(good && text.contains("nothing to do"), "{text}");
    let (good, text) = run(&["check"], &[]);
    assert!(good && text.contains("ok    store"), "{text}");

    let (good, text) = run(&["check"], &[("WARD__STORE__SCYLLA__NODES", "127.0.0.1:1")]);
    assert!(!good && text.contains("no CQL server answers at 127.0.0.1:1"), "{text}");
    let (good, text) = run(&["check"], &[("WARD__STORE__SCYLLA__KEYSPACE", "nobody_made_this")]);
    assert!(!good && text.contains("run `ward migrate`"), "{text}");
    let (good, text) = run(&["migrate"], &[("WARD__STORE__SCYLLA__KEYSPACE", "no; drop")]);
    assert!(!good && text.contains("keyspace"), "{text}");
    let (good, text) = run(&["check"], &[("WARD__STORE__SCYLLA__USERNAME", "ward")]);
    assert!(!good && text.contains("store.scylla.password"), "{text}");

    server::run(migrations::drop_keyspace(&options)).unwrap();
}

/// A node of its own that wants a log-in, gone with its data when the test ends.
struct Guarded(std::path::PathBuf);

impl Guarded {
    const PORT: &str = "9342";

    fn script(&self, verb: &str) -> Output {
        Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/servers/cassandra/start.sh"))
            .arg(verb)
            .env("WARD_CASSANDRA_DATA", &self.0)
            .env("WARD_CASSANDRA_PORT", Self::PORT)
            .env("WARD_CASSANDRA_STORAGE_PORT", "7300")
            .env("WARD_CASSANDRA_JMX", "7499")
            .env("WARD_CASSANDRA_HEAP", "384M")
            .env("WARD_CASSANDRA_AUTH", "PasswordAuthenticator")
            .output()
            .unwrap()
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.script("stop");
        self.script("wipe");
    }
}

#[test]
fn a_server_that_wants_a_log_in_is_told_from_one_that_does_not_answer() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("master.key"), "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=").unwrap();
    let node = Guarded(folder.path().join("node"));
    let (good, text) = said(&node.script("start"));
    assert!(good, "{text}");
    let shared = Options::new(std::sync::Arc::new(server::SystemClock));
    let options = Options { nodes: vec![format!("127.0.0.1:{}", Guarded::PORT)], ..shared };
    let run = |arguments: &[&str], user: &str, password: &str| {
        let log_in = [("WARD__STORE__SCYLLA__USERNAME", user), ("WARD__STORE__SCYLLA__PASSWORD", password)];
        said(&ward(arguments, &options, folder.path(), if user.is_empty() { &[] } else { &log_in }))
    };
    for (user, password) in [("", ""), ("cassandra", "not-this-one")] {
        let (good, text) = run(&["check"], user, password);
        assert!(!good && text.contains("does not accept the log-in"), "{user}: {text}");
        let (good, text) = run(&["serve"], user, password);
        assert!(!good && text.contains("does not accept the log-in"), "{user}: {text}");
        assert!(!text.contains("not-this-one"), "{text}");
    }
    // The first role comes a moment after the first answer.
    let begun = std::time::Instant::now();
    loop {
        let (good, text) = run(&["migrate"], "cassandra", "cassandra");
        if good {
            break;
        }
        assert!(begun.elapsed() < std::time::Duration::from_mins(1), "{text}");
    }
    let (good, text) = run(&["check"], "cassandra", "cassandra");
    assert!(good && text.contains("ok    store"), "{text}");
}

/// In an order of its own: stores walk in different ones.
fn sorted(mut items: Vec<(u64, Item)>) -> Vec<(u64, Item)> {
    items.sort_by_cached_key(|item| format!("{item:?}"));
    items
}

#[tokio::test(flavor = "multi_thread")]
async fn a_house_moves_from_one_disk_to_a_cql_server_and_back() {
    let options = options("moved");
    migrations::migrate(&options, 1).await.unwrap();
    let server = Server::start().await;
    let (one, two, visit) = filled(&server).await;
    let free = one.slot(&server, 60).await;
    let old = server.stop().await;
    let tenants = [0, one.id, two.id];
    let before = sorted(everything(old.path(), &tenants).await);
    assert!(before.len() > 200, "a house: {} items", before.len());
    let file = |name: &str| old.path().join(name).to_str().unwrap().to_owned();
    succeeds(&crate::backup::ward(old.path(), &["backup", "--to", &file("there.backup")]));

    let new = new_house(old.path());
    let run = |arguments: &[&str], folder: &std::path::Path| said(&ward(arguments, &options, folder, &[]));
    let restore = ["restore", "--from", &file("there.backup")];
    let (good, text) = run(&restore, new.path());
    assert!(good && text.contains("all 3 tenants"), "{text}");
    let mut settings = Settings::of("development", &|_| None, false).unwrap();
    settle_on(&mut settings, &options, old.path());
    let keyspace = async || wiring::open_store(&settings).await.unwrap_or_else(|error| panic!("{error}"));
    let moved = sorted(everything_in(keyspace().await, &tenants).await);
    for (found, item) in moved.iter().zip(&before) {
        assert_eq!(found, item);
    }
    assert_eq!(moved.len(), before.len());
    let (good, text) = run(&restore, new.path());
    assert!(!good && text.contains("not empty"), "{text}");
    let (good, text) = run(&["audit", "verify"], new.path());
    assert!(good && text.contains(&format!("hospital {}:", one.id)) && !text.contains("NOT SOUND"), "{text}");

    // The house works on there.
    let server = Server::start_in(new, |settings| settle_on(settings, &options, old.path())).await;
    let patient = server.log_in("alice@moving.example", PASSWORD).await;
    assert_eq!(server.get("/api/appointments/", &patient).await.expect(200)["count"], 4);
    server.get("/api/auth/profile/", &one.patient).await.expect(200);
    let visit = format!("/soapify/api/encounters/{visit}/");
    assert_eq!(server.get(&visit, &one.doctor).await.expect(200)["data"]["status"], "completed");
    one.book(&server, free).await.expect(201);
    assert_eq!(one.book(&server, free).await.expect(409)["error"]["code"], "SLOT_TAKEN");
    let new = server.stop().await;

    // And back, with what was done there.
    let (good, text) = run(&["backup", "--to", &file("back.backup")], new.path());
    assert!(good && text.contains("all 3 tenants"), "{text}");
    let back = new_house(old.path());
    succeeds(&crate::backup::ward(back.path(), &["restore", "--from", &file("back.backup")]));
    let there = sorted(everything_in(keyspace().await, &tenants).await);
    assert!(there.len() > before.len());
    assert_eq!(sorted(everything(back.path(), &tenants).await), there);
    let server = Server::start_in(back, |_| {}).await;
    assert_eq!(server.get("/api/appointments/", &patient).await.expect(200)["count"], 5);
    server.stop().await;
    migrations::drop_keyspace(&options).await.unwrap();
}
