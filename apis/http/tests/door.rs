//! What the door does for every API: log-in, limits, deadlines, panics, ids, headers, CORS, metrics.
#![allow(clippy::unwrap_used, clippy::panic)] // the whole file is a test, its helpers too

mod kit;

use axum::Router;
use http::HeaderValue;
use kit::{Held, ask, door, door_at, notes, tiny};
use std::sync::Arc;
use std::time::Duration;
use ward_domain::face::Face;
use ward_http::{Origins, Settings};

fn notes_with(settings: Settings) -> Router {
    door(vec![notes::api(Arc::default())], settings).router(None)
}

fn notes() -> Router {
    notes_with(Settings::default())
}

#[tokio::test]
async fn a_token_is_asked_for_and_checked() {
    let long = "x".repeat(9000);
    for (name, value, status, reason) in [
        ("x-nothing", "", 401, "token_missing"),
        ("authorization", "Bearer medcor-expired", 401, "token_expired"),
        ("authorization", "Bearer nonsense", 401, "token_invalid"),
        ("authorization", "Bearer ", 401, "token_invalid"),
        ("authorization", "Basic bWU6bWU=", 401, "token_invalid"),
        ("authorization", &long, 401, "token_invalid"),
        ("authorization", "Bearer broken-store", 500, "fault"),
        ("authorization", "bearer medcor-7", 400, "invalid"),
        ("x-api-key", "mark-7", 400, "invalid"),
    ] {
        let answer = ask("POST", "/api/notes/").header(name, value).of(&notes()).await;
        assert_eq!(answer.refused(), (status, "medcor".into(), reason.into()), "{name}: {value}");
        assert_eq!(answer.header("www-authenticate"), if status == 401 { "Bearer" } else { "" });
    }
    let twice = ask("POST", "/api/notes/").token("medcor-7").token("medcor-8").of(&notes()).await;
    assert_eq!(twice.refused().2, "token_invalid", "two tokens are no token");
}

#[tokio::test]
async fn a_bad_token_does_not_close_what_is_open() {
    assert_eq!(ask("POST", "/api/open/").token("medcor-expired").of(&notes()).await.status, 200);
    let maybe =
        |token: &'static str| async move { ask("GET", "/api/notes/").token(token).of(&notes()).await };
    assert_eq!(maybe("medcor-expired").await.refused().2, "token_expired");
    assert_eq!(maybe("medcor-7").await.json()["by"], 7);
}

#[tokio::test]
async fn a_websocket_brings_its_token_in_three_ways() {
    let socket = |path: &str| ask("GET", path).header("upgrade", "websocket");
    let by = |request: kit::Ask| async move { request.of(&notes()).await.json()["by"].clone() };
    assert_eq!(by(socket("/api/notes/?token=medcor-7")).await, 7);
    assert_eq!(by(socket("/api/notes/").header("sec-websocket-protocol", "bearer, medcor-8")).await, 8);
    assert_eq!(by(socket("/api/notes/").token("medcor-9")).await, 9);
    assert!(
        by(ask("GET", "/api/notes/?token=medcor-7")).await.is_null(),
        "a plain request's query holds no token"
    );
}

#[tokio::test]
async fn limits_are_told_and_enforced() {
    let clock = Held::at("2025-01-20T09:00:30Z");
    let settings = Settings { enforce_limits: true, ..Settings::default() };
    let router = door_at(vec![notes::api(Arc::default())], settings, clock.clone()).router(None);
    let reset = ward_domain::time::Time::parse("2025-01-20T09:01:00Z").unwrap().seconds().to_string();
    let told = |answer: &kit::Answer| {
        let header = |name: &str| answer.header(name).to_owned();
        (
            answer.status,
            header("x-ratelimit-limit"),
            header("x-ratelimit-remaining"),
            header("x-ratelimit-reset"),
        )
    };
    let expected = |status, limit: &str, remaining: &str| {
        (status, limit.to_owned(), remaining.to_owned(), reset.clone())
    };

    // A stranger: two a minute, whatever is asked, also what is not there.
    assert_eq!(told(&ask("POST", "/api/open/").of(&router).await), expected(200, "2", "1"));
    assert_eq!(told(&ask("GET", "/api/nothing/").of(&router).await), expected(404, "2", "0"));
    let refused = ask("POST", "/api/open/").of(&router).await;
    assert_eq!(told(&refused), expected(429, "2", "0"));
    assert_eq!((refused.header("retry-after"), refused.refused().2.as_str()), ("30", "rate_limited"));
    assert_eq!(ask("POST", "/api/open/").from("192.0.2.2").of_peer(&router).await.status, 200);

    // A user: the tighter of two limits counts.
    let bulk = || ask("POST", "/api/bulk/").token("medcor-7");
    assert_eq!(told(&bulk().of(&router).await), expected(200, "1", "0"));
    assert_eq!(told(&bulk().of(&router).await), expected(429, "1", "0"));
    assert_eq!(told(&ask("POST", "/api/open/").token("medcor-7").of(&router).await), expected(200, "4", "1"));

    clock.set("2025-01-20T09:01:00Z");
    assert_eq!(ask("POST", "/api/open/").of(&router).await.status, 200);
}

#[tokio::test]
async fn development_counts_but_refuses_nothing() {
    let router = notes();
    for remaining in ["1", "0", "0", "0"] {
        let answer = ask("POST", "/api/open/").of(&router).await;
        assert_eq!((answer.status, answer.header("x-ratelimit-remaining")), (200, remaining));
    }
}

#[tokio::test]
async fn a_panic_is_a_fault_of_one_request() {
    let router = notes();
    let answer = ask("POST", "/api/panic/").header("x-request-id", "abc").of(&router).await;
    assert_eq!(answer.refused(), (500, "medcor".into(), "fault".into()));
    assert_eq!((answer.json()["id"].as_str(), answer.header("x-request-id")), (Some("abc"), "abc"));
    assert_eq!(ask("POST", "/api/open/").of(&router).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_ends_a_handler() {
    let started = tokio::time::Instant::now();
    let answer = ask("POST", "/api/slow/").of(&notes()).await;
    assert_eq!(answer.refused(), (503, "medcor".into(), "timeout".into()));
    assert_eq!(
        (answer.header("retry-after"), started.elapsed().as_secs()),
        ("1", 5),
        "the operation's own deadline"
    );
}

#[tokio::test]
async fn over_the_cap_the_server_is_busy() {
    let desk = Arc::new(notes::Desk::default());
    let settings = Settings { max_concurrent: 1, ..Settings::default() };
    let router = door(vec![notes::api(desk.clone())], settings).router(None);
    let held = ask("POST", "/api/slow/").of(&router);
    let meanwhile = async {
        desk.entered.notified().await;
        let busy = ask("POST", "/api/open/").of(&router).await;
        let alive = ask("GET", "/livez").of(&router).await.status;
        desk.go.notify_one();
        (busy, alive)
    };
    let (held, (busy, alive)) = tokio::join!(held, meanwhile);
    assert_eq!((held.status, alive), (200, 200));
    assert_eq!(busy.refused(), (503, "medcor".into(), "overloaded".into()));
    assert_eq!(busy.header("retry-after"), "1");
    assert_eq!(ask("POST", "/api/open/").of(&router).await.status, 200, "the place is free again");
}

#[tokio::test]
async fn request_ids_are_echoed_everywhere() {
    let router = notes();
    for (path, status) in [("/api/open/", 200), ("/api/nothing/", 404), ("/livez", 405)] {
        let answer = ask("POST", path).header("x-request-id", "Abc-1_2").of(&router).await;
        assert_eq!((answer.status, answer.header("x-request-id")), (status, "Abc-1_2"));
        let drawn = ask("POST", path).header("x-request-id", &"x".repeat(70_000)).of(&router).await;
        assert_eq!(drawn.header("x-request-id").len(), 16);
    }
    assert_eq!(
        ask("POST", "/api/open/").header("x-request-id", "mine").of(&router).await.json()["id"],
        "mine"
    );
}

#[tokio::test]
async fn answers_are_hardened() {
    let answer = ask("POST", "/api/open/").of(&notes()).await;
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
    let outside = ask("GET", "/livez").of(&notes()).await;
    assert_eq!((outside.header("x-content-type-options"), outside.header("cache-control")), ("nosniff", ""));
}

#[tokio::test]
async fn every_path_answers_a_preflight_without_a_token() {
    let preflight = |path: &str, origin: &str| {
        ask("OPTIONS", path)
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization, x-encounter-id")
    };
    for path in ["/api/notes/", "/medcor/api/notes", "/api/nothing/", "/livez"] {
        let answer = preflight(path, "http://localhost:3000").of(&notes()).await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, "*"), "{path}");
        for allowed in [
            "authorization",
            "content-type",
            "x-encounter-id",
            "x-chunk-number",
            "x-total-chunks",
            "x-api-key",
            "idempotency-key",
            "if-match",
        ] {
            assert!(answer.header("access-control-allow-headers").contains(allowed), "{allowed}");
        }
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            assert!(answer.header("access-control-allow-methods").contains(method), "{method}");
        }
    }
    let called = ask("POST", "/api/notes/").header("origin", "http://localhost:3000").of(&notes()).await;
    assert_eq!(
        (called.status, called.header("access-control-allow-origin")),
        (401, "*"),
        "errors can be read too"
    );
    for exposed in ["x-ratelimit-remaining", "retry-after", "etag", "content-disposition", "x-request-id"] {
        assert!(called.header("access-control-expose-headers").contains(exposed), "{exposed}");
    }

    let listed = Origins::Listed(vec![HeaderValue::from_static("https://clinic.example")]);
    let production = notes_with(Settings { origins: listed, ..Settings::default() });
    let answer = preflight("/api/notes/", "https://clinic.example").of(&production).await;
    assert_eq!(answer.header("access-control-allow-origin"), "https://clinic.example");
    let answer = preflight("/api/notes/", "https://evil.example").of(&production).await;
    assert_eq!(answer.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn answers_are_compressed_if_set_so() {
    let settings = Settings { compress: true, ..Settings::default() };
    let answer =
        ask("GET", "/api/openapi.json").header("accept-encoding", "gzip").of(&notes_with(settings)).await;
    assert_eq!(answer.header("content-encoding"), "gzip");
    let plain = ask("GET", "/api/openapi.json").header("accept-encoding", "gzip").of(&notes()).await;
    assert_eq!(plain.header("content-encoding"), "");
}

#[tokio::test]
async fn the_meta_says_what_the_transport_knows() {
    let settings = Settings { deadline: Duration::from_secs(1), ..Settings::default() };
    let answer = ask("POST", "/medcor/api/open")
        .header("host", "Clinic.Example:80")
        .of(&notes_with(settings))
        .await
        .json();
    assert_eq!(answer["host"], "clinic.example");
    assert_eq!((answer["address"].as_str(), answer["face"].as_str()), (Some("192.0.2.1"), Some("medcor")));
}

#[test]
fn metrics_name_templates_never_paths() {
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    metrics::with_local_recorder(&recorder, || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let router = door(
                vec![tiny::api(Face::Soapify, "/api", &["GET /api/encounters/{id}/"])],
                Settings::default(),
            );
            let router = router.router(None);
            ask("GET", "/api/encounters/4711/?search=Sara").of(&router).await;
            ask("GET", "/soapify/api/encounters/4712").of(&router).await;
            ask("GET", "/api/sara-4713").of(&router).await;
            ask("FETCH", "/api/encounters/4714").of(&router).await;
        });
    });
    let text = handle.render();
    let counted = |labels: &str, count: u64| {
        let line = format!("ward_http_requests_total{{{labels}}} {count}");
        assert!(text.contains(&line), "{line}\n{text}");
    };
    counted(r#"api="soapify",route="/api/encounters/{id}/",method="GET",status="2xx""#, 2);
    counted(r#"api="soapify",route="none",method="GET",status="4xx""#, 1);
    counted(r#"api="soapify",route="/api/encounters/{id}/",method="OTHER",status="4xx""#, 1);
    assert!(text.contains("ward_http_request_seconds"), "{text}");
    // What is measured may have any digits.
    let labels: String =
        text.lines().filter_map(|line| line.rsplit_once('}')).map(|(labels, _)| labels).collect();
    assert!(!labels.contains("471") && !text.contains("Sara"), "{text}");
}
