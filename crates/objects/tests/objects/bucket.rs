//! A real S3 server (s3s-fs) on loopback: it checks signatures, and refuses one bucket, or all of them for a while.

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s::{S3Result, s3_error};
use s3s_fs::FileSystem;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use ward_objects::{Encryption, S3Settings};

pub const ACCESS_KEY: &str = "ward-access";
pub const SECRET_KEY: &str = "ward-secret-of-the-test";

/// A request as it came: method, query, and what it asked to be encrypted with.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    pub query: String,
    pub encryption: Option<String>,
    pub kms_key: Option<String>,
}

pub struct Server {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    closed: Arc<AtomicBool>,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Everybody with the right key may do everything, but not in the bucket `denied`. Buckets that are not there are refused here:
/// s3s-fs makes one of what is put.
struct Access {
    /// Nobody may do anything for now.
    closed: Arc<AtomicBool>,
}

#[async_trait::async_trait]
impl S3Access for Access {
    async fn check(&self, cx: &mut S3AccessContext<'_>) -> S3Result<()> {
        if cx.credentials().is_none() {
            return Err(s3_error!(AccessDenied, "no credentials"));
        }
        if self.closed.load(Ordering::Acquire) {
            return Err(s3_error!(AccessDenied, "closed for now"));
        }
        match cx.s3_path().get_bucket_name() {
            Some("denied") => Err(s3_error!(AccessDenied, "this bucket is another's")),
            Some("ward") | None => Ok(()),
            Some(_) => Err(s3_error!(NoSuchBucket)),
        }
    }
}

impl Server {
    /// Serves buckets that are folders under `root`; `ward` and `denied` are there.
    pub async fn start(root: &Path) -> Self {
        for bucket in ["ward", "denied"] {
            std::fs::create_dir(root.join(bucket)).unwrap();
        }
        let mut builder = S3ServiceBuilder::new(FileSystem::new(root).unwrap());
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let closed = Arc::<AtomicBool>::default();
        builder.set_access(Access { closed: closed.clone() });
        let service = builder.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&seen);
        let serving = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                let (service, heard) = (service.clone(), Arc::clone(&heard));
                let serve = hyper::service::service_fn(move |request| {
                    heard.lock().unwrap().push(note(&request));
                    let service = service.clone();
                    async move { service.call(request.map(s3s::Body::from)).await }
                });
                connections.spawn(async move {
                    let _ = http1::Builder::new().serve_connection(TokioIo::new(socket), serve).await;
                });
            }
        });
        Self { address, seen, closed, serving }
    }

    /// Refuses everybody, or nobody any more.
    pub fn close(&self, closed: bool) {
        self.closed.store(closed, Ordering::Release);
    }

    /// Where it listens, as an endpoint.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn settings(&self, bucket: &str) -> S3Settings {
        S3Settings {
            bucket: bucket.to_owned(),
            region: "us-east-1".to_owned(),
            endpoint: self.endpoint(),
            path_style: true,
            access_key: ACCESS_KEY.to_owned(),
            secret_key: SECRET_KEY.to_owned(),
            encryption: Encryption::Bucket,
            kms_key: String::new(),
            timeout_seconds: 10,
        }
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Parts that were sent.
    pub fn uploads(&self) -> usize {
        self.seen().iter().filter(|seen| seen.query.contains("partNumber=")).count()
    }
}

/// What matters of a request.
fn note(request: &http::Request<hyper::body::Incoming>) -> Seen {
    let header =
        |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Seen {
        method: request.method().to_string(),
        query: request.uri().query().unwrap_or_default().to_owned(),
        encryption: header("x-amz-server-side-encryption"),
        kms_key: header("x-amz-server-side-encryption-aws-kms-key-id"),
    }
}
