//! What can be wrong in the address: ids in the path, parameters of the query.

use super::described::operations;
use super::world::{World, error_of};
use super::{ask, names};
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn ids_in_paths_that_name_nothing_name_nothing() {
    let world = World::new().await;
    let before = world.kept().await;
    let mut swept = 0;
    for operation in operations(&world.server).await.iter().filter(|operation| operation.has_id()) {
        let body: Value = world.good(operation).into();
        let hospital = &world.here.hospital;
        let nobody = world.server.house.new_id().unwrap().to_string();
        for token in [&hospital.admin, &hospital.doctor, &hospital.patient] {
            for id in [
                "-1",
                "abc",
                "1.0",
                "007",
                "99999999999999999999",
                "9007199254740992",
                "1%00",
                "%F0%9F%A6%B7",
            ] {
                let reply = ask(&world, operation, &operation.at(id), token, &body).await;
                assert_eq!(reply.status, 404, "{operation} id {id}: {}", reply.text);
                error_of(operation.api, &reply);
            }
            // Another hospital's thing looks like one that is not there, whatever the caller may do with their own.
            let theirs = world.there.id(operation).to_string();
            let mut answers = Vec::new();
            for id in [theirs.as_str(), &nobody, "0"] {
                let reply = ask(&world, operation, &operation.at(id), token, &body).await;
                assert!(
                    [403, 404].contains(&reply.status),
                    "{operation} id {id}: {} {}",
                    reply.status,
                    reply.text
                );
                let mut said = error_of(operation.api, &reply);
                said["timestamp"] = Value::Null;
                answers.push((reply.status, said));
                swept += 1;
            }
            assert!(answers.iter().all(|answer| *answer == answers[0]), "{operation}: {answers:?}");
        }
    }
    assert!(swept > 80, "{swept}");
    assert!(world.kept().await == before, "something was written");
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_parameters_of_a_query_are_named() {
    let world = World::new().await;
    let before = world.kept().await;
    let mut swept = 0;
    for operation in &operations(&world.server).await {
        let id = if operation.has_id() { world.here.id(operation).to_string() } else { String::new() };
        let (path, token) = (operation.at(&id), world.token(operation));
        for field in &operation.query {
            let name = field.name.as_str();
            let long = "x".repeat(600);
            let wrong: &[&str] = match (name, field.kind.as_str()) {
                ("page" | "page_size", _) => &["0", "-1", "x", "1.5"],
                (_, "integer") => &["x", "-1", "9007199254740992"],
                (_, "boolean") => &["maybe", "2"],
                ("ordering" | "status" | "role", _) => &["unheard", "-", "password_hash"],
                ("date_from" | "date_to" | "created_at" | "updated_at", _) => &["never", "2025-02-30", "7"],
                _ => &["%00"],
            };
            for value in wrong.iter().copied().chain((field.kind == "string").then_some(long.as_str())) {
                let what = format!("{operation}?{name}={value:.20}");
                let reply =
                    ask(&world, operation, &format!("{path}?{name}={value}"), token, &Value::Null).await;
                names(&what, operation, &reply, &[name]);
                swept += 1;
            }
            // Huge pages are pages: none is larger than is said, and one behind the last is empty.
            let ("page" | "page_size") = name else { continue };
            let huge = "999999999999999999999";
            let reply = ask(&world, operation, &format!("{path}?{name}={huge}"), token, &Value::Null).await;
            let body = reply.expect(200);
            let results = body["results"].as_array().or_else(|| body["data"]["results"].as_array());
            let most = if name == "page" { 0 } else { 100 };
            assert!(results.unwrap().len() <= most, "{operation} {name}: {body:.300}");
        }
    }
    assert!(swept > 120, "{swept}");
    assert!(world.kept().await == before, "something was written");
    world.server.stop().await;
}
