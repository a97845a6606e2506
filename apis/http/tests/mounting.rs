//! Which API answers: the table of rule 1, and what no table has.
#![allow(clippy::unwrap_used, clippy::panic)] // the whole file is a test, its helpers too

mod kit;

use axum::Router;
use kit::{ask, door, tiny};
use serde_json::json;
use ward_domain::face::Face;
use ward_http::{Api, FrontDoor, MountError, Settings};

fn settings() -> Settings {
    let hosts = [
        ("medcor.example", Face::Medcor),
        ("soapify.example", Face::Soapify),
        ("hc.example", Face::Healthcare),
    ];
    Settings { hosts: hosts.map(|(host, face)| (host.to_owned(), face)).into(), ..Settings::default() }
}

fn five() -> Router {
    door(tiny::five(), settings()).router(None)
}

const ID: &str = "/api/appointments/{id}/";
const EMAIL: &str = r#"{"email":"a@b.example","password":"x"}"#;
const PHONE: &str = r#"{"phone":"+1-212-555-0100","password":"x"}"#;

/// Method and path, token (or none), body, who answers, which route.
const ROOT: &[(&str, &str, &str, &str, &str)] = &[
    // Claimed once.
    ("GET /api/accounts/me/", "", "", "soapify", "/api/accounts/me/"),
    ("GET /api/accounts/me/", "medcor-1", "", "soapify", "/api/accounts/me/"),
    ("GET /api/encounters/7/", "", "", "soapify", "/api/encounters/{id}/"),
    ("GET /api/v1/patients", "chatbot-1", "", "mark", "/api/v1/patients"),
    ("GET /voice/ws/session_1", "", "", "chatbot", "/voice/ws/{session_id}"),
    ("DELETE /api/appointments/5/", "healthcare-1", "", "medcor", "/api/appointments/{appointment_id}/"),
    // Claimed twice: the issuer, expired or not, else the default.
    ("GET /api/appointments/", "", "", "medcor", "/api/appointments/"),
    ("GET /api/appointments/", "medcor-1", "", "medcor", "/api/appointments/"),
    ("GET /api/appointments/", "healthcare-1", "", "healthcare", "/api/appointments/"),
    ("GET /api/appointments/", "healthcare-expired", "", "healthcare", "/api/appointments/"),
    ("GET /api/appointments/", "soapify-1", "", "medcor", "/api/appointments/"),
    ("GET /api/appointments/", "nobody-1", "", "medcor", "/api/appointments/"),
    ("GET /api/appointments/5/", "", "", "medcor", "/api/appointments/{appointment_id}/"),
    ("GET /api/appointments/5/", "healthcare-1", "", "healthcare", ID),
    ("POST /api/appointments/5/cancel/", "healthcare-1", "", "healthcare", "/api/appointments/{id}/cancel/"),
    ("POST /api/auth/register/", "", PHONE, "medcor", "/api/auth/register/"),
    ("POST /api/auth/register/", "healthcare-1", "", "healthcare", "/api/auth/register/"),
    ("GET /api/auth/profile/", "healthcare-1", "", "healthcare", "/api/auth/profile/"),
    ("GET /api/v1/conversations", "", "", "chatbot", "/api/v1/conversations"),
    ("GET /api/v1/conversations", "mark-1", "", "mark", "/api/v1/conversations"),
    ("GET /api/v1/conversations", "medcor-1", "", "chatbot", "/api/v1/conversations"),
    ("DELETE /api/v1/conversations/c1", "mark-1", "", "mark", "/api/v1/conversations/{conversation_id}"),
    ("DELETE /api/v1/conversations/c1", "", "", "chatbot", "/api/v1/conversations/{id}"),
    // The log-in: by phone soapify's, else medcor's, never healthcare's.
    ("POST /api/auth/login/", "", EMAIL, "medcor", "/api/auth/login/"),
    ("POST /api/auth/login/", "", PHONE, "soapify", "/api/auth/login/"),
    ("POST /api/auth/login/", "", r#"{"phone_number":"1","password":"x"}"#, "soapify", "/api/auth/login/"),
    ("POST /api/auth/login/", "", r#"{"phone":"1","email":"a@b.example"}"#, "medcor", "/api/auth/login/"),
    ("POST /api/auth/login/", "", r#"{"phone":"1","username":null}"#, "soapify", "/api/auth/login/"),
    ("POST /api/auth/login/", "", r#"{"user":{"phone":"1"}}"#, "medcor", "/api/auth/login/"),
    ("POST /api/auth/login/", "", "not json", "medcor", "/api/auth/login/"),
    ("POST /api/auth/login/", "", "", "medcor", "/api/auth/login/"),
    ("POST /api/auth/login/", "medcor-1", PHONE, "medcor", "/api/auth/login/"),
    ("POST /api/auth/login/", "soapify-1", EMAIL, "soapify", "/api/auth/login/"),
    ("POST /api/auth/login/", "healthcare-1", PHONE, "soapify", "/api/auth/login/"),
    ("POST /api/auth/login/", "healthcare-1", EMAIL, "medcor", "/api/auth/login/"),
    // Literal segments win over ids, also over another API's and over the token.
    ("GET /api/appointments/upcoming/", "medcor-1", "", "healthcare", "/api/appointments/upcoming/"),
    (
        "GET /api/appointments/availability-slots/",
        "healthcare-1",
        "",
        "medcor",
        "/api/appointments/availability-slots/",
    ),
    ("GET /api/users/staff/", "medcor-1", "", "healthcare", "/api/users/staff/"),
    ("GET /api/users/9/", "healthcare-1", "", "medcor", "/api/users/{id}/"),
    // A literal that exists for POST only does not hide an id of GET.
    ("GET /api/appointments/slots/", "", "", "medcor", "/api/appointments/{appointment_id}/"),
    ("POST /api/appointments/slots/", "", "", "healthcare", "/api/appointments/slots/"),
];

#[tokio::test]
async fn the_root_is_shared() {
    let router = five();
    for (operation, token, body, api, route) in ROOT {
        let (method, path) = operation.split_once(' ').unwrap();
        // Both spellings of every path, without a redirect.
        let bare = path.trim_end_matches('/');
        for path in [bare.to_owned(), format!("{bare}/")] {
            let mut request = ask(method, &path).body(*body);
            if !token.is_empty() {
                request = request.token(token);
            }
            let answer = request.of(&router).await;
            assert_eq!(answer.status, 200, "{method} {path} {token}: {}", answer.text());
            let said = answer.json();
            assert_eq!(
                (said["api"].as_str(), said["route"].as_str()),
                (Some(*api), Some(*route)),
                "{method} {path} {token}"
            );
            assert_eq!(said["body_bytes"], body.len(), "the body arrives whole");
        }
    }
}

#[tokio::test]
async fn prefixes_hosts_and_the_alias_choose_one_api() {
    let router = five();
    let on = |host: &'static str| move |method: &str, path: &str| ask(method, path).header("host", host);
    let (root, medcor, soapify, healthcare) =
        (on("localhost:8000"), on("Medcor.Example:443"), on("soapify.example"), on("hc.example"));
    for (request, api, path) in [
        (root("GET", "/healthcare/api/appointments/"), "healthcare", "/api/appointments/"),
        (root("GET", "/healthcare/api/appointments"), "healthcare", "/api/appointments/"),
        (root("POST", "/healthcare/api/auth/login/").body(PHONE), "healthcare", "/api/auth/login/"),
        (root("POST", "/medcor/api/auth/login/").body(PHONE), "medcor", "/api/auth/login/"),
        (root("GET", "/mark/api/v1/conversations/"), "mark", "/api/v1/conversations"),
        (root("GET", "/soapify/api/v1/accounts/me"), "soapify", "/api/accounts/me/"),
        (root("GET", "/soapify/api/accounts/me"), "soapify", "/api/accounts/me/"),
        (root("GET", "/chatbot/voice/ws/s1"), "chatbot", "/voice/ws/s1"),
        (medcor("GET", "/api/appointments/").token("healthcare-1"), "medcor", "/api/appointments/"),
        (medcor("GET", "/medcor/api/appointments/"), "medcor", "/api/appointments/"),
        (soapify("GET", "/api/v1/encounters/5"), "soapify", "/api/encounters/5/"),
        (soapify("POST", "/api/auth/login").body(EMAIL), "soapify", "/api/auth/login/"),
        (healthcare("POST", "/api/auth/login/").body(PHONE), "healthcare", "/api/auth/login/"),
    ] {
        let answer = request.of(&router).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        assert_eq!((&answer.json()["api"], &answer.json()["path"]), (&json!(api), &json!(path)));
    }
    for (request, api) in [
        (root("GET", "/medcor/api/accounts/me/"), "medcor"),
        (root("GET", "/medcor/livez"), "medcor"),
        (root("GET", "/medcor/healthcare/api/appointments/"), "medcor"),
        (medcor("GET", "/api/appointments/upcoming/x/"), "medcor"),
        (medcor("GET", "/healthcare/api/appointments/"), "medcor"),
        (soapify("GET", "/api/appointments/"), "soapify"),
        (root("GET", "/mark/api/v10/patients"), "mark"),
    ] {
        assert_eq!(request.of(&router).await.refused(), (404, api.into(), "unknown_path".into()));
    }
}

#[tokio::test]
async fn an_address_can_be_given_to_one_api() {
    let router = door(tiny::five(), settings()).router(Some(Face::Healthcare));
    let login =
        ask("POST", "/api/auth/login/").header("host", "medcor.example").body(PHONE).of(&router).await;
    assert_eq!(login.json()["api"], "healthcare", "the address counts more than the host");
    assert_eq!(ask("GET", "/medcor/api/appointments/").of(&router).await.refused().1, "healthcare");
    assert_eq!(ask("GET", "/livez").of(&router).await.text(), "alive");
}

#[tokio::test]
async fn what_nobody_has_is_refused_in_an_envelope() {
    let router = five();
    for (method, path, token, status, api, allow) in [
        ("GET", "/api/nothing/", "", 404, "medcor", ""),
        ("GET", "/api/v1/nothing", "", 404, "chatbot", ""),
        ("GET", "/api/v1/nothing", "mark-1", 404, "mark", ""),
        ("GET", "/elsewhere", "", 404, "medcor", ""),
        ("GET", "/api/nothing", "healthcare-expired", 404, "healthcare", ""),
        ("GET", "/", "", 404, "medcor", ""),
        ("GET", "//api/appointments/", "", 404, "medcor", ""),
        ("PUT", "/api/appointments/5/", "", 405, "medcor", "DELETE, GET, HEAD, OPTIONS"),
        ("PUT", "/api/appointments/5/", "healthcare-1", 405, "healthcare", "DELETE, GET, HEAD, OPTIONS"),
        ("GET", "/healthcare/api/appointments/5/cancel/", "", 405, "healthcare", "POST, OPTIONS"),
        ("PROPFIND", "/api/accounts/me/", "", 405, "soapify", "GET, HEAD, OPTIONS"),
    ] {
        let mut request = ask(method, path);
        if !token.is_empty() {
            request = request.token(token);
        }
        let answer = request.of(&router).await;
        let reason = if status == 404 { "unknown_path" } else { "method_not_allowed" };
        assert_eq!(answer.refused(), (status, api.into(), reason.into()), "{method} {path}");
        assert_eq!(answer.header("allow"), allow, "{method} {path}");
    }
    let head = ask("HEAD", "/api/accounts/me").of(&router).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[tokio::test]
async fn what_is_beside_the_apis_answers() {
    let router = five();
    assert_eq!(ask("GET", "/livez").of(&router).await.text(), "alive");
    assert_eq!(ask("DELETE", "/livez").of(&router).await.status, 405);
    let none = door(Vec::new(), Settings::default()).router(None);
    assert_eq!(ask("GET", "/livez").of(&none).await.status, 200);
    assert_eq!(ask("GET", "/api/x").of(&none).await.status, 404);
}

#[tokio::test]
async fn a_large_body_decides_nothing() {
    let body = format!(r#"{{"phone":"{}"}}"#, "1".repeat(70_000));
    let answer = ask("POST", "/api/auth/login/").body(body).of(&five()).await;
    assert_eq!(answer.refused(), (413, "medcor".into(), "body_too_large".into()));
}

#[test]
fn a_wrong_mounting_is_refused_at_the_start() {
    let mount = |apis: Vec<Api>| {
        let clock = kit::Held::at("2025-01-20");
        FrontDoor::new(apis, Router::new(), std::sync::Arc::new(kit::Tokens), clock, Settings::default())
            .err()
    };
    let api = || tiny::api(Face::Mark, "/api/v1", &["GET /api/v1/x"]);
    assert_eq!(mount(vec![api(), api()]), Some(MountError::Twice(Face::Mark)));
    let unknown = Api { prefix_only: vec![(http::Method::POST, "/api/v1/x")], ..api() };
    assert_eq!(mount(vec![unknown]), Some(MountError::Undescribed(Face::Mark, "POST /api/v1/x".into())));
    let spelled = Api { prefix_only: vec![(http::Method::GET, "/api/v1/x/")], ..api() };
    assert_eq!(mount(vec![spelled]), None);
}
