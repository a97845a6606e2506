//! A receiver of webhooks with manners of its own.

use crate::certificates::Certificates;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// How it answers.
#[derive(Debug, Clone)]
pub enum Manner {
    Answers(u16),
    Redirects(u16, String),
    /// 429, and when to come back.
    ComesBack(String),
    /// Reads and says nothing.
    Silent,
    /// A head, letter by letter.
    SlowHead,
    /// Headers without end.
    EndlessHead,
    /// A good head and a body without end.
    EndlessBody(u16),
    /// A good head and a body that never comes.
    SlowBody(u16),
    NoHttp,
    /// Closes after it has read.
    Cuts,
}

pub struct Receiver {
    pub port: u16,
    requests: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Receiver {
    pub async fn start(manner: Manner) -> Self {
        Self::begin(manner, None).await
    }

    pub async fn start_tls(manner: Manner, certificates: &Certificates) -> Self {
        let chain = CertificateDer::pem_file_iter(&certificates.certificate).unwrap();
        let chain = chain.map(Result::unwrap).collect();
        let key = PrivateKeyDer::from_pem_file(&certificates.key).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config =
            ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = config.with_no_client_auth().with_single_cert(chain, key).unwrap();
        Self::begin(manner, Some(TlsAcceptor::from(Arc::new(config)))).await
    }

    async fn begin(manner: Manner, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (requests, connections) = (Arc::new(Mutex::default()), Arc::new(AtomicUsize::new(0)));
        let (kept, counted) = (Arc::clone(&requests), Arc::clone(&connections));
        let task = tokio::spawn(async move {
            let mut open = tokio::task::JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let (manner, kept, tls) = (manner.clone(), Arc::clone(&kept), tls.clone());
                open.spawn(async move {
                    match tls {
                        None => serve(socket, manner, kept).await,
                        Some(tls) => {
                            if let Ok(socket) = tls.accept(socket).await {
                                serve(socket, manner, kept).await;
                            }
                        }
                    }
                });
            }
        });
        Self { port, requests, connections, task }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// The next request, head and body.
async fn request(socket: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut text = Vec::new();
    loop {
        let mut part = [0; 4096];
        let read = socket.read(&mut part).await.ok()?;
        if read == 0 {
            return None;
        }
        text.extend_from_slice(&part[..read]);
        let whole = String::from_utf8_lossy(&text).into_owned();
        let Some((head, body)) = whole.split_once("\r\n\r\n") else { continue };
        let length = head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(0) {
            return Some(whole);
        }
    }
}

async fn serve(
    mut socket: impl AsyncRead + AsyncWrite + Unpin,
    manner: Manner,
    kept: Arc<Mutex<Vec<String>>>,
) {
    while let Some(whole) = request(&mut socket).await {
        kept.lock().unwrap().push(whole);
        let answer = match &manner {
            Manner::Answers(204) => "HTTP/1.1 204 X\r\n\r\n".to_owned(),
            Manner::Answers(status) => format!("HTTP/1.1 {status} X\r\ncontent-length: 2\r\n\r\nok"),
            Manner::Redirects(status, to) => {
                format!("HTTP/1.1 {status} X\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n")
            }
            Manner::ComesBack(when) => {
                format!("HTTP/1.1 429 X\r\nretry-after: {when}\r\ncontent-length: 0\r\n\r\n")
            }
            Manner::SlowBody(status) => format!("HTTP/1.1 {status} X\r\ncontent-length: 10\r\n\r\n"),
            Manner::EndlessBody(status) => {
                format!("HTTP/1.1 {status} X\r\ntransfer-encoding: chunked\r\n\r\n")
            }
            Manner::NoHttp => "220 mail.example ESMTP\r\n".to_owned(),
            Manner::EndlessHead => "HTTP/1.1 200 X\r\n".to_owned(),
            Manner::Cuts => return,
            Manner::Silent | Manner::SlowHead => String::new(),
        };
        if socket.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
        let filler = format!("x-filler: {}\r\n", "a".repeat(4_096));
        let again = match &manner {
            Manner::Silent | Manner::SlowBody(_) => "",
            Manner::SlowHead => "H",
            Manner::EndlessHead => filler.as_str(),
            Manner::EndlessBody(_) => "10\r\naaaaaaaaaaaaaaaa\r\n",
            _ => continue,
        };
        let pause = Duration::from_millis(if matches!(manner, Manner::SlowHead) { 100 } else { 0 });
        loop {
            if again.is_empty() {
                tokio::time::sleep(Duration::from_mins(1)).await;
            }
            if socket.write_all(again.as_bytes()).await.is_err() {
                return;
            }
            tokio::time::sleep(pause).await;
        }
    }
}
