//! Every described operation, asked badly: a typed error in that API's envelope, never a 500, nothing half written.

use crate::kit::{Hospital, Reply, Server};
use serde_json::{Value, json};

/// Operations as the description lists them: method, path with `{…}`, schema of the body if it has one.
async fn operations(server: &Server) -> Vec<(String, String, Value)> {
    let described = server.get("/api/openapi.json", "").await.expect(200);
    let mut all = Vec::new();
    for (path, item) in described["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let content = &operation["requestBody"]["content"]["application/json"]["schema"];
            let schema = match content["$ref"].as_str() {
                Some(reference) => {
                    described.pointer(reference.trim_start_matches('#')).cloned().unwrap_or_default()
                }
                None => content.clone(),
            };
            all.push((method.to_uppercase(), path.clone(), schema));
        }
    }
    assert!(all.len() > 50, "{}", all.len());
    all
}

fn with_id(path: &str, id: &str) -> String {
    let (mut out, mut inside) = (String::new(), false);
    for c in path.chars() {
        match c {
            '{' => {
                inside = true;
                out.push_str(id);
            }
            '}' => inside = false,
            _ if inside => {}
            _ => out.push(c),
        }
    }
    out
}

/// Soapify's, healthcare's or medcor's envelope of an error.
fn is_enveloped(reply: &Reply) -> bool {
    let Ok(body) = serde_json::from_str::<Value>(&reply.text) else { return false };
    body["error"]["code"].is_string()
        || body["status"] == "error" && body["error"].is_string()
        || body["detail"].is_string()
}

fn check(what: &str, reply: &Reply) {
    assert!(reply.status < 500 || reply.status == 501, "{what}: {} {}", reply.status, reply.text);
    if reply.status >= 400 {
        assert!(is_enveloped(reply), "{what}: {} {}", reply.status, reply.text);
    }
}

/// What anyone may ask without a token.
const OPEN: [&str; 3] = ["/auth/login/", "/auth/register/", "/auth/token/refresh/"];

#[tokio::test(flavor = "multi_thread")]
async fn strangers_and_bad_tokens_get_nowhere() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "stranger").await;
    let expired = hospital.patient.clone();
    let operations = operations(&server).await;
    for (method, path, _) in &operations {
        if OPEN.iter().any(|open| path.ends_with(open)) {
            continue;
        }
        for token in ["", "nonsense", "a.b.c", &"x".repeat(10_000)] {
            let what = format!("{method} {path} with token {token:.12}");
            let reply = server.call(method, &with_id(path, "1"), token, &json!({})).await;
            assert_eq!(reply.status, 401, "{what}: {}", reply.text);
            check(&what, &reply);
        }
    }
    server.clock.by(61 * 60_000);
    for (method, path, _) in &operations {
        if !OPEN.iter().any(|open| path.ends_with(open)) {
            let reply = server.call(method, &with_id(path, "1"), &expired, &json!({})).await;
            assert_eq!(reply.status, 401, "{method} {path}: {}", reply.text);
        }
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_ids_bodies_and_values_are_named_and_nothing_is_written() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "bad").await;
    let other = Hospital::join(&server, "other").await;
    let slot = other.slot(&server, 48).await;
    let foreign = other.book(&server, slot).await.expect(201)["id"].as_u64().unwrap().to_string();
    let long = "x".repeat(20_000);
    let values = [
        json!(null),
        json!(-1),
        json!(1.5),
        json!(true),
        json!([]),
        json!({}),
        json!(""),
        json!("x"),
        json!(long),
        json!("\u{0}"),
        json!(1e300),
        json!("🦷\u{202e}"),
    ];
    let before = counts(&server, &hospital).await;
    for (method, path, schema) in operations(&server).await {
        let heals = method == "POST" && path.ends_with("/logout/")
            || path.contains("deactivate")
            || path.contains("change-password");
        if heals {
            continue;
        }
        for token in [&hospital.admin, &hospital.doctor, &hospital.patient] {
            for id in ["0", "-1", "abc", "99999999999999999999", "1%00", "%2e%2e", foreign.as_str()] {
                if path.contains('{') && method != "DELETE" {
                    let what = format!("{method} {path} id {id}");
                    let reply = server.call(&method, &with_id(&path, id), token, &json!({})).await;
                    check(&what, &reply);
                    assert!(reply.status >= 400, "{what}: {}", reply.text);
                }
            }
        }
        if method == "GET" || method == "DELETE" {
            for query in [
                "page=0",
                "page=x",
                "page=-1",
                "page_size=0",
                "page_size=999999999999",
                "page=999999999",
                "ordering=password",
                "search=%00",
                "date_from=never",
                "status=unheard",
                "doctor=x",
                "role=king",
                "is_available=maybe",
                "search=%22%28%5B*%20AND%20OR",
                "page=1&page=2",
            ] {
                if method == "GET" && !path.contains('{') {
                    let what = format!("GET {path}?{query}");
                    check(&what, &server.get(&format!("{path}?{query}"), &hospital.admin).await);
                }
            }
            continue;
        }
        for raw in ["", "{", "[]", "null", "\"text\"", "{\"a\":", "\u{feff}{}", "<xml/>"] {
            let bearer = format!("Bearer {}", hospital.admin);
            let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
            check(
                &format!("{method} {path} body {raw}"),
                &server.send(&method, &with_id(&path, "1"), &headers, raw.to_owned()).await,
            );
        }
        for name in schema["properties"].as_object().into_iter().flat_map(|fields| fields.keys()) {
            for value in &values {
                let what = format!("{method} {path} {name} = {:.20}", value.to_string());
                let body = json!({ name.as_str(): value });
                for token in [&hospital.admin, &hospital.doctor] {
                    check(&what, &server.call(&method, &with_id(&path, "1"), token, &body).await);
                }
            }
        }
    }
    assert_eq!(counts(&server, &hospital).await, before);
    server.stop().await;
}

async fn counts(server: &Server, hospital: &Hospital) -> Vec<u64> {
    let mut all = Vec::new();
    for path in ["/api/auth/users/", "/api/appointments/", "/api/appointments/availability-slots/"] {
        all.push(server.get(path, &hospital.admin).await.expect(200)["count"].as_u64().unwrap());
    }
    all
}

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
