//! A double of a Meilisearch server, for tests where there is no real one: an HTTP server in this process that answers
//! as the server's documents say, for the part of its API that Ward uses, and that refuses what the server refuses: a
//! wrong key, an index or attribute that is not there, an operator that the settings do not allow, a filter that does
//! not parse. Changes are tasks, carried out one after the other, after they were acknowledged.
//!
//! It keeps everything in memory, and looks at every document of an index for each query. What it does not have is an
//! error of status 501, never an answer.

#![allow(clippy::unwrap_used, reason = "for tests, though not under cfg(test)")]
#![allow(clippy::missing_panics_doc, reason = "as above")]

mod facets;
mod filter;
mod index;
mod routes;
mod tasks;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tasks::Tasks;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

/// The running double.
pub struct Double {
    state: Arc<Mutex<State>>,
    address: SocketAddr,
    serving: Mutex<Option<JoinHandle<()>>>,
    working: JoinHandle<()>,
}

struct State {
    key: String,
    version: String,
    indexes: BTreeMap<String, index::Index>,
    tasks: Tasks,
    requests: u64,
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Double {
    /// A server without indexes that takes this key, on a port of its own on loopback.
    pub async fn start(key: &str) -> Self {
        let (tasks, mut work) = Tasks::new();
        let state = State {
            key: key.to_owned(),
            version: "1.50.0".to_owned(),
            indexes: BTreeMap::new(),
            tasks,
            requests: 0,
        };
        let state = Arc::new(Mutex::new(state));
        let of_tasks = Arc::clone(&state);
        let working = tokio::spawn(async move {
            while let Some(uid) = work.recv().await {
                // Those who asked for the change are answered before it is carried out.
                tokio::task::yield_now().await;
                tasks::carry_out(&mut lock(&of_tasks), uid);
            }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = Mutex::new(Some(serve(listener, Arc::clone(&state))));
        Self { state, address, serving, working }
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends all connections and takes no more; what it holds stays.
    pub async fn stop(&self) {
        let serving = self.serving.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(serving) = serving {
            serving.abort();
            let _ = serving.await;
        }
    }

    /// Listens again where it did before.
    pub async fn start_again(&self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        let serving = serve(listener, Arc::clone(&self.state));
        *self.serving.lock().unwrap_or_else(PoisonError::into_inner) = Some(serving);
    }

    /// Takes another key from now on.
    pub fn set_key(&self, key: &str) {
        key.clone_into(&mut lock(&self.state).key);
    }

    /// Says that it is of another version.
    pub fn set_version(&self, version: &str) {
        version.clone_into(&mut lock(&self.state).version);
    }

    /// Loses everything, as a server whose disk was lost.
    pub fn forget(&self) {
        lock(&self.state).indexes.clear();
    }

    /// Carries tasks out no more, or again.
    pub fn hold_tasks(&self, hold: bool) {
        lock(&self.state).tasks.hold(hold);
    }

    /// How many requests it has had.
    pub fn requests(&self) -> u64 {
        lock(&self.state).requests
    }

    /// How many tasks of a type it has had, by the name that they have in the API.
    pub fn tasks(&self, kind: &str) -> usize {
        lock(&self.state).tasks.count(kind)
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        self.working.abort();
        if let Some(serving) = self.serving.lock().unwrap_or_else(PoisonError::into_inner).take() {
            serving.abort();
        }
    }
}

fn serve(listener: TcpListener, state: Arc<Mutex<State>>) -> JoinHandle<()> {
    tokio::spawn(async move {
        // They end with this task.
        let mut connections = JoinSet::new();
        while let Ok((socket, _)) = listener.accept().await {
            let _ = socket.set_nodelay(true);
            let state = Arc::clone(&state);
            connections.spawn(async move {
                let service = service_fn(move |request| {
                    let state = Arc::clone(&state);
                    async move { answer(request, &state).await }
                });
                let _ = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(socket), service)
                    .await;
            });
            while connections.try_join_next().is_some() {}
        }
    })
}

async fn answer(
    request: Request<Incoming>,
    state: &Mutex<State>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let (status, answer) = match routes::route(&mut lock(state), &parts, &body) {
        Ok(answered) => answered,
        Err(refused) => (refused.status, refused.body()),
    };
    let response = Response::builder().status(status).header("content-type", "application/json");
    Ok(response.body(Full::new(answer.to_string().into())).unwrap())
}

/// What the server says when it refuses.
#[derive(Debug, Clone)]
struct Refusal {
    status: u16,
    code: &'static str,
    message: String,
}

impl Refusal {
    fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    fn body(&self) -> serde_json::Value {
        let kind = if matches!(self.status, 401 | 403) { "auth" } else { "invalid_request" };
        let link = format!("https://docs.meilisearch.com/errors#{}", self.code);
        serde_json::json!({ "message": self.message, "code": self.code, "type": kind, "link": link })
    }
}
