//! Whole forms that are wrong in several places, or ask for what is not theirs.

use crate::kit::{Hospital, Server};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn fields_are_named_all_at_once() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "fields").await;
    let body = json!({"email": "no address", "password": "short", "role": "doctor", "first_name": 7, "phone_number": "call me"});
    let refused = server.post("/api/auth/users/", &hospital.admin, body).await.expect(400);
    let details = refused["error"]["details"].as_object().unwrap();
    assert!(details.contains_key("first_name"), "{refused}");
    let body = json!({"email": "no address", "password": "short", "role": "doctor", "first_name": "A", "last_name": "B", "phone_number": "call me"});
    let refused = server.post("/api/auth/users/", &hospital.admin, body).await.expect(400);
    for field in ["email", "password", "phone_number"] {
        assert!(refused["error"]["details"][field][0].is_string(), "{field}: {refused}");
    }
    let too_long = server
        .post("/api/auth/login/", "", json!({"email": "a@b.example", "password": "x".repeat(2_000_000)}))
        .await;
    assert_eq!(too_long.status, 413, "{}", too_long.text);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_registers_into_a_role_that_is_not_theirs_to_take() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "roles").await;
    for role in ["doctor", "staff", "admin", "platform_admin", "api_client", "king"] {
        let body = json!({"email": format!("{role}@roles.example"), "password": crate::kit::PASSWORD, "password_confirm": crate::kit::PASSWORD,
            "first_name": "A", "last_name": "B", "role": role, "hospital": hospital.id});
        let reply = server.post("/api/auth/register/", "", body).await;
        assert!([400, 403].contains(&reply.status), "{role}: {} {}", reply.status, reply.text);
    }
    let patient = json!({"email": "new@roles.example", "password": crate::kit::PASSWORD, "password_confirm": crate::kit::PASSWORD,
        "first_name": "A", "last_name": "B", "role": "patient", "hospital": hospital.id});
    server.post("/api/auth/register/", "", patient.clone()).await.expect(201);
    assert_eq!(server.post("/api/auth/register/", "", patient).await.status, 409);
    server.stop().await;
}
