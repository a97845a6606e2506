//! A payment provider that speaks the scheme of `docs/payments.md`: a real server on loopback.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use ward_domain::time::{Clock as _, Time};
use ward_gateways::payment::sign;

/// What both sides sign with.
pub const SECRET: &str = "a secret of more than thirty-two characters";

/// It ends when this is dropped.
pub struct Provider {
    address: SocketAddr,
    kept: Arc<Kept>,
    task: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Kept {
    /// What it was asked for, and under which name it took it on.
    asked: Mutex<Vec<Value>>,
    /// What it answers instead of 201, if not 0.
    fails: AtomicU16,
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Provider {
    pub async fn start() -> Self {
        let kept = Arc::new(Kept::default());
        let router = Router::new().route("/v1/payments", post(take)).with_state(kept.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, kept, task }
    }

    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// What it answers from now on; 0: as it should.
    pub fn fails_with(&self, status: u16) {
        self.kept.fails.store(status, Ordering::SeqCst);
    }

    /// What it took on, each payment once.
    pub fn asked(&self) -> Vec<Value> {
        self.kept.asked.lock().unwrap().clone()
    }
}

async fn take(State(kept): State<Arc<Kept>>, headers: HeaderMap, raw: Bytes) -> Response {
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
    let seconds: i64 = header("x-payment-timestamp").parse().unwrap_or(0);
    if sign(SECRET, seconds, &raw) != header("x-payment-signature") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let fails = kept.fails.load(Ordering::SeqCst);
    if fails != 0 {
        return StatusCode::from_u16(fails).unwrap().into_response();
    }
    let ask: Value = serde_json::from_slice(&raw).unwrap();
    let mut asked = kept.asked.lock().unwrap();
    let number = asked.iter().position(|one| one["reference"] == ask["reference"]).unwrap_or_else(|| {
        asked.push(ask);
        asked.len() - 1
    });
    let answer = json!({"payment_url": format!("https://pay.example/gateway/{number}"), "provider_reference": format!("p-{number}")});
    (StatusCode::CREATED, axum::Json(answer)).into_response()
}

/// What the provider tells of a payment that it was asked for.
pub fn word(asked: &Value, event: &str, status: &str) -> Value {
    json!({"event_id": event, "reference": asked["reference"], "status": status, "amount": asked["amount"],
        "currency": asked["currency"], "provider_reference": "p-0"})
}

/// The headers of a body, signed at a time.
pub fn signed_at(now: Time, body: &str) -> [(&'static str, String); 2] {
    let seconds = now.seconds();
    [
        ("x-payment-timestamp", seconds.to_string()),
        ("x-payment-signature", sign(SECRET, seconds, body.as_bytes())),
    ]
}

/// The headers of a body, signed now.
pub fn signed(body: &str) -> [(&'static str, String); 2] {
    signed_at(ward::wiring::SystemClock.now(), body)
}
