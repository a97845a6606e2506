//! Which API answers: prefixes, the root, and the issuer of the token.

use crate::kit::{Hospital, PASSWORD, Server};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn at_the_root_the_issuer_of_the_token_answers() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "mount").await;
    let health = server
        .post(
            "/healthcare/api/auth/login/",
            "",
            json!({"email": "alice@mount.example", "password": PASSWORD}),
        )
        .await
        .expect(200);
    let token = health["data"]["tokens"]["access"].as_str().unwrap().to_owned();
    let as_health = server.get("/api/appointments/", &token).await.expect(200);
    assert_eq!(as_health["status"], "success");
    let as_medcor = server.get("/api/appointments/", &hospital.patient).await.expect(200);
    assert!(as_medcor["results"].is_array());
    // A token is good on all of them.
    assert!(server.get("/medcor/api/appointments/", &token).await.expect(200)["results"].is_array());
    // Without a token medcor answers, in its envelope.
    assert_eq!(server.get("/api/appointments/", "").await.expect(401)["error"]["code"], "TOKEN_MISSING");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_in_by_telephone_at_the_root_is_soapifys() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "phone").await;
    let edit = json!({"phone_number": "+1-212-555-0199"});
    server.put("/api/auth/profile/", &hospital.doctor, edit).await.expect(200);
    let body = json!({"phone_number": "+12125550199", "password": PASSWORD});
    let logged_in = server.post("/api/auth/login/", "", body).await.expect(200);
    assert_eq!(logged_in["success"], true);
    let token = logged_in["data"]["jwt_token"].as_str().unwrap();
    server.get("/api/encounters/", token).await.expect(200);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_answer_with_and_without_the_slash_and_links_follow_the_request() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "slash").await;
    for hours in 0..3 {
        hospital.slot(&server, 48 + hours).await;
    }
    for prefix in ["", "/medcor"] {
        for slash in ["", "/"] {
            let path = format!(
                "{prefix}/api/appointments/availability-slots{slash}?doctor={}&page_size=2",
                hospital.doctor_id
            );
            let page = server.get(&path, &hospital.patient).await.expect(200);
            let next = page["next"].as_str().unwrap();
            assert!(next.starts_with(&format!("http://{}{prefix}/api/", server.address)), "{next}");
            assert!(
                next.contains("page=2") && next.contains("page_size=2") && next.contains("doctor="),
                "{next}"
            );
            assert_eq!(page["count"], 3);
            assert_eq!(page["previous"], Value::Null);
        }
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_are_counted_in_development_and_enforced_where_asked() {
    let server = Server::start().await;
    let reply = server.get("/api/appointments/", "").await;
    for header in ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"] {
        assert!(reply.headers.contains_key(header), "{header}");
    }
    server.stop().await;
    let server = Server::start_with(|settings| settings.limits.enforce = true).await;
    let mut last = 0;
    for _ in 0..25 {
        let reply = server.get("/medcor/api/appointments/", "").await;
        last = reply.status;
        if last == 429 {
            assert!(reply.headers.contains_key("retry-after"));
            break;
        }
    }
    assert_eq!(last, 429);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_the_live_actors_and_nobody_else_does() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "ops").await;
    let slot = hospital.slot(&server, 48).await;
    hospital.book(&server, slot).await.expect(201);
    assert_eq!(server.get("/ops/actors", &hospital.admin).await.status, 403);
    assert_eq!(server.get("/ops/actors", "").await.status, 401);
    let platform = server.log_in(crate::kit::PLATFORM_EMAIL, crate::kit::PLATFORM_PASSWORD).await;
    for (path, field) in [
        ("/ops/actors?limit=abc", "limit"),
        ("/ops/actors?limit=1&limit=2", "limit"),
        ("/ops/search?hospital=abc", "hospital"),
        ("/ops/search?hospital=-1", "hospital"),
        ("/ops/search", "hospital"),
    ] {
        let wrong = server.get(path, &platform).await.expect(400);
        assert!(wrong["error"]["details"][field][0].is_string(), "{path}: {wrong}");
    }
    let seen = server.get("/ops/actors", &platform).await.expect(200);
    assert_eq!(seen["counts"]["calendar"], 1);
    for path in ["/livez", "/readyz", "/metrics"] {
        assert_eq!(server.get(path, "").await.status, 200, "{path}");
    }
    let rotated =
        server.post("/ops/keys/rotate", &platform, json!({"hospital": hospital.id})).await.expect(200);
    assert_eq!((rotated["key"].as_u64(), rotated["damaged"].as_u64()), (Some(2), Some(0)));
    assert!(rotated["resealed"].as_u64().unwrap() > 0);
    server.get("/api/appointments/", &hospital.patient).await.expect(200);
    server.stop().await;
}
