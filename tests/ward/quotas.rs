//! Plans have ends, and requests side by side cannot both take the last place.

use crate::kit::{Hospital, PASSWORD, Server};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_is_full_says_so_and_is_never_overrun() {
    let server = Server::start_with(|settings| settings.tenancy.default_plan = "trial".into()).await;
    let hospital = Hospital::join(&server, "small").await;
    // The trial plan has room for three doctors; one is there. Six ask at once.
    let asks = (0..6).map(|number| {
        let body = json!({"email": format!("d{number}@small.example"), "password": PASSWORD, "first_name": "D", "last_name": "R",
            "role": "doctor", "hospital": hospital.id});
        server.post("/api/auth/users/", &hospital.admin, body)
    });
    let replies = futures::future::join_all(asks).await;
    let made = replies.iter().filter(|reply| reply.status == 201).count();
    assert!(made <= 2, "{made} doctors were made");
    for reply in replies.iter().filter(|reply| reply.status != 201) {
        assert_eq!(
            (reply.status, reply.json()["error"]["code"].as_str()),
            (403, Some("QUOTA_EXCEEDED")),
            "{}",
            reply.text
        );
    }
    // Whoever was turned away by places held side by side finds the rest of the room afterwards, and no more.
    for number in 10..14 {
        let body = json!({"email": format!("d{number}@small.example"), "password": PASSWORD, "first_name": "D", "last_name": "R", "role": "doctor"});
        server.post("/api/auth/users/", &hospital.admin, body).await;
    }
    let figures =
        server.get(&format!("/api/hospitals/{}/statistics/", hospital.id), &hospital.admin).await.expect(200);
    assert_eq!(figures["total_doctors"], 3);
    // Deactivating one makes room; activating it again asks for room.
    let path = |verb: &str| format!("/api/auth/users/{}/{verb}/", hospital.doctor_id);
    server.post(&path("deactivate"), &hospital.admin, json!({})).await.expect(200);
    let body = json!({"email": "last@small.example", "password": PASSWORD, "first_name": "D", "last_name": "R", "role": "doctor"});
    server.post("/api/auth/users/", &hospital.admin, body).await.expect(201);
    assert_eq!(server.post(&path("activate"), &hospital.admin, json!({})).await.status, 403);
    server.stop().await;
}
