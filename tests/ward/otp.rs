//! One-time codes by SMS: logging in and registering by a telephone number, invitations, and the session that they open.

use crate::kit::{Client, Hospital, PASSWORD, Reply, Server};
use crate::process;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use ward_domain::courier::{Channel, OutgoingMessage};
use ward_domain::phone::PhoneCode;
use ward_domain::record::{Document as _, Key, List};
use ward_domain::tenancy::TenantId;
use ward_domain::time::{DAY, HOUR, MINUTE};
use ward_store::{Bounds, ListQuery};

const SEND: &str = "/soapify/api/integrations/otp/send/";
const VERIFY: &str = "/soapify/api/integrations/otp/verify/";
const INVITATIONS: &str = "/soapify/api/integrations/invitations/";

/// The SMS to a number, oldest first; waits until there are as many.
pub(crate) async fn texts(server: &Server, to: &str, count: usize) -> Vec<String> {
    let began = Instant::now();
    loop {
        let mut found = process::texts(server.folder.path());
        found.retain(|text| text["to"] == to);
        if found.len() >= count {
            found.sort_by_key(|text| text["at"].as_str().unwrap().to_owned());
            return found.iter().map(|text| text["body"].as_str().unwrap().to_owned()).collect();
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{} texts to {to}, {count} wanted", found.len());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The six digits in a text.
pub(crate) fn code_in(text: &str) -> String {
    let mut words = text.split(|letter: char| !letter.is_ascii_digit());
    words.find(|word| word.len() == 6).unwrap().to_owned()
}

/// So many milliseconds later.
pub(crate) async fn later(server: &Server, ms: i64) {
    server.clock.by(ms);
    server.house.env.ids.renew(&*server.house.env.store).await.unwrap();
}

async fn send(server: &Client, phone: &str, hospital: u64) -> Reply {
    server.post(SEND, "", json!({"phone_number": phone, "purpose": "login", "hospital": hospital})).await
}

async fn verify(server: &Client, phone: &str, code: &str) -> Reply {
    server.post(VERIFY, "", json!({"phone_number": phone, "otp_code": code})).await
}

/// What differs between any two answers: when, and the ids in them.
fn but_for_ids(reply: &Reply) -> Value {
    let mut body = reply.json();
    body["timestamp"] = Value::Null;
    if body["data"]["session_id"].is_string() {
        body["data"]["session_id"] = Value::Null;
    }
    body
}

/// A log-in by code, from the asking on.
async fn log_in(server: &Server, phone: &str, hospital: u64, texts_before: usize) -> Value {
    send(server, phone, hospital).await.expect(200);
    let code = code_in(texts(server, phone, texts_before + 1).await.last().unwrap());
    verify(server, phone, &code).await.expect(200)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_nobody_has_registers_as_a_patient_and_logs_in_again() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "numbers").await;
    let phone = "+989123456789";
    let sent = send(&server, "+98 (912) 345-6789", hospital.id).await.expect(200);
    assert_eq!((&sent["data"]["otp_sent"], &sent["data"]["expires_in_seconds"]), (&json!(true), &json!(300)));
    let session = sent["data"]["session_id"].as_str().unwrap().to_owned();
    assert_eq!(session.len(), 36);
    let text = texts(&server, phone, 1).await.remove(0);
    assert!(text.contains("numbers") && text.contains("5 minutes"), "{text}");
    let code = code_in(&text);
    // As a Persian keyboard types it, and with what the first answer said.
    let persian: String =
        code.chars().map(|digit| char::from_u32('۰' as u32 + digit.to_digit(10).unwrap()).unwrap()).collect();
    let body = json!({"phone_number": phone, "otp_code": persian, "session_id": session});
    let opened = server.post(VERIFY, "", body.clone()).await.expect(200)["data"].clone();
    assert_eq!(opened["window_duration_minutes"], 30);
    for field in ["jwt_token", "refresh_token", "session_id", "expires_at"] {
        assert!(opened[field].as_str().is_some_and(|text| !text.is_empty()), "{field}: {opened}");
    }
    assert_ne!(opened["session_id"], session.as_str(), "a new session");
    let user = &opened["user"];
    assert_eq!((&user["role"], &user["phone_number"]), (&json!("patient"), &json!(phone)));
    for field in ["full_name", "specialty", "license_number"] {
        assert_eq!(user["profile"][field], "");
    }
    let token = opened["jwt_token"].as_str().unwrap();
    let me = server.get("/soapify/api/accounts/me/", token).await.expect(200);
    assert_eq!(me["data"]["id"], user["id"]);
    let again = server.post(VERIFY, "", body).await.expect(401);
    assert_eq!(again["error"]["code"], "AUTH_INVALID_CREDENTIALS", "a code works once: {again}");

    later(&server, MINUTE).await;
    let opened = log_in(&server, phone, hospital.id, 1).await;
    assert_eq!(&opened["data"]["user"]["id"], &user["id"], "the same account");
    let patients = server.get("/api/auth/users/patients/?page=1", &hospital.admin).await.expect(200);
    assert_eq!(patients["count"], 2, "{patients}");
    no_code_stays(&server, hospital.id, 2).await;
    server.stop().await;
}

/// What was on its way with a code holds it no more.
async fn no_code_stays(server: &Server, hospital: u64, sent: usize) {
    let scope = server.house.tenancy.register.scope(TenantId::from_number(hospital)).await.unwrap().unwrap();
    let store = &server.house.env.store;
    let page = store.list(&scope, &ListQuery::all(List::Messages, Key::all())).await.unwrap();
    let ids: Vec<_> = page.rows.iter().map(|row| row.id).collect();
    let began = Instant::now();
    loop {
        let kept = store.get_many(&scope, OutgoingMessage::KIND, &ids).await.unwrap();
        let kept: Vec<OutgoingMessage> = kept.into_iter().map(|one| one.document().unwrap()).collect();
        let codes: Vec<_> = kept.iter().filter(|message| message.channel == Channel::Sms).collect();
        assert_eq!(codes.len(), sent);
        if codes.iter().all(|message| message.body.is_empty()) {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{codes:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_says_whether_anyone_has_a_number() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "silent").await;
    let (known, unknown) = ("+12125550101", "+12125550199");
    let mut answers = Vec::new();
    for phone in [known, unknown] {
        let begun = Instant::now();
        let sent = send(&server, phone, hospital.id).await;
        assert!(begun.elapsed() >= Duration::from_millis(250));
        let code = code_in(&texts(&server, phone, 1).await[0]);
        let text = texts(&server, phone, 1).await[0].replace(&code, "");
        let again = send(&server, phone, hospital.id).await;
        let wait = again.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap();
        assert!((50..=60).contains(&wait), "{wait}");
        let other = if code == "000000" { "111111" } else { "000000" };
        let begun = Instant::now();
        let wrong = verify(&server, phone, other).await;
        assert!(begun.elapsed() >= Duration::from_millis(250));
        answers.push((
            (sent.status, but_for_ids(&sent), text),
            (again.status, but_for_ids(&again)["error"]["code"].clone()),
            (wrong.status, but_for_ids(&wrong)),
        ));
    }
    assert_eq!(answers[0], answers[1]);
    let (sent, again, wrong) = &answers[0];
    assert_eq!((sent.0, again.0, wrong.0), (200, 429, 401));
    // For a number that no code was sent to it is the same once more.
    assert_eq!(but_for_ids(&verify(&server, "+12125550111", "000000").await), wrong.1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_has_three_guesses_five_minutes_and_a_number_five_an_hour() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "guesses").await;
    let phone = "+12125550101";
    let wrong_of = |code: &str| if code == "000000" { "111111" } else { "000000" };
    let mut sent = 0;
    let mut fresh = async || {
        send(&server, phone, hospital.id).await.expect(200);
        sent += 1;
        code_in(texts(&server, phone, sent).await.last().unwrap())
    };
    // Three wrong ones, at once: each counts.
    let code = fresh().await;
    let wrong = wrong_of(&code);
    let (one, two, three) = tokio::join!(
        verify(&server, phone, wrong),
        verify(&server, phone, wrong),
        verify(&server, phone, wrong)
    );
    assert_eq!([one.status, two.status, three.status], [401; 3]);
    assert_eq!(verify(&server, phone, &code).await.status, 401, "it is dead");
    // Not with another request's session, which is a guess; then the right one, by many at once: one gets in.
    later(&server, MINUTE).await;
    let code = fresh().await;
    let other = json!({"phone_number": phone, "otp_code": code, "session_id": "550e8400-e29b-41d4-a716-446655440000"});
    assert_eq!(server.post(VERIFY, "", other).await.status, 401);
    let (one, two, three) = tokio::join!(
        verify(&server, phone, &code),
        verify(&server, phone, &code),
        verify(&server, phone, &code)
    );
    let mut statuses = [one.status, two.status, three.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401, 401]);
    // The newest holds, for five minutes.
    later(&server, MINUTE).await;
    let old = fresh().await;
    later(&server, MINUTE).await;
    let new = fresh().await;
    assert!(old == new || verify(&server, phone, &old).await.status == 401);
    later(&server, 5 * MINUTE).await;
    assert_eq!(verify(&server, phone, &new).await.status, 401);
    fresh().await;
    later(&server, MINUTE).await;
    let refused = send(&server, phone, hospital.id).await;
    let wait = refused.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap();
    assert_eq!((refused.status, (2_000..3_600).contains(&wait)), (429, true), "{wait}");
    // After an hour nothing of it is kept.
    later(&server, HOUR).await;
    let began = Instant::now();
    let kept = async || {
        let store = &server.house.env.store;
        store.platform_list(List::PhoneCodesDue, &Key::all(), Bounds::ALL, 10).await.unwrap().len()
    };
    while kept().await > 0 {
        assert!(began.elapsed() < Duration::from_secs(20), "{} stay", PhoneCode::KIND.code());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invited_number_registers_into_its_role_once() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "invited").await;
    let phone = "+989121112233";
    let invite =
        json!({"phone_number": phone, "role": "doctor", "first_name": "Sara", "last_name": "Karimi"});
    for token in [&hospital.doctor, &hospital.patient] {
        assert_eq!(server.post(INVITATIONS, token, invite.clone()).await.status, 403);
    }
    let headers = [
        ("authorization", format!("Bearer {}", hospital.admin)),
        ("content-type", "application/json".to_owned()),
        ("idempotency-key", "invite-1".to_owned()),
    ];
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let keyed = async || server.send("POST", INVITATIONS, &headers, invite.to_string()).await.expect(201);
    let (made, again) = (keyed().await, keyed().await);
    assert_eq!(made["data"]["id"], again["data"]["id"]);
    assert!(texts(&server, phone, 1).await[0].contains("as a doctor"));
    let twice = server.post(INVITATIONS, &hospital.admin, invite.clone()).await.expect(409);
    assert!(twice["error"]["details"]["phone_number"].is_array(), "{twice}");
    let listed = server.get(INVITATIONS, &hospital.admin).await.expect(200);
    assert_eq!(
        (&listed["data"]["count"], &listed["data"]["results"][0]["role"]),
        (&json!(1), &json!("doctor"))
    );

    let user = log_in(&server, phone, hospital.id, 1).await["data"]["user"].clone();
    assert_eq!((&user["role"], &user["profile"]["full_name"]), (&json!("doctor"), &json!("Sara Karimi")));
    assert_eq!(server.get(INVITATIONS, &hospital.admin).await.expect(200)["data"]["count"], 0);
    let taken = server.post(INVITATIONS, &hospital.admin, invite).await.expect(409);
    assert_eq!(taken["error"]["code"], "LOG_IN_TAKEN");

    // One that was taken back, and one whose time is over, make a patient; and so does another hospital's.
    let other = Hospital::join(&server, "elsewhere").await;
    for (number, phone) in ["+989121112234", "+989121112235", "+989121112236"].into_iter().enumerate() {
        let invite = json!({"phone_number": phone, "role": "staff"});
        let made = server.post(INVITATIONS, &hospital.admin, invite).await.expect(201);
        let path = format!("{INVITATIONS}{}/", made["data"]["id"]);
        assert_eq!(server.call("DELETE", &path, &other.admin, &Value::Null).await.status, 404);
        if number == 0 {
            server.call("DELETE", &path, &hospital.admin, &Value::Null).await.expect(200);
            assert_eq!(server.call("DELETE", &path, &hospital.admin, &Value::Null).await.status, 404);
        }
        let at = if number == 1 { other.id } else { hospital.id };
        if number == 2 {
            later(&server, 15 * DAY).await;
        }
        let user = log_in(&server, phone, at, 1).await["data"]["user"].clone();
        assert_eq!(user["role"], "patient", "{phone}");
    }
    server.stop().await;
}

/// Whoever registered themself with another's number must not have that one's log-ins and what they then write.
#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_nobody_vouched_for_opens_no_account_by_a_code() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "unproven").await;
    let register = async |email: &str, more: Value| {
        let mut body = json!({"email": email, "password": PASSWORD, "password_confirm": PASSWORD, "first_name": "Eve",
            "last_name": "Early", "role": "patient", "hospital": hospital.id});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        server.post("/api/auth/register/", "", body).await.expect(201)["id"].as_u64().unwrap()
    };
    let by_code = async |phone: &str, texts_before: usize| {
        let send = json!({"phone_number": phone, "purpose": "login", "hospital": hospital.id});
        server.post("/soapify/api/integrations/otp/send/", "", send).await.expect(200);
        let code = code_in(texts(&server, phone, texts_before + 1).await.last().unwrap());
        let body = json!({"phone_number": phone, "otp_code": code});
        server.post("/soapify/api/integrations/otp/verify/", "", body).await
    };
    let phone = "+989120000001";
    let id = register("eve@unproven.example", json!({"phone_number": phone})).await;
    let refused = by_code(phone, 0).await.expect(403);
    assert_eq!(refused["error"]["code"], "PHONE_UNPROVEN", "{refused}");
    // The hospital's desk vouches by saving it.
    let user = format!("/api/auth/users/{id}/");
    server.put(&user, &hospital.admin, json!({"phone_number": phone})).await.expect(200);
    later(&server, 2 * MINUTE).await;
    assert_eq!(by_code(phone, 1).await.expect(200)["data"]["user"]["id"], id);

    // A number as a user name is nobody's telephone.
    let other = "+989120000002";
    register("mallory@unproven.example", json!({"username": other})).await;
    assert_eq!(by_code(other, 0).await.status, 401);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_extended_by_its_own_token_and_ends_for_good() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "window").await;
    let opened = log_in(&server, "+12125550101", hospital.id, 0).await["data"].clone();
    assert_eq!(opened["user"]["role"], "admin", "the number is the administrator's");
    let (token, session) = (opened["jwt_token"].as_str().unwrap(), opened["session_id"].as_str().unwrap());
    let extend = async |token: &str, session: &str| {
        server.post("/soapify/api/integrations/session/extend/", token, json!({"session_id": session})).await
    };
    later(&server, 50 * MINUTE).await;
    let renewed = extend(token, session).await.expect(200)["data"].clone();
    assert_eq!(renewed["window_duration_minutes"], 30);
    later(&server, 20 * MINUTE).await;
    let me = "/soapify/api/accounts/me/";
    assert_eq!(server.get(me, token).await.status, 401, "the first token is over");
    let second = renewed["jwt_token"].as_str().unwrap();
    server.get(me, second).await.expect(200);
    let other = log_in(&server, "+12125550101", hospital.id, 1).await["data"]["session_id"].clone();
    for wrong in [other.as_str().unwrap(), "current-session-id"] {
        let refused = extend(second, wrong).await.expect(422);
        assert!(refused["error"]["details"]["session_id"].is_array(), "{refused}");
    }
    // The refresh token of the log-in stays good, and ends with the session.
    let refresh = json!({"refresh_token": opened["refresh_token"]});
    let path = "/soapify/api/auth/token/refresh/";
    let third = server.post(path, "", refresh.clone()).await.expect(200)["data"]["jwt_token"].clone();
    let third = third.as_str().unwrap();
    let out = server.post("/soapify/api/integrations/logout/", third, Value::Null).await.expect(200);
    assert_eq!(out["message"], "Logged out successfully");
    assert_eq!(extend(third, session).await.status, 401);
    assert_eq!(server.post(path, "", refresh).await.status, 401);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_sends_one_code_and_wrong_fields_send_none() {
    let server = Server::start().await;
    let hospital = Hospital::join(&server, "repeated").await;
    let phone = "+12125550142";
    let body = json!({"phone_number": phone, "purpose": "register", "hospital": hospital.id}).to_string();
    let headers = [("content-type", "application/json"), ("idempotency-key", "send-1")];
    let first = server.send("POST", SEND, &headers, body.clone()).await.expect(200);
    let second = server.send("POST", SEND, &headers, body).await.expect(200);
    assert_eq!(first["data"]["session_id"], second["data"]["session_id"]);
    for (body, field) in [
        (json!({"phone_number": "09123456789"}), "phone_number"),
        (json!({"phone_number": phone, "purpose": "payment"}), "purpose"),
        (json!({"phone_number": phone, "hospital": 1}), "hospital"),
        (json!({}), "phone_number"),
    ] {
        let refused = server.post(SEND, "", body).await.expect(422);
        assert!(refused["error"]["details"][field].is_array(), "{field}: {refused}");
    }
    // A number that leads nowhere gets a text all the same, and is asked where to only when it has shown the code.
    let nowhere = "+12125550143";
    server.post(SEND, "", json!({"phone_number": nowhere})).await.expect(200);
    let code = code_in(&texts(&server, nowhere, 1).await[0]);
    let asked = verify(&server, nowhere, &code).await.expect(422);
    assert!(asked["error"]["details"]["hospital"].is_array(), "{asked}");
    let body = json!({"phone_number": nowhere, "otp_code": code, "hospital": hospital.id});
    server.post(VERIFY, "", body).await.expect(200);
    assert_eq!(texts(&server, phone, 1).await.len(), 1);
    server.stop().await;
}
