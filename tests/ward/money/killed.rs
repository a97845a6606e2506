//! Callbacks while the process is killed again and again: each payment counts once, and the ledger is sound.

use super::provider::{Provider, SECRET, signed, word};
use super::{BALANCE, CALLBACK, REQUEST, asked};
use crate::kit::Hospital;
use crate::process::Process;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use std::process::Command;
use std::time::Duration;

const PAYMENTS: i64 = 24;
const KILLS: u64 = 4;
const AMOUNT: i64 = 10_000;

/// Tells a payment until it is answered well, whoever is killed meanwhile; then once more.
async fn insist(port: u16, body: String) -> (u32, bool) {
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<bytes::Bytes>>();
    let (mut tries, mut answers) = (0, Vec::new());
    while answers.len() < 2 {
        tries += 1;
        let mut request =
            http::Request::builder().method("POST").uri(format!("http://127.0.0.1:{port}{CALLBACK}"));
        for (name, value) in signed(&body) {
            request = request.header(name, value);
        }
        let request = request.body(Full::new(bytes::Bytes::from(body.clone()))).unwrap();
        if let Ok(response) = client.request(request).await {
            let status = response.status().as_u16();
            if let Ok(body) = response.into_body().collect().await {
                let body = body.to_bytes();
                match status {
                    200 => answers.push(serde_json::from_slice::<Value>(&body).unwrap()),
                    503 => {}
                    _ => panic!("{status} {}", String::from_utf8_lossy(&body)),
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    assert_eq!(answers[1]["data"]["changed"], false);
    (tries, answers[0]["data"]["changed"] == true)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_told_while_the_process_was_killed_counts_once() {
    let provider = Provider::start().await;
    let port = crate::process::port_of_its_own();
    let (listen, url) = (format!("127.0.0.1:{port}"), provider.url());
    let settings = [
        ("WARD__SERVER__LISTEN", listen.as_str()),
        ("WARD__SERVER__PUBLIC_URL", "http://ward.example"),
        ("WARD__PAYMENTS__GATEWAY", "signed"),
        ("WARD__PAYMENTS__URL", url.as_str()),
        ("WARD__PAYMENTS__SECRET", SECRET),
    ];
    let mut process = Process::start(&settings);
    let hospital = Hospital::join(&process.client, "killed").await;
    for _ in 0..PAYMENTS {
        process.client.post(REQUEST, &hospital.doctor, asked(AMOUNT)).await.expect(201);
    }
    let mut tellers = tokio::task::JoinSet::new();
    for (number, asked) in provider.asked().into_iter().enumerate() {
        let body = word(&asked, &format!("e{number}"), "paid").to_string();
        tellers.spawn(async move {
            tokio::time::sleep(Duration::from_millis(60 * number as u64)).await;
            insist(port, body).await
        });
    }
    for kill in 0..KILLS {
        tokio::time::sleep(Duration::from_millis(200 + kill * 137 % 300)).await;
        process = process.killed_and_started(&settings);
    }
    let (mut tries, mut first) = (0, 0);
    while let Some(told) = tellers.join_next().await {
        let (more, changed) = told.unwrap();
        tries += more;
        first += u32::from(changed);
    }
    process = process.killed_and_started(&settings);
    let held = process.client.get(BALANCE, &hospital.doctor).await.expect(200);
    assert_eq!(held["data"]["balance"], PAYMENTS * AMOUNT);
    println!(
        "{PAYMENTS} payments, told {tries} times through {KILLS} kills; {first} answers said that it was new"
    );
    let folder = process.folder.clone();
    drop(process);
    let verified = Command::new(env!("CARGO_BIN_EXE_ward"))
        .args(["ledger", "verify"])
        .env("WARD_DATA_DIR", folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&verified.stdout).into_owned();
    assert!(verified.status.success() && said.contains(&format!("{PAYMENTS} entries")), "{said}");
}
