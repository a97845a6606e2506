//! A receiver that remembers which events came, and in which order.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use ward_domain::time::{Clock as _, Time};

#[derive(Default)]
struct Kept {
    seen: HashSet<u64>,
    /// The newest event of each doctor.
    newest: BTreeMap<u64, u64>,
    lags: Vec<i64>,
    early: u64,
    again: u64,
}

/// It lives as long as the bench.
#[derive(Clone)]
pub struct Receiver {
    address: SocketAddr,
    kept: Arc<Mutex<Kept>>,
}

impl Receiver {
    pub async fn start() -> Self {
        let kept = Arc::<Mutex<Kept>>::default();
        let router = Router::new().fallback(take).with_state(kept.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, kept }
    }

    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// Waits until so many events have come.
    pub async fn wait(&self, count: u64, within: Duration) {
        let begun = Instant::now();
        while self.count() < count {
            assert!(begun.elapsed() < within, "{} of {count} events came", self.count());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub fn count(&self) -> u64 {
        self.kept.lock().unwrap().seen.len() as u64
    }

    /// Events that came before an earlier one of the same doctor.
    pub fn early(&self) -> u64 {
        self.kept.lock().unwrap().early
    }

    pub fn again(&self) -> u64 {
        self.kept.lock().unwrap().again
    }

    /// How old each event was when it first came, in milliseconds.
    pub fn lags(&self) -> Vec<i64> {
        self.kept.lock().unwrap().lags.clone()
    }
}

async fn take(State(kept): State<Arc<Mutex<Kept>>>, raw: Bytes) {
    let now = ward::wiring::SystemClock.now();
    let body: Value = serde_json::from_slice(&raw).unwrap();
    let event: u64 = body["id"].as_str().unwrap().trim_start_matches("evt_").parse().unwrap();
    let created = Time::parse(body["created"].as_str().unwrap()).unwrap();
    let doctor = body["data"]["doctor"].as_u64().unwrap();
    let mut kept = kept.lock().unwrap();
    if !kept.seen.insert(event) {
        kept.again += 1;
        return;
    }
    kept.lags.push(now.millis() - created.millis());
    let newest = kept.newest.insert(doctor, event).unwrap_or(0);
    if newest > event {
        kept.early += 1;
    }
}
