//! MedCor's Postman collection, run from top to bottom by Postman's own runner against a fresh server.

use crate::kit::{PLATFORM_EMAIL, PLATFORM_PASSWORD, Server};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;
use tokio::time::timeout;

const COLLECTION: &str = "/static/medcor-api.postman_collection.json";
/// The first run installs the runner.
const DEADLINE: Duration = Duration::from_mins(8);

#[tokio::test(flavor = "multi_thread")]
async fn the_postman_collection_runs_from_top_to_bottom() {
    let server = Server::start().await;
    let collection = server.get(COLLECTION, "").await.expect(200);
    let file = server.folder.path().join("collection.json");
    std::fs::write(&file, collection.to_string()).unwrap();
    let child = Command::new("python3")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/postman/run.py"))
        .arg(&file)
        .arg(format!("http://{}", server.address))
        .arg(format!("platform_email={PLATFORM_EMAIL}"))
        .arg(format!("platform_password={PLATFORM_PASSWORD}"))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let ended =
        timeout(DEADLINE, child).await.unwrap_or_else(|_| panic!("newman did not end in {DEADLINE:?}"));
    let output = ended.unwrap_or_else(|error| panic!("python3, Node and npm are needed: {error}"));
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "newman ended with {}:\n{said}{errors}", output.status);
    // What it says at the end: that nothing failed, and that it did something.
    let row = |name: &str| {
        let line = said.lines().find(|line| line.contains(name)).unwrap_or_else(|| panic!("{said}"));
        let cells: Vec<u64> = line.split('│').filter_map(|cell| cell.trim().parse().ok()).collect();
        (cells[0], cells[1])
    };
    let (requests, failed_requests) = row("requests");
    let (assertions, failed_assertions) = row("assertions");
    assert_eq!((failed_requests, failed_assertions), (0, 0), "{said}");
    assert!(requests >= 100 && assertions >= 100, "{said}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_of_medcor_is_in_its_collection() {
    let server = Server::start().await;
    let described = server.get("/medcor/api/openapi.json", "").await.expect(200);
    let mut described_ones = BTreeSet::new();
    for item in described["paths"].as_object().unwrap().values() {
        for (method, operation) in item.as_object().unwrap() {
            described_ones.insert((method.to_uppercase(), operation["operationId"].to_string()));
        }
    }
    let collection: Value = server.get(&format!("/medcor{COLLECTION}"), "").await.expect(200);
    let folders = collection["item"].as_array().unwrap();
    let requests: Vec<_> = folders.iter().flat_map(|folder| folder["item"].as_array().unwrap()).collect();
    let distinct: BTreeSet<_> = requests
        .iter()
        .map(|item| {
            let path: Vec<_> = item["request"]["url"]["path"]
                .as_array()
                .unwrap()
                .iter()
                .map(|part| part.as_str().unwrap())
                .map(|part| if part.starts_with([':', '{']) { "{}" } else { part })
                .collect();
            (item["request"]["method"].as_str().unwrap().to_owned(), path.join("/"))
        })
        .collect();
    assert_eq!(distinct.len(), described_ones.len(), "{distinct:#?}");
    assert_eq!(
        collection["info"]["schema"],
        "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    );
    server.stop().await;
}
