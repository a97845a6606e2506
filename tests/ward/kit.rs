//! A server in a test: real sockets, its own data folder, a clock that the test holds.

use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use ward::settings::Settings;
use ward::wiring::{self, Instead};
use ward_domain::time::{Clock, Time};
use ward_services::House;
use ward_tenants::clockwork::Clockwork;

pub const PLATFORM_EMAIL: &str = "platform@ward.example";
pub const PLATFORM_PASSWORD: &str = "platform-password";
pub const PASSWORD: &str = "SecurePassword123!";

/// A clock that goes with the system's, moved by the test.
pub struct Moved(Mutex<i64>);

impl Moved {
    pub fn by(&self, ms: i64) {
        *self.0.lock().unwrap() += ms;
    }
}

impl Clock for Moved {
    fn now(&self) -> Time {
        wiring::SystemClock.now().plus(*self.0.lock().unwrap())
    }
}

/// A running server.
pub struct Server {
    pub address: SocketAddr,
    pub house: Arc<House>,
    pub clockwork: Arc<Clockwork>,
    pub clock: Arc<Moved>,
    pub folder: TempDir,
    client: Client,
    stop: CancellationToken,
    done: tokio::task::JoinHandle<()>,
}

/// Asks a server, whoever runs it.
#[derive(Clone)]
pub struct Client {
    address: SocketAddr,
    http: legacy::Client<HttpConnector, Full<bytes::Bytes>>,
}

impl std::ops::Deref for Server {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

/// What came back.
pub struct Reply {
    pub status: u16,
    pub headers: http::HeaderMap,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|_| panic!("{} is not JSON: {}", self.status, self.text))
    }

    /// The body, if the status is the one wanted.
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }
}

impl Server {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub async fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), change).await
    }

    pub async fn start_in(folder: TempDir, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::of("development", &|_| None, false).unwrap();
        settings.server.listen = "127.0.0.1:0".parse().unwrap();
        settings.server.drain_seconds = 5;
        settings.data.dir = folder.path().to_owned();
        settings.auth.password_memory_kib = 64;
        settings.auth.password_passes = 1;
        settings.admin.email = Some(PLATFORM_EMAIL.into());
        settings.admin.password = Some(PLATFORM_PASSWORD.into());
        change(&mut settings);
        let clock = Arc::new(Moved(Mutex::new(0)));
        let instead = Instead { clock: Some(clock.clone()), ..Instead::default() };
        let ward = wiring::open(&settings, instead).await.unwrap_or_else(|error| panic!("{error}"));
        let (house, clockwork) = (ward.house.clone(), ward.clockwork.clone());
        let stop = CancellationToken::new();
        let (tell, told) = tokio::sync::oneshot::channel();
        let until = stop.clone();
        let done = tokio::spawn(async move {
            let started =
                |running: &ward::serve::Running, _: &wiring::Ward| tell.send(running.address).unwrap();
            ward::serve::serve(&settings, ward, until, started)
                .await
                .unwrap_or_else(|error| panic!("{error}"));
        });
        let address = told.await.unwrap();
        let client = Client::new(address);
        Self { address, house, clockwork, clock, folder, client, stop, done }
    }

    /// Stops as on SIGTERM and gives the data folder back.
    pub async fn stop(self) -> TempDir {
        self.stop.cancel();
        drop(self.client);
        self.done.await.unwrap();
        self.folder
    }
}

impl Client {
    pub fn new(address: SocketAddr) -> Self {
        Self { address, http: legacy::Client::builder(TokioExecutor::new()).build_http() }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a link leads to, as bytes.
    pub async fn fetch(&self, path: &str, headers: &[(&str, &str)]) -> (http::response::Parts, bytes::Bytes) {
        let mut request = http::Request::builder().uri(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.http.request(request.body(Full::default()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        (parts, body.collect().await.unwrap().to_bytes())
    }

    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<bytes::Bytes>,
    ) -> Reply {
        let mut request =
            http::Request::builder().method(method).uri(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.http.request(request.body(Full::new(body.into())).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Reply {
            status: parts.status.as_u16(),
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    pub async fn call(&self, method: &str, path: &str, token: &str, body: &Value) -> Reply {
        let bearer = format!("Bearer {token}");
        let mut headers = vec![("content-type", "application/json")];
        if !token.is_empty() {
            headers.push(("authorization", &bearer));
        }
        let body = if body.is_null() { Vec::new() } else { serde_json::to_vec(body).unwrap() };
        self.send(method, path, &headers, body).await
    }

    pub async fn get(&self, path: &str, token: &str) -> Reply {
        self.call("GET", path, token, &Value::Null).await
    }

    pub async fn post(&self, path: &str, token: &str, body: Value) -> Reply {
        self.call("POST", path, token, &body).await
    }

    pub async fn put(&self, path: &str, token: &str, body: Value) -> Reply {
        self.call("PUT", path, token, &body).await
    }

    /// A MedCor access token.
    pub async fn log_in(&self, email: &str, password: &str) -> String {
        let body = self
            .post("/medcor/api/auth/login/", "", json!({"email": email, "password": password}))
            .await
            .expect(200);
        body["tokens"]["access"].as_str().unwrap().to_owned()
    }

    /// Asks again until the answer is as wanted, or the deadline is over.
    pub async fn until(&self, path: &str, token: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let body = self.get(path, token).await.expect(200);
            if wanted(&body) {
                return body;
            }
            assert!(began.elapsed() < Duration::from_secs(20), "{path} stays {body}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// A hospital with an administrator, a doctor and a patient.
pub struct Hospital {
    pub id: u64,
    pub admin: String,
    pub doctor_id: u64,
    pub doctor: String,
    pub patient_id: u64,
    pub patient: String,
    pub name: &'static str,
}

impl Hospital {
    pub async fn join(server: &Client, name: &'static str) -> Self {
        let platform = server.log_in(PLATFORM_EMAIL, PLATFORM_PASSWORD).await;
        let hospital = json!({"name": name, "city": "New York", "state": "NY", "country": "USA", "hospital_type": "general",
            "contact_email": "admin@citygeneral.com", "contact_phone": "+1-212-555-0100"});
        let id =
            server.post("/api/hospitals/", &platform, hospital).await.expect(201)["id"].as_u64().unwrap();
        let admin_email = format!("admin@{name}.example");
        let admin = json!({"email": admin_email, "password": PASSWORD, "password_confirm": PASSWORD, "first_name": "John",
            "last_name": "Admin", "role": "admin", "hospital": id, "phone_number": "+1-212-555-0101"});
        server.post("/api/auth/register/", "", admin).await.expect(201);
        let admin = server.log_in(&admin_email, PASSWORD).await;
        let (doctor_id, doctor) = Self::person(server, &admin, id, name, "doctor", "smith").await;
        let (patient_id, patient) = Self::person(server, &admin, id, name, "patient", "alice").await;
        Self { id, admin, doctor_id, doctor, patient_id, patient, name }
    }

    /// Someone more: their id and token.
    pub async fn person(
        server: &Client,
        admin: &str,
        hospital: u64,
        domain: &str,
        role: &str,
        who: &str,
    ) -> (u64, String) {
        let email = format!("{who}@{domain}.example");
        let user = json!({"email": email, "username": format!("{who}.{domain}"), "password": PASSWORD, "first_name": who, "last_name": "Tester",
            "role": role, "hospital": hospital});
        let id = server.post("/api/auth/users/", admin, user).await.expect(201)["id"].as_u64().unwrap();
        (id, server.log_in(&email, PASSWORD).await)
    }

    /// A slot, so many hours from now.
    pub async fn slot(&self, server: &Server, hours: i64) -> u64 {
        let start = server.house.env.now().plus(hours * 3_600_000);
        let body = json!({"doctor": self.doctor_id, "start_time": start.to_string(), "end_time": start.plus(1_800_000).to_string(), "is_available": true});
        server.post("/api/appointments/availability-slots/", &self.admin, body).await.expect(201)["id"]
            .as_u64()
            .unwrap()
    }

    /// A booking of the hospital's patient.
    pub async fn book(&self, server: &Client, slot: u64) -> Reply {
        let body = json!({"patient": self.patient_id, "doctor": self.doctor_id, "slot": slot, "appointment_type": "consultation", "reason": "Regular checkup"});
        server.post("/api/appointments/", &self.patient, body).await
    }
}
