//! Requests that are sent twice under one `Idempotency-Key`.

use crate::kit::{Hospital, PASSWORD, PLATFORM_EMAIL, PLATFORM_PASSWORD, Reply, Server};
use serde_json::{Value, json};

/// A request without a token, under a key.
async fn post_under(server: &Server, key: &str, path: &str, body: &Value) -> Reply {
    let headers = [("idempotency-key", key), ("content-type", "application/json")];
    server.send("POST", path, &headers, body.to_string()).await
}

fn newcomer(hospital: u64, role: &str, email: &str) -> Value {
    json!({"email": email, "password": PASSWORD, "password_confirm": PASSWORD, "first_name": "A", "last_name": "B",
        "role": role, "hospital": hospital})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_counts_once() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "twice").await;
    let (first, second) = (hospital.slot(&server, 48).await, hospital.slot(&server, 50).await);
    let bearer = format!("Bearer {}", hospital.patient);
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("idempotency-key", "k-1"),
    ];
    let body = |slot: u64| {
        json!({"patient": hospital.patient_id, "doctor": hospital.doctor_id, "slot": slot}).to_string()
    };
    let one = server.send("POST", "/api/appointments/", &headers, body(first)).await.expect(201);
    let again = server.send("POST", "/api/appointments/", &headers, body(first)).await.expect(201);
    assert_eq!(one["id"], again["id"]);
    let other = server.send("POST", "/api/appointments/", &headers, body(second)).await;
    assert_eq!(other.status, 422, "{}", other.text);
    assert_eq!(server.get("/api/appointments/", &hospital.patient).await.expect(200)["count"], 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_registration_makes_one_account() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "once").await;
    let path = "/api/auth/register/";
    let users = async || server.get("/api/auth/users/", &hospital.admin).await.expect(200)["count"].as_u64();
    let before = users().await.unwrap();
    let body = newcomer(hospital.id, "patient", "new@once.example");
    let first = post_under(&server, "k-1", path, &body).await.expect(201);
    assert_eq!(post_under(&server, "k-1", path, &body).await.expect(201), first);
    assert_eq!(users().await, Some(before + 1));

    let another = newcomer(hospital.id, "patient", "other@once.example");
    let reused = post_under(&server, "k-1", path, &another).await.expect(422);
    assert_eq!(reused["error"]["code"], "IDEMPOTENCY_KEY_REUSED");
    // Under a key of its own it is a registration like any; without one the name is taken.
    post_under(&server, "k-2", path, &another).await.expect(201);
    let taken = server.post(path, "", another).await.expect(409);
    assert_eq!(taken["error"]["code"], "LOG_IN_TAKEN");

    // Side by side one makes the account; the others hear of it, or that it is under way.
    let body = newcomer(hospital.id, "patient", "many@once.example");
    let replies = futures::future::join_all((0..8).map(|_| post_under(&server, "k-3", path, &body))).await;
    let mut made = Vec::new();
    for reply in replies {
        match reply.status {
            201 => made.push(reply.json()["id"].as_u64()),
            _ => assert_eq!(reply.expect(409)["error"]["code"], "REQUEST_IN_FLIGHT"),
        }
    }
    made.dedup();
    assert_eq!(made.len(), 1, "{made:?}");
    assert_eq!(users().await, Some(before + 3));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_first_administrator_is_answered_like_the_first_time() {
    let server = Server::start().await;
    let platform = server.log_in(PLATFORM_EMAIL, PLATFORM_PASSWORD).await;
    let new = json!({"name": "First", "contact_email": "a@first.example"});
    let id = server.post("/api/hospitals/", &platform, new).await.expect(201)["id"].as_u64().unwrap();
    let body = newcomer(id, "admin", "admin@first.example");
    let first = post_under(&server, "k-1", "/api/auth/register/", &body).await.expect(201);
    assert_eq!(post_under(&server, "k-1", "/api/auth/register/", &body).await.expect(201), first);
    let second = newcomer(id, "admin", "second@first.example");
    post_under(&server, "k-2", "/api/auth/register/", &second).await.expect(403);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_log_in_opens_a_session_of_its_own() {
    let server = Server::start().await;
    Hospital::join(&server, "again").await;
    let path = "/medcor/api/auth/login/";
    let body = json!({"email": "smith@again.example", "password": PASSWORD});
    let access = |reply: Value| reply["tokens"]["access"].as_str().unwrap().to_owned();
    let first = access(post_under(&server, "k-1", path, &body).await.expect(200));
    let second = access(post_under(&server, "k-1", path, &body).await.expect(200));
    assert_ne!(first, second);
    server.post("/api/auth/logout/", &first, Value::Null).await.expect(200);
    assert_eq!(server.get("/api/auth/profile/", &first).await.status, 401);
    server.get("/api/auth/profile/", &second).await.expect(200);
    // Another body under the same key is judged by what it says.
    let wrong = json!({"email": "smith@again.example", "password": "not the password"});
    post_under(&server, "k-1", path, &wrong).await.expect(401);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_the_same_request_by_its_fields_not_its_bytes() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "form").await;
    let bearer = format!("Bearer {}", hospital.doctor);
    let send = async |boundary: &str, name: &str| {
        let kind = format!("multipart/form-data; boundary={boundary}");
        let headers =
            [("authorization", bearer.as_str()), ("content-type", kind.as_str()), ("idempotency-key", "k-1")];
        let part = format!("Content-Disposition: form-data; name=\"patient_name\"\r\n\r\n{name}");
        let body = format!("--{boundary}\r\n{part}\r\n--{boundary}--\r\n");
        server.send("POST", "/soapify/api/encounters/", &headers, body).await
    };
    let first = send("one", "Lena Brandt").await.expect(201);
    assert_eq!(send("two", "Lena Brandt").await.expect(201)["data"]["id"], first["data"]["id"]);
    // Another patient's form under the same key is not answered with the first one's consultation.
    let other = send("three", "Omid Karimi").await.expect(422);
    assert_eq!(other["error"]["code"], "IDEMPOTENCY_KEY_REUSED");
    let listed = server.get("/soapify/api/encounters/", &hospital.doctor).await.expect(200);
    assert_eq!(listed["data"]["count"], 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_repeated_request_shows_again_stands_in_the_trail() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "shown").await;
    let entries = async |filter: &str| {
        let path = format!("/healthcare/api/audit/logs/?{filter}");
        server.get(&path, &hospital.admin).await.expect(200)["data"]["count"].as_u64().unwrap()
    };
    let bearer = format!("Bearer {}", hospital.doctor);
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("idempotency-key", "k-1"),
    ];
    let body = json!({"patient_name": "Lena Brandt"}).to_string();
    let made = server.send("POST", "/soapify/api/encounters/", &headers, body.clone()).await.expect(201);
    assert_eq!(entries("action=read&resource=encounter").await, 0);
    let again = server.send("POST", "/soapify/api/encounters/", &headers, body).await.expect(201);
    assert_eq!(made["data"]["id"], again["data"]["id"]);
    assert_eq!(entries("action=read&resource=encounter").await, 1);

    let body = newcomer(hospital.id, "patient", "new@shown.example");
    let id = post_under(&server, "k-2", "/api/auth/register/", &body).await.expect(201)["id"].clone();
    post_under(&server, "k-2", "/api/auth/register/", &body).await.expect(201);
    assert_eq!(entries(&format!("action=register&patient={id}")).await, 1);
    assert_eq!(entries(&format!("action=read&patient={id}")).await, 1);
    server.stop().await;
}
