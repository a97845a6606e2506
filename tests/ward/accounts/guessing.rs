//! Those who guess passwords.

use super::{later, try_log_in};
use crate::kit::{Hospital, PASSWORD, Reply, Server};
use serde_json::json;

async fn wrong(server: &Server, api: &str, email: &str) -> Reply {
    server
        .post(&format!("/{api}/api/auth/login/"), "", json!({"email": email, "password": "not this one"}))
        .await
}

fn seconds(reply: &Reply) -> u64 {
    reply.headers["retry-after"].to_str().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_waits_longer_and_longer_whether_there_is_an_account_or_not() {
    let server = Server::start().await;
    Hospital::join(&server, "guess").await;
    let names = ["smith@guess.example", "nobody@guess.example"];
    for name in names {
        for _ in 0..5 {
            let reply = wrong(&server, "medcor", name).await;
            assert_eq!(
                (reply.status, reply.json()["error"]["code"].as_str()),
                (401, Some("INVALID_CREDENTIALS")),
                "{name}"
            );
        }
    }
    for (api, said) in [("medcor", "AUTH_LOCKED"), ("soapify", "AUTH_LOCKED"), ("healthcare", "auth_locked")]
    {
        let mut bodies = Vec::new();
        for name in names {
            let reply = wrong(&server, api, name).await;
            assert_eq!(reply.status, 429, "{api} {name}: {}", reply.text);
            assert!(reply.text.contains(said), "{api}: {}", reply.text);
            assert!((1..=30).contains(&seconds(&reply)), "{}", seconds(&reply));
            let mut body = reply.json();
            body["timestamp"] = json!(null);
            bodies.push(body);
        }
        assert_eq!(bodies[0], bodies[1], "{api} tells them apart");
    }
    // Not even the right one.
    assert_eq!(try_log_in(&server, names[0], PASSWORD).await, 429);
    for pause in [31_000, 61_000] {
        later(&server, pause).await;
        assert_eq!(wrong(&server, "medcor", names[0]).await.status, 401);
    }
    // A restart forgets nothing (and sets the test's clock back).
    let server = Server::start_in(server.stop().await, |_| {}).await;
    assert_eq!(try_log_in(&server, names[0], PASSWORD).await, 429);
    later(&server, 300_000).await;
    assert_eq!(wrong(&server, "medcor", names[0]).await.status, 401);
    let locked = wrong(&server, "medcor", names[0]).await;
    assert!(locked.status == 429 && (121..=240).contains(&seconds(&locked)), "{}", locked.text);
    later(&server, 241_000).await;
    assert_eq!(try_log_in(&server, names[0], PASSWORD).await, 200);
    // The right one forgives.
    for _ in 0..4 {
        assert_eq!(wrong(&server, "medcor", names[0]).await.status, 401);
    }
    assert_eq!(try_log_in(&server, names[0], PASSWORD).await, 200);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_guesses_at_once_are_no_more_guesses() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "storm").await;
    let email = "smith@storm.example";
    let mut guesses = tokio::task::JoinSet::new();
    for number in 0..40 {
        let client = (*server).clone();
        guesses.spawn(async move {
            let body =
                json!({"email": email, "password": if number == 30 { PASSWORD } else { "not this one" }});
            client.post("/medcor/api/auth/login/", "", body).await.status
        });
    }
    let answers = guesses.join_all().await;
    let wrong = answers.iter().filter(|status| **status == 401).count();
    let limited = answers.iter().filter(|status| **status == 429).count();
    let opened = answers.iter().filter(|status| **status == 200).count();
    // The right one may have come before the fifth wrong one, and forgiven those.
    assert!(wrong <= 10 && opened <= 1 && wrong + limited + opened == 40, "{answers:?}");
    // A password that is changed by who is logged in counts its guesses too.
    let change = async |old: &str| {
        let body = json!({"old_password": old, "new_password": "one more password"});
        server.post("/api/auth/change-password/", &hospital.patient, body).await.status
    };
    for _ in 0..5 {
        assert_eq!(change("not this one").await, 400);
    }
    assert_eq!(change(PASSWORD).await, 429);
    server.stop().await;
}
