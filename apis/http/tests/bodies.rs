//! Bodies, queries and headers of requests, good and bad.
#![allow(clippy::unwrap_used, clippy::panic)] // the whole file is a test, its helpers too

mod kit;

use axum::Router;
use kit::{ask, door, notes};
use serde_json::{Value, json};
use ward_http::Settings;

fn notes() -> Router {
    door(vec![notes::api(notes::Desk::default().into())], Settings { max_body: 2048, ..Settings::default() })
        .router(None)
}

async fn write(body: impl Into<axum::body::Body>) -> kit::Answer {
    ask("POST", "/api/notes/").token("medcor-7").body(body).of(&notes()).await
}

#[tokio::test]
async fn a_good_body_is_read_whatever_its_content_type() {
    let body = json!({"title": " Call ", "priority": "3", "patient": "12", "due": "2025-02-01", "urgent": "True",
                      "place": {"room": "A1"}, "unknown": [1]});
    for content_type in ["application/json", "application/json; charset=utf-8", "text/plain", ""] {
        let request = ask("POST", "/api/notes").token("medcor-7").header("content-type", content_type);
        let answer = request.body(body.to_string()).of(&notes()).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        assert_eq!(answer.header("etag"), "\"1\"");
        let expected = json!({"id": 1, "title": "Call", "priority": 3, "patient": 12, "due": "2025-02-01T00:00:00Z",
                              "urgent": true, "room": "A1", "by": 7, "key": null});
        assert_eq!(answer.json(), expected);
    }
}

#[tokio::test]
async fn all_wrong_fields_are_named_at_once() {
    let required = "This field is required.";
    for (body, fields) in [
        ("", json!({"title": required, "patient": required})),
        ("  ", json!({"title": required, "patient": required})),
        ("{}", json!({"title": required, "patient": required})),
        (
            r#"{"title": null, "priority": 9, "patient": -1, "due": 5, "urgent": "maybe", "place": {"room": "too long"}}"#,
            json!({
                "title": "This field may not be null.",
                "priority": "Must be from 1 to 5.",
                "patient": "Must be an id.",
                "due": "Must be a time (RFC 3339, such as 2025-01-20T09:00:00Z) or a date.",
                "urgent": "Must be true or false.",
                "place.room": "Must have at most 5 characters.",
            }),
        ),
        (r#"{"title": "  ", "patient": 1}"#, json!({"title": "This field may not be blank."})),
        (r#"{"title": "t", "title": 5, "patient": 1}"#, json!({"title": "Must be text."})),
        (r#"{"title": "t", "patient": 1, "place": []}"#, json!({"place": "Must be an object."})),
        ("[]", json!({"body": "Must be a JSON object."})),
        ("5", json!({"body": "Must be a JSON object."})),
        ("null", json!({"body": "Must be a JSON object."})),
    ] {
        let answer = write(body).await;
        assert_eq!((answer.status, &answer.json()["fields"]), (400, &fields), "{body}");
    }
}

#[tokio::test]
async fn what_is_not_json_is_said_so() {
    let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
    for body in ["{", "title=Call", "{\"title\": \"\u{1}\"}", "{} {}", &deep] {
        assert_eq!(
            write(body.to_owned()).await.refused(),
            (400, "medcor".into(), "not_json".into()),
            "{body}"
        );
    }
    assert_eq!(write(vec![0xff, 0xfe, 0x00]).await.refused().2, "not_json");
}

#[tokio::test]
async fn a_body_over_its_limit_is_413() {
    let large = json!({"title": "x".repeat(3000)}).to_string();
    let said =
        ask("POST", "/api/notes/").token("medcor-7").header("content-length", "3013").body(large.clone());
    assert_eq!(said.of(&notes()).await.refused(), (413, "medcor".into(), "body_too_large".into()));
    // Of unknown length: cut while it is read.
    let chunks = large
        .into_bytes()
        .chunks(500)
        .map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()))
        .collect::<Vec<_>>();
    let stream = axum::body::Body::from_stream(futures::stream::iter(chunks));
    assert_eq!(write(stream).await.refused().2, "body_too_large");
    let broken = futures::stream::iter([Err::<Vec<u8>, _>(std::io::Error::other("cut off"))]);
    assert_eq!(
        write(axum::body::Body::from_stream(broken)).await.refused(),
        (400, "medcor".into(), "body_unreadable".into())
    );
}

#[tokio::test]
async fn an_upload_has_its_own_limit_and_kind() {
    let form = |bytes: usize| {
        let part = "--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n";
        ask("POST", "/api/files/")
            .header("content-type", "multipart/form-data; boundary=b")
            .body(format!("{part}{}\r\n--b--\r\n", "x".repeat(bytes)))
    };
    assert_eq!(form(3000).of(&notes()).await.json(), json!({"bytes": 3000}));
    assert_eq!(form(5000).of(&notes()).await.refused(), (413, "medcor".into(), "body_too_large".into()));
    let json = ask("POST", "/api/files/").json(&json!({})).of(&notes()).await;
    assert_eq!(json.refused(), (415, "medcor".into(), "unsupported_media_type".into()));
}

#[tokio::test]
async fn rejections_of_the_framework_get_the_envelope_too() {
    let not_json =
        ask("POST", "/api/bare/").header("content-type", "application/json").body("{").of(&notes()).await;
    assert_eq!(not_json.refused(), (400, "medcor".into(), "bad_request".into()));
    let no_type = ask("POST", "/api/bare/").body("{}").of(&notes()).await;
    assert_eq!(no_type.refused().0, 415);
}

#[tokio::test]
async fn pages_link_to_the_address_that_was_asked() {
    let host = |path: &str| ask("GET", path).header("host", "clinic.example:8443");
    for (path, next, previous) in [
        ("/api/notes?page_size=20&search=a%20b", Some("/api/notes?page_size=20&search=a%20b&page=2"), None),
        (
            "/medcor/api/notes/?page=2&x=1",
            Some("/medcor/api/notes/?page=3&x=1"),
            Some("/medcor/api/notes/?page=1&x=1"),
        ),
        ("/api/notes/?page=99", None, Some("/api/notes/?page=3")),
    ] {
        let absolute = |link: Option<&str>| {
            link.map_or(Value::Null, |link| json!(format!("http://clinic.example:8443{link}")))
        };
        let answer = host(path).of(&notes()).await.json();
        assert_eq!(
            answer,
            json!({"count": 45, "next": absolute(next), "previous": absolute(previous), "by": null})
        );
    }
    let wrong = host("/api/notes/?page=x&urgent=maybe&date_from=soon&page_size=0").of(&notes()).await;
    let mut names: Vec<String> = wrong.json()["fields"].as_object().unwrap().keys().cloned().collect();
    names.sort();
    assert_eq!((wrong.status, names.join(" ")), (400, "date_from page page_size urgent".to_owned()));
}

#[tokio::test]
async fn links_follow_a_trusted_proxy_only() {
    let settings = Settings { trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()], ..Settings::default() };
    let router = door(vec![notes::api(notes::Desk::default().into())], settings).router(None);
    for (peer, link) in
        [("10.1.2.3", "https://h.example/api/notes/3/"), ("192.0.2.1", "http://h.example/api/notes/3/")]
    {
        let request =
            ask("PUT", "/api/notes/3").header("host", "h.example").header("x-forwarded-proto", "https");
        let answer = request.from(peer).of_peer(&router).await;
        assert_eq!(answer.json()["self"], link);
        assert_eq!(answer.headers.contains_key("strict-transport-security"), link.starts_with("https"));
    }
}

#[tokio::test]
async fn versions_and_ids_in_the_path() {
    let put = |path: &str, version: &str| {
        let request = ask("PUT", path).token("medcor-7");
        if version.is_empty() { request } else { request.header("if-match", version) }
    };
    let router = notes();
    assert_eq!(put("/api/notes/3/", "\"12\"").of(&router).await.json()["version"], 12);
    assert_eq!(put("/api/notes/3/", "").of(&router).await.json()["version"], Value::Null);
    let bad = put("/api/notes/3/", "12").of(&notes()).await;
    assert_eq!((bad.status, bad.json()["fields"].get("If-Match").is_some()), (400, true));
    let twice = put("/api/notes/3/", "\"1\"").header("if-match", "\"2\"").of(&notes()).await;
    assert_eq!(twice.status, 400);
    assert_eq!(
        put("/api/notes/three/", "").of(&notes()).await.refused(),
        (404, "medcor".into(), "not_found".into())
    );
}

#[tokio::test]
async fn an_idempotency_key_reaches_the_use_case() {
    let body = json!({"title": "t", "patient": 1});
    let write = |path: &'static str| ask("POST", path).token("medcor-7").json(&body);
    for path in ["/api/notes", "/medcor/api/notes/"] {
        let answer = write(path).header("idempotency-key", "k-1").of(&notes()).await;
        assert_eq!(answer.json()["key"], "medcor POST /api/notes/", "one operation, however it is spelled");
    }
    let long = "k".repeat(256);
    for bad in ["", " ", &long] {
        let answer = write("/api/notes/").header("idempotency-key", bad).of(&notes()).await;
        assert_eq!(answer.json()["fields"].as_object().unwrap().keys().next().unwrap(), "Idempotency-Key");
    }
    let twice =
        write("/api/notes/").header("idempotency-key", "a").header("idempotency-key", "b").of(&notes()).await;
    assert_eq!(twice.status, 400);
}
