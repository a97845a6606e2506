//! The program with Meilisearch, on a double of it: search through it, without it, and after it is back.

use crate::kit::{Hospital, Server};
use serde_json::{Value, json};
use std::process::{Command, Output};
use std::time::{Duration, Instant};
use ward::settings::{SearchBackend, Settings};
use ward_search_meilisearch::double::Double;

const KEY: &str = "a-master-key-of-the-double";

fn on(double: &Double) -> impl FnOnce(&mut Settings) + use<> {
    let url = double.url();
    move |settings| {
        settings.search.backend = SearchBackend::Meilisearch;
        settings.search.meilisearch.url = url;
        KEY.clone_into(&mut settings.search.meilisearch.key);
        settings.search.meilisearch.timeout_ms = 2_000;
    }
}

/// Asks `/readyz` until it says so.
async fn until_ready_is(server: &Server, wanted: &str) {
    let began = Instant::now();
    loop {
        let said = server.get("/readyz", "").await;
        assert_eq!(said.status, 200, "{}", said.text);
        if said.text == wanted {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "/readyz stays {}", said.text);
        tokio::task::yield_now().await;
    }
}

fn has(list: &Value, id: u64) -> bool {
    list["results"].as_array().unwrap().iter().any(|each| each["id"] == id)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_booked_is_found_through_meilisearch_and_what_was_booked_without_it_when_it_is_back() {
    let double = Double::start(KEY).await;
    let server = Server::start_with(on(&double)).await;
    until_ready_is(&server, "ready\n").await;
    let hospital = Hospital::join(&server, "meili").await;
    let first = hospital.slot(&server, 48).await;
    let first = hospital.book(&server, first).await.expect(201)["id"].as_u64().unwrap();
    let searched = "/api/appointments/?search=checkup";
    server.until(searched, &hospital.admin, |list| has(list, first)).await;
    let other = Hospital::join(&server, "elsewhere").await;
    assert_eq!(server.get(searched, &other.admin).await.expect(200)["count"], 0);

    // Without it everything goes on but what needs words or the order of names, and that says so.
    double.stop().await;
    until_ready_is(&server, "ready (search degraded)\n").await;
    let second = hospital.slot(&server, 72).await;
    let second = hospital.book(&server, second).await.expect(201)["id"].as_u64().unwrap();
    let filtered = format!("/api/appointments/?status=scheduled&doctor={}", hospital.doctor_id);
    assert_eq!(server.get(&filtered, &hospital.admin).await.expect(200)["count"], 2);
    for path in [searched, "/api/auth/users/?ordering=last_name", "/api/auth/users/?search=alice"] {
        let refused = server.get(path, &hospital.admin).await.expect(503);
        assert_eq!(refused["error"]["code"], "SEARCH_DEGRADED", "{path} {refused}");
    }

    double.start_again().await;
    until_ready_is(&server, "ready\n").await;
    server.clockwork.round().await.unwrap();
    server.until(searched, &hospital.admin, |list| has(list, first) && has(list, second)).await;

    // Lost with all it held: the first who searches finds little, and has it fed again.
    double.forget();
    let began = Instant::now();
    while server.get(searched, &hospital.admin).await.text.matches("checkup").count() < 2 {
        assert!(began.elapsed() < Duration::from_secs(30), "what was lost is not fed again");
        tokio::task::yield_now().await;
    }
    server.stop().await;
}

/// What does not recover by a restart: the server is up and refuses Ward.
#[tokio::test(flavor = "multi_thread")]
async fn another_master_key_degrades_search_and_nothing_else_until_it_is_mended() {
    let double = Double::start(KEY).await;
    let server = Server::start_with(on(&double)).await;
    until_ready_is(&server, "ready\n").await;
    let hospital = Hospital::join(&server, "rekeyed").await;
    let searched = "/api/appointments/?search=checkup";
    let first = hospital.slot(&server, 48).await;
    let first = hospital.book(&server, first).await.expect(201)["id"].as_u64().unwrap();
    server.until(searched, &hospital.admin, |list| has(list, first)).await;

    double.set_key("another-master-key");
    until_ready_is(&server, "ready (search degraded)\n").await;
    assert!(server.get("/metrics", "").await.text.contains("ward_search_up 0"));
    let second = hospital.slot(&server, 72).await;
    let second = hospital.book(&server, second).await.expect(201)["id"].as_u64().unwrap();
    assert_eq!(server.get("/api/appointments/", &hospital.admin).await.expect(200)["count"], 2);
    let question = json!({"query": "headache", "search_type": "text"});
    for refused in [
        server.get(searched, &hospital.admin).await,
        server.post("/soapify/api/search/", &hospital.doctor, question).await,
    ] {
        assert_eq!(refused.status, 503, "{}", refused.text);
        assert!(refused.text.to_lowercase().contains("search_degraded"), "{}", refused.text);
        for secret in [KEY, "another-master-key", &double.url()] {
            assert!(!refused.text.contains(secret), "callers are not told of the server: {}", refused.text);
        }
    }

    double.set_key(KEY);
    until_ready_is(&server, "ready\n").await;
    assert!(server.get("/metrics", "").await.text.contains("ward_search_up 1"));
    server.clockwork.round().await.unwrap();
    server.until(searched, &hospital.admin, |list| has(list, first) && has(list, second)).await;
    server.stop().await;
}

/// It answers, and what it is fed lies in its queue.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stands_still_holds_nothing_up_and_is_fed_when_it_goes_on() {
    let double = Double::start(KEY).await;
    let impatient = on(&double);
    let server = Server::start_with(|settings| {
        impatient(settings);
        settings.search.meilisearch.task_timeout_ms = 200;
    })
    .await;
    until_ready_is(&server, "ready\n").await;
    let hospital = Hospital::join(&server, "stalled").await;
    let searched = "/api/appointments/?search=checkup";
    let slot = hospital.slot(&server, 48).await;
    let first = hospital.book(&server, slot).await.expect(201)["id"].as_u64().unwrap();
    server.until(searched, &hospital.admin, |list| has(list, first)).await;

    double.hold_tasks(true);
    let refused = |metrics: &str| {
        let line = metrics.lines().find(|line| line.starts_with("ward_search_feed_failures_total "));
        line.and_then(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).unwrap_or_default()
    };
    let before = refused(&server.get("/metrics", "").await.text);
    let slot = hospital.slot(&server, 72).await;
    let second = hospital.book(&server, slot).await.expect(201)["id"].as_u64().unwrap();
    let began = Instant::now();
    while refused(&server.get("/metrics", "").await.text) == before {
        assert!(began.elapsed() < Duration::from_secs(20), "the relay never gave up waiting");
        tokio::task::yield_now().await;
    }
    let found = server.get(searched, &hospital.admin).await.expect(200);
    assert!(has(&found, first) && !has(&found, second), "{found}");

    double.hold_tasks(false);
    server.clockwork.round().await.unwrap();
    server.until(searched, &hospital.admin, |list| has(list, first) && has(list, second)).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_starts_without_its_index_serves_and_is_asked_to_rebuild_it() {
    let double = Double::start(KEY).await;
    double.stop().await;
    let server = Server::start_with(on(&double)).await;
    until_ready_is(&server, "ready (search degraded)\n").await;
    let hospital = Hospital::join(&server, "rebuilt").await;
    let platform = server.log_in(crate::kit::PLATFORM_EMAIL, crate::kit::PLATFORM_PASSWORD).await;
    let about = json!({"hospital": hospital.id});
    assert_eq!(server.post("/ops/search/rebuild", &platform, about.clone()).await.status, 503);
    double.start_again().await;
    until_ready_is(&server, "ready\n").await;

    assert_eq!(server.post("/ops/search/rebuild", &hospital.admin, about.clone()).await.status, 403);
    assert_eq!(server.post("/ops/search/rebuild", &platform, json!({"hospital": 7})).await.status, 404);
    assert_eq!(server.post("/ops/search/rebuild", &platform, json!({})).await.status, 400);
    assert_eq!(server.post("/ops/search/rebuild", &platform, about).await.expect(200)["begun"], true);
    let status = format!("/ops/search?hospital={}", hospital.id);
    let whole = server.until(&status, &platform, |status| status["complete"] == true).await;
    // The administrator, the doctor and the patient.
    assert_eq!(whole["documents"], 3);
    assert_eq!(server.get("/ops/search", &platform).await.status, 400);
    assert_eq!(server.get("/api/auth/users/?search=alice", &hospital.admin).await.expect(200)["count"], 1);
    server.stop().await;
}

/// The program itself, on a data folder.
async fn ward(folder: &std::path::Path, double: Option<&Double>, key: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ward"));
    command
        .args(arguments)
        .current_dir(folder)
        .env("WARD_PROFILE", "development")
        .env("WARD_DATA_DIR", folder);
    if let Some(double) = double {
        command
            .env("WARD__SEARCH__BACKEND", "meilisearch")
            .env("WARD__SEARCH__MEILISEARCH__URL", double.url());
        command.env("WARD__SEARCH__MEILISEARCH__KEY", key);
    }
    // The double answers on this runtime.
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_rebuilds_either_index_and_check_says_what_is_wrong_with_the_server() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "command").await;
    let folder = server.stop().await;
    let path = folder.path();
    let id = hospital.id.to_string();

    let rebuilt = ward(path, None, "", &["search", "rebuild"]).await;
    assert!(rebuilt.status.success(), "{}", said(&rebuilt));
    assert!(said(&rebuilt).contains(&format!("hospital {id}: 3 documents fed")), "{}", said(&rebuilt));
    assert!(said(&rebuilt).contains("platform: 1 documents fed"), "{}", said(&rebuilt));

    let double = Double::start(KEY).await;
    let check = ward(path, Some(&double), KEY, &["check"]).await;
    assert!(said(&check).contains("ward-encounter will be made"), "{}", said(&check));
    let rebuilt = ward(path, Some(&double), KEY, &["search", "rebuild", "--hospital", &id]).await;
    assert!(rebuilt.status.success(), "{}", said(&rebuilt));
    assert!(said(&rebuilt).contains(&format!("hospital {id}: 3 documents fed")), "{}", said(&rebuilt));
    let check = ward(path, Some(&double), KEY, &["check"]).await;
    assert!(
        check.status.success() && said(&check).contains("ok    search: Meilisearch 1.50.0"),
        "{}",
        said(&check)
    );

    let wrong = ward(path, Some(&double), "wrong", &["check"]).await;
    assert!(!wrong.status.success(), "{}", said(&wrong));
    assert!(said(&wrong).contains("WRONG search: Meilisearch refuses the key"), "{}", said(&wrong));
    let rebuilt = ward(path, Some(&double), "wrong", &["search", "rebuild", "--hospital", &id]).await;
    assert!(!rebuilt.status.success() && said(&rebuilt).contains("refuses the key"), "{}", said(&rebuilt));
    double.stop().await;
    let down = ward(path, Some(&double), KEY, &["check"]).await;
    assert!(!down.status.success() && said(&down).contains("cannot be reached"), "{}", said(&down));
}
