//! A load generator: connections that each send one request after the other.

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;

/// A request.
#[derive(Debug, Clone)]
pub struct Call {
    /// How.
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// Who asks; empty for nobody.
    pub token: String,
    /// JSON; null for none.
    pub body: Value,
}

impl Call {
    /// `GET`.
    pub fn get(path: impl Into<String>, token: &str) -> Self {
        Self { method: Method::GET, path: path.into(), token: token.to_owned(), body: Value::Null }
    }

    /// `POST`.
    pub fn post(path: impl Into<String>, token: &str, body: Value) -> Self {
        Self { method: Method::POST, body, ..Self::get(path, token) }
    }
}

/// One connection, kept alive.
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Self {
        let socket = TcpStream::connect(address).await.unwrap();
        socket.set_nodelay(true).unwrap();
        let (sender, connection) = handshake(TokioIo::new(socket)).await.unwrap();
        tokio::spawn(connection);
        Self { sender, host: address.to_string() }
    }

    /// Sends a request and reads the whole answer.
    pub async fn send(&mut self, call: &Call) -> (StatusCode, Bytes) {
        let mut request = Request::builder().method(&call.method).uri(&call.path);
        if !call.token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", call.token));
        }
        let body = if call.body.is_null() {
            Bytes::new()
        } else {
            request = request.header(header::CONTENT_TYPE, "application/json");
            call.body.to_string().into()
        };
        self.raw(request, body).await
    }

    /// Sends a request as it is and reads the whole answer.
    pub async fn raw(&mut self, request: http::request::Builder, body: Bytes) -> (StatusCode, Bytes) {
        let request = request.header(header::HOST, &self.host).body(Full::new(body)).unwrap();
        // The answer before may have come just before the connection is free again.
        self.sender.ready().await.unwrap();
        let answer = self.sender.send_request(request).await.unwrap();
        let status = answer.status();
        (status, answer.into_body().collect().await.unwrap().to_bytes())
    }

    /// Sends a request that must succeed; its answer.
    pub async fn must(&mut self, call: &Call) -> Value {
        let (status, body) = self.send(call).await;
        assert!(
            status.is_success(),
            "{} {}: {status} {}",
            call.method,
            call.path,
            String::from_utf8_lossy(&body)
        );
        serde_json::from_slice(&body).unwrap()
    }
}

/// When to stop.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    /// After this time.
    Time(Duration),
    /// After this many requests.
    Count(u64),
}

/// What came of a run.
pub struct Run {
    /// Status and duration of every answer, the quickest first.
    pub answers: Vec<(StatusCode, Duration)>,
    /// From the first request to the last answer.
    pub took: Duration,
    /// The first words of each status that is no success.
    pub said: BTreeMap<u16, Bytes>,
}

impl Run {
    /// Answers with a status.
    pub fn count(&self, status: StatusCode) -> u64 {
        self.answers.iter().filter(|(answer, _)| *answer == status).count() as u64
    }

    /// Stops the bench unless every answer has this status: the figures are of what succeeds.
    pub fn all_are(&self, status: StatusCode) {
        let mut others = BTreeMap::<u16, u64>::new();
        for (answer, _) in self.answers.iter().filter(|(answer, _)| *answer != status) {
            *others.entry(answer.as_u16()).or_default() += 1;
        }
        let all = self.answers.len();
        assert!(
            others.is_empty(),
            "of {all} answers these are not {status}: {others:?}, said {:?}",
            self.said
        );
    }

    /// Answers a second.
    pub fn rate(&self) -> f64 {
        self.answers.len() as f64 / self.took.as_secs_f64()
    }

    /// The time within which this part (in thousandths) of the answers came.
    pub fn within(&self, part: usize) -> Duration {
        let last = self.answers.len() - 1;
        self.answers[(self.answers.len() * part / 1000).min(last)].1
    }
}

/// Sends what `call` makes of 0, 1, 2, … over so many connections.
pub async fn run(
    address: SocketAddr,
    connections: usize,
    until: Until,
    call: impl Fn(u64) -> Call + Send + Sync + 'static,
) -> Run {
    let (call, next) = (Arc::new(call), Arc::new(AtomicU64::new(0)));
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(Connection::open(address).await);
    }
    let begun = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for mut connection in open {
        let (call, next) = (call.clone(), next.clone());
        tasks.spawn(async move {
            let (mut answers, mut said) = (Vec::new(), BTreeMap::new());
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let over = match until {
                    Until::Time(time) => begun.elapsed() >= time,
                    Until::Count(count) => number >= count,
                };
                if over {
                    return (answers, said);
                }
                let call = call(number);
                let sent = Instant::now();
                let (status, body) = connection.send(&call).await;
                answers.push((status, sent.elapsed()));
                if !status.is_success() {
                    said.entry(status.as_u16()).or_insert(body);
                }
            }
        });
    }
    let (mut answers, mut said) = (Vec::new(), BTreeMap::new());
    while let Some(done) = tasks.join_next().await {
        let (more, words) = done.unwrap();
        answers.extend(more);
        said.extend(words);
    }
    let took = begun.elapsed();
    answers.sort_by_key(|(_, taken)| *taken);
    Run { answers, took, said }
}
