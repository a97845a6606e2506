//! Every described operation of every API, asked badly: a typed error in that API's envelope, never a 500, nothing written.

mod described;
mod forms;
mod urls;
mod world;

use self::described::{Operation, operations};
use self::world::{World, error_of, of_field, with, wrong_fields};
use crate::kit::Reply;
use serde_json::{Value, json};

/// What anyone may ask without a token; everything else is swept with bad ones.
const OPEN: [&str; 9] = [
    "/api/auth/login/",
    "/api/auth/register/",
    "/api/auth/token/refresh/",
    "/api/integrations/otp/send/",
    "/api/integrations/otp/verify/",
    "/api/auth/password-reset/",
    "/api/auth/password-reset/confirm/",
    "/api/appointments/calendar/{link}",
    // What a payment provider tells is known by its signature.
    "/api/integrations/payment/callback/",
];

/// Sends a request to an operation; whatever comes back is no fault of the server.
async fn ask(world: &World, operation: &Operation, path: &str, token: &str, body: &Value) -> Reply {
    let reply = world.server.call(&operation.method, path, token, body).await;
    assert_ne!(reply.status, 500, "{operation} at {path} with {body:.200}: {}", reply.text);
    reply
}

/// Refused for these fields and no others.
fn names(what: &str, operation: &Operation, reply: &Reply, fields: &[&str]) {
    assert_eq!(reply.status, of_field(operation.api), "{what}: {}", reply.text);
    assert_eq!(wrong_fields(operation.api, reply), fields, "{what}: {}", reply.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_and_bad_tokens_get_nowhere() {
    let world = World::new().await;
    let before = world.kept().await;
    let all = operations(&world.server).await;
    let refused = async |operation: &Operation, token: &str| {
        let path = operation.at(&if operation.has_id() {
            world.here.id(operation).to_string()
        } else {
            String::new()
        });
        let reply = ask(&world, operation, &path, token, &world.good(operation).into()).await;
        assert_eq!(reply.status, 401, "{operation} with token {token:.12}: {}", reply.text);
        error_of(operation.api, &reply);
    };
    for operation in &all {
        assert_eq!(operation.open, OPEN.contains(&operation.path.as_str()), "{operation}");
    }
    let closed: Vec<_> = all.iter().filter(|operation| !operation.open).collect();
    let long = "x".repeat(10_000);
    for operation in &closed {
        for token in ["", "nonsense", "a.b.c", &long] {
            refused(operation, token).await;
        }
    }
    world.server.clock.by(61 * 60_000);
    for operation in &closed {
        refused(operation, &world.here.hospital.admin).await;
    }
    assert!(world.kept().await == before, "something was written");
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_fields_of_a_body_are_named_and_nothing_is_written() {
    let world = World::new().await;
    let mut before = world.kept().await;
    let (mut types, mut missing, mut choices, mut foreign) = (0, 0, 0, 0);
    for operation in operations(&world.server).await.iter().filter(|operation| !operation.body.is_empty()) {
        let token = world.token(operation);
        let path = operation.at(&if operation.has_id() {
            world.here.id(operation).to_string()
        } else {
            String::new()
        });
        let good = world.good(operation);
        for field in &operation.body {
            let name = field.name.as_str();
            // Of what stands within a list the list is named, with the place in it.
            if operation
                .body
                .iter()
                .any(|outer| outer.kind == "array" && name.starts_with(&format!("{}.", outer.name)))
            {
                continue;
            }
            let wrong_type = if field.kind == "object" { json!("text") } else { json!({"a": 1}) };
            let reply = ask(&world, operation, &path, token, &with(good.clone(), field, wrong_type)).await;
            names(&format!("{operation} {name} of a wrong type"), operation, &reply, &[name]);
            types += 1;
            if field.kind == "string" {
                let long = json!("x".repeat(900_000));
                let reply = ask(&world, operation, &path, token, &with(good.clone(), field, long)).await;
                names(&format!("{operation} {name} too long"), operation, &reply, &[name]);
            }
            if field.required && !name.contains('.') {
                let mut body = good.clone();
                body.remove(name);
                let reply = ask(&world, operation, &path, token, &body.into()).await;
                names(&format!("{operation} without {name}"), operation, &reply, &[name]);
                missing += 1;
            }
            if ["role", "status", "search_type", "time_zone"].contains(&name) {
                let reply =
                    ask(&world, operation, &path, token, &with(good.clone(), field, json!("unheard"))).await;
                names(&format!("{operation} {name} unheard of"), operation, &reply, &[name]);
                choices += 1;
            }
            if let Some(theirs) = world.there.named(operation, name) {
                let nobody = world.server.house.new_id().unwrap().get();
                let mut answers = Vec::new();
                for id in [theirs, nobody] {
                    let reply =
                        ask(&world, operation, &path, token, &with(good.clone(), field, id.into())).await;
                    names(&format!("{operation} {name} of another hospital"), operation, &reply, &[name]);
                    answers.push(reply.text);
                }
                assert_eq!(answers[0], answers[1], "{operation} {name}");
                foreign += 1;
            }
        }
        for raw in ["{", "{\"a\":", "<xml/>", "\u{feff}{}", "[]", "\"text\"", "7", "null"] {
            let bearer = format!("Bearer {token}");
            let mut headers = vec![("content-type", "application/json")];
            if !token.is_empty() {
                headers.push(("authorization", &bearer));
            }
            let reply = world.server.send(&operation.method, &path, &headers, raw.to_owned()).await;
            let is_json = serde_json::from_str::<Value>(raw).is_ok();
            let status = if is_json { of_field(operation.api) } else { 400 };
            assert_eq!(reply.status, status, "{operation} body {raw}: {}", reply.text);
            error_of(operation.api, &reply);
        }
        let after = world.kept().await;
        assert!(before == after, "{operation} wrote something");
        before = after;
    }
    assert!(
        types > 100 && missing > 10 && choices >= 5 && foreign >= 4,
        "{types} {missing} {choices} {foreign}"
    );
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_stands_in_a_field_is_no_fault_of_the_server() {
    let world = World::new().await;
    let odd = [
        json!(null),
        json!(-1),
        json!(1.5),
        json!(true),
        json!([]),
        json!([null, {"a": [[]]}]),
        json!({}),
        json!(""),
        json!("x"),
        json!("\u{0}"),
        json!(1e300),
        json!("🦷\u{202e}"),
        json!("9999-12-31T23:59:59.999Z"),
        json!("-009999-01-01T00:00:00Z"),
    ];
    let nobody = world.server.house.new_id().unwrap().to_string();
    for operation in
        operations(&world.server).await.iter().filter(|operation| !operation.path.contains("password"))
    {
        let (path, token) = (operation.at(&nobody), world.token(operation));
        let good = world.good(operation);
        for field in &operation.body {
            for value in &odd {
                let body = with(good.clone(), field, value.clone());
                let reply = ask(&world, operation, &path, token, &body).await;
                let what = format!("{operation} {} = {value}", field.name);
                assert!(reply.status < 500 || reply.status == 501, "{what}: {}", reply.text);
                if reply.status >= 400 {
                    error_of(operation.api, &reply);
                }
            }
        }
        for field in &operation.query {
            for value in
                ["%F0%9F%A6%B7", "%22%28%5B*%20AND%20OR", "9999-12-31", "-1", "1&page=2", "%ff", "'%3B--"]
            {
                let asked = format!("{path}?{}={value}", field.name);
                let reply = ask(&world, operation, &asked, token, &Value::Null).await;
                assert!(reply.status < 500, "{operation} {asked}: {}", reply.text);
            }
        }
    }
    world.server.stop().await;
}
