//! Accounts as their users expect them: forgotten passwords, verified addresses, a second factor, sessions, and those who
//! guess.

mod guessing;
mod merged_chart;
mod merging;
mod second_factor;

use crate::kit::{Hospital, PASSWORD, Server};
use crate::process;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use ward_domain::courier::OutgoingMessage;
use ward_domain::record::{Document as _, Key, List};
use ward_domain::tenancy::TenantId;
use ward_store::ListQuery;

const NEW_PASSWORD: &str = "another password";

/// The letters to an address whose subject begins so, oldest first; waits until there are as many.
async fn letters(server: &Server, to: &str, subject: &str, count: usize) -> Vec<Value> {
    let began = Instant::now();
    loop {
        let mut found = process::letters(server.folder.path());
        found.retain(|letter| letter["to"] == to && letter["subject"].as_str().unwrap().starts_with(subject));
        if found.len() >= count {
            found.sort_by_key(|letter| letter["at"].as_str().unwrap().to_owned());
            return found;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{} letters to {to}, {count} wanted", found.len());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// So many milliseconds later. The process holds its number among processes for some seconds at a time, and takes it anew
/// as it would have meanwhile.
async fn later(server: &Server, ms: i64) {
    server.clock.by(ms);
    let env = &server.house.env;
    env.ids.renew(&*env.store).await.unwrap();
}

/// The code in a letter: it stands alone, indented.
fn code_in(letter: &Value) -> String {
    let body = letter["body"].as_str().unwrap();
    body.lines().find_map(|line| line.strip_prefix("    ")).unwrap().to_owned()
}

async fn try_log_in(server: &Server, email: &str, password: &str) -> u16 {
    server.post("/medcor/api/auth/login/", "", json!({"email": email, "password": password})).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_set_by_a_code_and_says_nothing_of_who_has_an_account() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "forgot").await;
    let (email, stranger) = ("smith@forgot.example", "nobody@forgot.example");
    let ask = async |email: &str| {
        let begun = Instant::now();
        let reply = server.post("/api/auth/password-reset/", "", json!({"email": email})).await;
        (reply.status, reply.text, begun.elapsed())
    };
    let confirm = async |email: &str, code: &str| {
        let body =
            json!({"email": email, "code": code, "password": NEW_PASSWORD, "password_confirm": NEW_PASSWORD});
        server.post("/api/auth/password-reset/confirm/", "", body).await
    };
    let (known, unknown) = (ask(email).await, ask(stranger).await);
    assert_eq!((known.0, &known.1), (200, &unknown.1));
    // Both are answered at the same moment after they came, whatever there was to do.
    assert!(known.2 >= Duration::from_millis(250) && unknown.2 >= Duration::from_millis(250));
    let code = code_in(&letters(&server, email, "Your code for a new password", 1).await[0]);

    let (wrong, nobody) = (confirm(email, "AAAA-AAAA").await, confirm(stranger, &code).await);
    assert_eq!((wrong.status, &wrong.text), (400, &nobody.text));
    assert!(wrong.json()["error"]["details"]["code"].is_array(), "{}", wrong.text);
    assert_eq!(server.get("/api/auth/profile/", &hospital.doctor).await.status, 200);
    // Typed in small letters, by the user name.
    let body = json!({"username": "smith.forgot", "code": code.to_lowercase(), "password": NEW_PASSWORD, "password_confirm": NEW_PASSWORD});
    server.post("/api/auth/password-reset/confirm/", "", body).await.expect(200);
    assert_eq!(
        server.get("/api/auth/profile/", &hospital.doctor).await.status,
        401,
        "its sessions have ended"
    );
    assert_eq!(try_log_in(&server, email, PASSWORD).await, 401);
    let token = server.log_in(email, NEW_PASSWORD).await;
    let profile = server.get("/api/auth/profile/", &token).await.expect(200);
    assert_eq!(profile["email_verified"], true, "whoever has the code reads the mail");
    assert_eq!(confirm(email, &code).await.status, 400, "a code works once");
    letters(&server, email, "Your password was changed", 1).await;

    // Three an hour, and the fourth is answered like the others.
    for _ in 0..3 {
        assert_eq!(ask(email).await.1, unknown.1);
    }
    let mine = letters(&server, email, "Your code for a new password", 3).await;
    assert_eq!(mine.len(), 3);
    // Of several codes the newest is good, for half an hour.
    assert_eq!(confirm(email, &code_in(&mine[1])).await.status, 400);
    later(&server, 31 * 60_000).await;
    assert_eq!(confirm(email, &code_in(&mine[2])).await.status, 400);
    assert!(process::letters(server.folder.path()).iter().all(|letter| letter["to"] != stranger));
    no_code_stays(&server, hospital.id).await;
    server.stop().await;
}

/// What was on its way with a code holds it no more.
async fn no_code_stays(server: &Server, hospital: u64) {
    let scope = server.house.tenancy.register.scope(TenantId::from_number(hospital)).await.unwrap().unwrap();
    let store = &server.house.env.store;
    let page = store.list(&scope, &ListQuery::all(List::Messages, Key::all())).await.unwrap();
    let ids: Vec<_> = page.rows.iter().map(|row| row.id).collect();
    let began = Instant::now();
    loop {
        let kept = store.get_many(&scope, OutgoingMessage::KIND, &ids).await.unwrap();
        let kept: Vec<OutgoingMessage> = kept.into_iter().map(|one| one.document().unwrap()).collect();
        let codes: Vec<_> = kept.iter().filter(|message| message.once_until.is_some()).collect();
        assert!(codes.len() >= 3);
        if codes.iter().all(|message| message.body.is_empty()) {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{codes:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_runs_the_platform_gets_a_code_too() {
    let server = Server::start().await;
    let email = crate::kit::PLATFORM_EMAIL;
    server.post("/api/auth/password-reset/", "", json!({"email": email})).await.expect(200);
    let code = code_in(&letters(&server, email, "Your code for a new password", 1).await[0]);
    let body =
        json!({"email": email, "code": code, "password": NEW_PASSWORD, "password_confirm": NEW_PASSWORD});
    server.post("/api/auth/password-reset/confirm/", "", body).await.expect(200);
    server.log_in(email, NEW_PASSWORD).await;
    letters(&server, email, "Your password was changed", 1).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_verified_by_a_code_until_it_is_another() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "verify").await;
    let email = "new@verify.example";
    let body = json!({"email": email, "password": PASSWORD, "password_confirm": PASSWORD, "first_name": "Nora",
        "last_name": "Lind", "role": "patient", "hospital": hospital.id});
    assert_eq!(server.post("/api/auth/register/", "", body).await.expect(201)["email_verified"], false);
    // Who registers is sent one without asking.
    let code = code_in(&letters(&server, email, "Confirm your e-mail address", 1).await[0]);
    let token = server.log_in(email, PASSWORD).await;
    let confirm = async |code: &str| {
        server.post("/api/auth/verify-email/confirm/", &token, json!({"code": code})).await.status
    };
    let verified =
        async || server.get("/api/auth/profile/", &token).await.expect(200)["email_verified"].clone();
    assert_eq!((confirm("AAAA-AAAA").await, verified().await), (400, json!(false)));
    assert_eq!((confirm(&code).await, verified().await), (200, json!(true)));
    assert_eq!(server.post("/api/auth/verify-email/", &token, Value::Null).await.status, 409);
    let moved = "moved@verify.example";
    server.put("/api/auth/profile/", &token, json!({"email": moved})).await.expect(200);
    assert_eq!(verified().await, json!(false));
    server.post("/api/auth/verify-email/", &token, Value::Null).await.expect(200);
    let code = code_in(&letters(&server, moved, "Confirm your e-mail address", 1).await[0]);
    assert_eq!((confirm(&code).await, verified().await), (200, json!(true)));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_seen_and_ended() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "sessions").await;
    let email = "alice@sessions.example";
    let (first, second) = (&hospital.patient, server.log_in(email, PASSWORD).await);
    let body = json!({"email": email, "password": PASSWORD});
    let third = server.post("/soapify/api/auth/login/", "", body).await.expect(200);
    let third = third["data"]["jwt_token"].as_str().unwrap().to_owned();
    let seen = server.get("/api/auth/sessions/", first).await.expect(200);
    let seen = seen.as_array().unwrap();
    let apis: Vec<&str> = seen.iter().map(|one| one["api"].as_str().unwrap()).collect();
    assert_eq!(apis, ["soapify", "medcor", "medcor"], "newest first");
    assert!(seen.iter().all(|one| one["address"] == "127.0.0.1" && one["last_used_at"] == one["created_at"]));
    assert_eq!(seen.iter().filter(|one| one["is_current"] == true).count(), 1);
    assert_eq!(seen[2]["is_current"], true);

    let end = async |token: &str, id: &Value| {
        server.call("DELETE", &format!("/api/auth/sessions/{id}/"), token, &Value::Null).await.status
    };
    assert_eq!(end(&hospital.doctor, &seen[0]["id"]).await, 404, "another's is none");
    assert_eq!(end(first, &seen[0]["id"]).await, 204);
    assert_eq!(end(first, &seen[0]["id"]).await, 404);
    let status = async |token: &str| server.get("/medcor/api/auth/profile/", token).await.status;
    assert_eq!((status(&third).await, status(&second).await, status(first).await), (401, 200, 200));
    server.post("/api/auth/sessions/end-others/", first, Value::Null).await.expect(200);
    assert_eq!((status(&second).await, status(first).await), (401, 200));
    assert_eq!(server.get("/api/auth/sessions/", first).await.expect(200).as_array().unwrap().len(), 1);
    server.stop().await;
}
