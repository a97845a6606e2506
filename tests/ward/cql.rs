//! The same program on a CQL server, by settings alone; two servers on one keyspace; and what the command line says
//! when something is wrong.

use crate::kit::{Hospital, Server};
use crate::server;
use serde_json::Value;
use std::process::{Command, Output};
use ward::settings::{Settings, StoreBackend};
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

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_on_one_keyspace_are_one_hospital() {
    let options = options("two");
    migrations::migrate(&options, 1).await.unwrap();
    let keys = tempfile::tempdir().unwrap();
    std::fs::write(keys.path().join("master.key"), "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=").unwrap();
    let first = Server::start_with(|settings| settle_on(settings, &options, keys.path())).await;
    let second = Server::start_with(|settings| settle_on(settings, &options, keys.path())).await;
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
