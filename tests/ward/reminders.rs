//! Reminders leave as mail, 24 hours and 30 minutes before.

use crate::kit::{Hospital, Server};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn letters(server: &Server) -> Vec<Value> {
    let folder = server.folder.path().join("outbox/mail");
    let Ok(files) = std::fs::read_dir(folder) else { return Vec::new() };
    let letters = files.filter_map(|file| std::fs::read_to_string(file.ok()?.path()).ok());
    // Who registers is written to as well.
    letters
        .filter_map(|text| serde_json::from_str(&text).ok())
        .filter(|letter: &Value| letter["subject"].as_str().unwrap().starts_with("Reminder"))
        .collect()
}

async fn wait_for(server: &Server, count: usize) {
    let began = Instant::now();
    while letters(server).len() < count {
        server.clockwork.round().await.unwrap();
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "{} letters, {count} wanted",
            letters(server).len()
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_reminders_leave_once_and_follow_a_reschedule() {
    let server = Server::start_with(|settings| settings.auth.session_hours = 1_000).await;
    let hospital = Hospital::join(&server, "remind").await;
    let (first, second) = (hospital.slot(&server, 48).await, hospital.slot(&server, 96).await);
    let id = hospital.book(&server, first).await.expect(201)["id"].as_u64().unwrap();
    let moved = server
        .put(&format!("/api/appointments/{id}/"), &hospital.patient, json!({"slot": second}))
        .await
        .expect(200);
    assert_eq!(moved["is_rescheduled"], true);
    // What was due for the first time is due no more.
    server.clock.by(30 * 3_600_000);
    server.clockwork.round().await.unwrap();
    assert!(letters(&server).is_empty());
    server.clock.by(43 * 3_600_000);
    wait_for(&server, 1).await;
    server.clock.by(22 * 3_600_000 + 45 * 60_000);
    wait_for(&server, 2).await;
    for _ in 0..5 {
        server.clockwork.round().await.unwrap();
    }
    let all = letters(&server);
    assert_eq!(all.len(), 2);
    assert!(all.iter().all(|letter| letter["to"] == "alice@remind.example"), "{all:?}");
    server.stop().await;
}
