//! A receiver of webhooks: a real server on loopback that keeps what it gets and answers as it is told.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// One request that it got.
#[derive(Clone)]
pub struct Got {
    pub headers: HeaderMap,
    pub raw: Bytes,
    pub status: u16,
}

impl Got {
    pub fn body(&self) -> Value {
        serde_json::from_slice(&self.raw).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

/// It ends when this is dropped.
pub struct Receiver {
    pub address: SocketAddr,
    kept: Arc<Kept>,
    task: tokio::task::JoinHandle<()>,
}

struct Kept {
    got: Mutex<Vec<Got>>,
    status: AtomicU16,
    /// Every so many requests one fails; 0: none does.
    fails_every: usize,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Receiver {
    pub async fn start() -> Self {
        Self::failing_every(0).await
    }

    pub async fn failing_every(fails_every: usize) -> Self {
        let kept = Arc::new(Kept { got: Mutex::default(), status: AtomicU16::new(200), fails_every });
        let router = Router::new().fallback(take).with_state(kept.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, kept, task }
    }

    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// What it answers from now on.
    pub fn answers(&self, status: u16) {
        self.kept.status.store(status, Ordering::SeqCst);
    }

    /// Every request so far.
    pub fn got(&self) -> Vec<Got> {
        self.kept.got.lock().unwrap().clone()
    }

    /// The bodies that it took, in their order, each event once.
    pub fn taken(&self) -> Vec<Value> {
        let mut seen = std::collections::BTreeSet::new();
        let got = self.got().into_iter().filter(|got| got.status < 300);
        got.map(|got| got.body())
            .filter(|body| seen.insert(body["id"].as_str().unwrap().to_owned()))
            .collect()
    }

    /// Waits until it has taken so many.
    pub async fn until_taken(&self, count: usize, within: Duration) -> Vec<Value> {
        let began = Instant::now();
        loop {
            let taken = self.taken();
            if taken.len() >= count {
                return taken;
            }
            assert!(began.elapsed() < within, "{} events of {count} came", taken.len());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn take(State(kept): State<Arc<Kept>>, headers: HeaderMap, raw: Bytes) -> StatusCode {
    let mut got = kept.got.lock().unwrap();
    let fails = kept.fails_every > 0 && (got.len() + 1).is_multiple_of(kept.fails_every);
    let status = if fails { 503 } else { kept.status.load(Ordering::SeqCst) };
    got.push(Got { headers, raw, status });
    StatusCode::from_u16(status).unwrap()
}
