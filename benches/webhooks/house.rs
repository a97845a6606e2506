//! A server with one hospital, its doctors and patients, and a webhook.

use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use ward_domain::time::{Clock as _, HOUR, MINUTE, Time};

/// Patients. Each books on their own, with doctors of their own.
pub const PATIENTS: u64 = 50;
const ADMIN: (&str, &str) = ("platform@load.example", "a-load-of-9-figures");
const PASSWORD: &str = "SecurePassword123!";
/// Slots that one request opens, of five minutes each.
const AT_ONCE: u64 = 200;

/// Asks the server as the hospital's administrator, until it answers.
#[derive(Clone)]
pub struct Asker {
    address: SocketAddr,
    token: String,
    hospital: Value,
    /// When the first slots begin.
    begin: Time,
    client: Client<HttpConnector, Full<bytes::Bytes>>,
}

impl Asker {
    fn of(address: SocketAddr, token: &str) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        let begin = ward::wiring::SystemClock.now().plus(48 * HOUR);
        Self { address, token: token.to_owned(), hospital: Value::Null, begin, client }
    }

    async fn person(&self, role: &str, name: &str) -> u64 {
        let body = json!({"email": format!("{name}@bench.example"), "username": name, "password": PASSWORD,
            "first_name": role, "last_name": "B", "role": role, "hospital": self.hospital});
        self.insist("/medcor/api/auth/users/", name, &body).await["id"].as_u64().unwrap()
    }

    /// A patient's doctor of this number, with so many slots: behind those of the patient's doctors before.
    pub async fn line(&self, patient: u64, number: u64, count: u64) -> Line {
        let doctor = self.person("doctor", &format!("doctor{patient}-{number}")).await;
        let minutes = |slots: u64| i64::try_from(slots).unwrap() * 5 * MINUTE;
        let begin = self.begin.plus(minutes(number * count));
        let mut slots = Vec::new();
        while (slots.len() as u64) < count {
            let opened = slots.len() as u64;
            let start = begin.plus(minutes(opened));
            let end = start.plus(minutes(AT_ONCE.min(count - opened)));
            let window = json!({"doctor": doctor, "start_time": start.to_string(), "end_time": end.to_string(), "slot_minutes": 5});
            let key = format!("open {doctor} {opened}");
            let opened = self.insist("/medcor/api/appointments/availability-slots/", &key, &window).await;
            slots.extend(opened["slots"].as_array().unwrap().iter().map(|slot| slot["id"].as_u64().unwrap()));
        }
        Line { doctor, patient, slots }
    }

    /// Posts until it is answered, whoever is killed meanwhile: under one key, it counts once.
    pub async fn insist(&self, path: &str, key: &str, body: &Value) -> Value {
        loop {
            let mut request = http::Request::builder()
                .method("POST")
                .uri(format!("http://{}{path}", self.address))
                .header("content-type", "application/json")
                .header("idempotency-key", key);
            if !self.token.is_empty() {
                request = request.header("authorization", format!("Bearer {}", self.token));
            }
            let request = request.body(Full::new(bytes::Bytes::from(body.to_string()))).unwrap();
            if let Ok(response) = self.client.request(request).await {
                let status = response.status().as_u16();
                if let Ok(body) = response.into_body().collect().await {
                    let body = body.to_bytes();
                    match status {
                        200 | 201 => return serde_json::from_slice(&body).unwrap(),
                        409 | 503 => {}
                        _ => panic!("{path}: {status} {}", String::from_utf8_lossy(&body)),
                    }
                }
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// One doctor's slots, and the patient who books them.
#[derive(Clone)]
pub struct Line {
    doctor: u64,
    patient: u64,
    slots: Vec<u64>,
}

/// A booking to be made.
pub struct Booking {
    pub key: String,
    pub body: Value,
}

impl Line {
    pub fn booking(&self, number: u64) -> Booking {
        let slot = self.slots[usize::try_from(number).unwrap()];
        let body = json!({"doctor": self.doctor, "patient": self.patient, "slot": slot});
        Booking { key: format!("book {slot}"), body }
    }
}

pub struct House {
    folder: TempDir,
    child: Child,
    asker: Asker,
    pub patients: Vec<u64>,
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where the server listens, also when it is started again: below the ports that connections are given, one of which could
/// take its place while it is down.
fn address() -> SocketAddr {
    let mut ports = 20_000..30_000;
    let free = ports.find_map(|port| TcpListener::bind(("127.0.0.1", port)).ok());
    free.unwrap().local_addr().unwrap()
}

fn serve(folder: &TempDir, address: SocketAddr) -> Child {
    Command::new(env!("CARGO_BIN_EXE_ward"))
        .arg("serve")
        .current_dir(folder.path())
        .env("WARD_PROFILE", "development")
        .env("WARD_DATA_DIR", folder.path())
        .env("WARD_LISTEN", address.to_string())
        .env("WARD_ADMIN_EMAIL", ADMIN.0)
        .env("WARD_ADMIN_PASSWORD", ADMIN.1)
        .env("WARD__TENANCY__DEFAULT_PLAN", "unlimited")
        .env("WARD__AUTH__ACCESS_MINUTES", "10000")
        .env("WARD__WEBHOOKS__ALLOW_PRIVATE", "true")
        .env("WARD__WEBHOOKS__TIMEOUT_MS", "5000")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

impl House {
    pub async fn start(hook: String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = address();
        let child = serve(&folder, address);
        let log_in = async |email: &str, password: &str| {
            let body = json!({"email": email, "password": password});
            let nobody = Asker::of(address, "");
            let said = nobody.insist("/medcor/api/auth/login/", email, &body).await;
            Asker::of(address, said["tokens"]["access"].as_str().unwrap())
        };
        let platform = log_in(ADMIN.0, ADMIN.1).await;
        let body = json!({"name": "Bench", "contact_email": "desk@bench.example"});
        let hospital = platform.insist("/medcor/api/hospitals/", "hospital", &body).await["id"].clone();
        let admin = json!({"email": "admin@bench.example", "password": PASSWORD, "password_confirm": PASSWORD,
            "first_name": "A", "last_name": "B", "role": "admin", "hospital": hospital});
        Asker::of(address, "").insist("/medcor/api/auth/register/", "admin", &admin).await;
        let asker = Asker { hospital, ..log_in("admin@bench.example", PASSWORD).await };
        let mut patients = Vec::new();
        for number in 0..PATIENTS {
            patients.push(asker.person("patient", &format!("patient{number}")).await);
        }
        let body = json!({"url": hook, "events": ["appointment.created", "appointment.confirmed"]});
        asker.insist("/medcor/api/webhooks/", "hook", &body).await;
        Self { folder, child, asker, patients }
    }

    pub fn asker(&self) -> Asker {
        self.asker.clone()
    }

    /// Waits until it answers.
    pub async fn ready(&self) {
        let get = || {
            let uri = format!("http://{}/readyz", self.asker.address);
            http::Request::get(uri).body(Full::default()).unwrap()
        };
        while !self.asker.client.request(get()).await.is_ok_and(|answer| answer.status().is_success()) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Ends it in the middle of whatever it does, and starts it again.
    pub fn kill_and_start(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.child = serve(&self.folder, self.asker.address);
    }
}
