//! What the house says of what it rests on.

use crate::kit::{Hospital, Server};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use ward::settings::SmsProvider;
use ward_gateways::sms::KavenegarSettings;

const HEALTH: &str = "/soapify/api/integrations/health/";
const SERVICES: &str = "/soapify/api/integrations/services/";

fn status<'a>(health: &'a Value, part: &str) -> &'a str {
    health["services"][part]["status"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn with_nothing_configured_it_says_so_and_is_well() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "health").await;
    assert_eq!(server.get(HEALTH, "").await.status, 401);
    let health = server.get(HEALTH, &hospital.doctor).await.expect(200)["data"].clone();
    assert_eq!(health["overall_status"], "healthy", "{health}");
    let mut keys: Vec<_> = health["services"].as_object().unwrap().keys().cloned().collect();
    keys.sort();
    assert_eq!(keys, ["ai_service", "database", "redis", "s3_storage", "sms_gateway"]);
    for part in ["database", "s3_storage", "ai_service"] {
        assert_eq!(status(&health, part), "healthy", "{health}");
        assert!(health["services"][part]["response_time_ms"].is_u64(), "{health}");
    }
    assert_eq!(
        (status(&health, "redis"), status(&health, "sms_gateway")),
        ("not_configured", "not_configured")
    );
    assert_eq!(
        health["services"]["sms_gateway"],
        json!({"status": "not_configured", "remaining_credits": 0.0})
    );
    assert!(health["services"]["ai_service"]["model_version"].as_str().unwrap().contains("ward"), "{health}");
    assert!(health["timestamp"].is_string());
    let services = server.get(SERVICES, &hospital.patient).await.expect(200)["data"].clone();
    for one in services["integrations"].as_array().unwrap() {
        for field in ["id", "name", "description", "status"] {
            assert!(one[field].as_str().is_some_and(|text| !text.is_empty()), "{one}");
        }
        assert!(one["features"].is_array());
        let configured = !["sms", "mail", "speech", "payments"].contains(&one["id"].as_str().unwrap());
        assert_eq!(one["status"] == "active", configured, "{one}");
    }
    assert!(!services.to_string().contains(server.folder.path().to_str().unwrap()), "{services}");
    server.stop().await;
}

/// A provider that tells its credit while it is well, and says nothing while it is not.
async fn provider(well: Arc<AtomicBool>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let well = well.clone();
            tokio::spawn(async move {
                let mut read = [0; 4096];
                let _ = socket.read(&mut read).await;
                if !well.load(Ordering::Acquire) {
                    std::future::pending::<()>().await;
                }
                let body =
                    json!({"return": {"status": 200, "message": ""}, "entries": {"remaincredit": 5420}})
                        .to_string();
                let head =
                    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
                let _ = socket.write_all((head + &body).as_bytes()).await;
            });
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_tells_its_credit_and_one_that_hangs_costs_two_seconds() {
    let well = Arc::new(AtomicBool::new(true));
    let url = provider(well.clone()).await;
    let server = Server::start_with(|settings| {
        settings.sms.provider = SmsProvider::Kavenegar;
        let (key, sender) = ("key".to_owned(), String::new());
        settings.sms.kavenegar = Some(KavenegarSettings { key, sender, url, timeout_ms: 30_000 });
    })
    .await;
    let hospital = Hospital::join(&server, "credit").await;
    let health = server.get(HEALTH, &hospital.doctor).await.expect(200)["data"].clone();
    assert_eq!(health["services"]["sms_gateway"], json!({"status": "healthy", "remaining_credits": 5420.0}));
    well.store(false, Ordering::Release);
    // What was found is told for five seconds more.
    tokio::time::sleep(std::time::Duration::from_millis(5_100)).await;
    let begun = std::time::Instant::now();
    let health = server.get(HEALTH, &hospital.doctor).await.expect(200)["data"].clone();
    assert!(begun.elapsed() < std::time::Duration::from_secs(6), "{:?}", begun.elapsed());
    assert_eq!(health["services"]["sms_gateway"], json!({"status": "unhealthy", "remaining_credits": null}));
    assert_eq!((&health["overall_status"], status(&health, "database")), (&json!("degraded"), "healthy"));
    let services = server.get(SERVICES, &hospital.doctor).await.expect(200)["data"]["integrations"].clone();
    let sms = services.as_array().unwrap().iter().find(|one| one["id"] == "sms").unwrap().clone();
    assert_eq!((&sms["status"], &sms["name"]), (&json!("unavailable"), &json!("Kavenegar at 127.0.0.1")));
    server.stop().await;
}
