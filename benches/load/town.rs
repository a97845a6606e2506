//! A hospital with as many appointments as wanted, in a data folder that the program can serve.

use super::client::{Call, Connection};
use super::machine;
use super::rows::{self, BOOKERS, DOCTORS, FREE};
use super::server::{ADMIN, Server};
use serde_json::json;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use ward::settings::Settings;
use ward::wiring::{self, Instead, Ward};
use ward_domain::decision::Change;
use ward_domain::policy::Role;
use ward_domain::record::AggregateKind;
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::Time;
use ward_store::{AggregateRef, DynStore};

/// Appointments in one commit of the load: each is two documents and a claim, and a commit has at most 1024 parts.
const BATCH: usize = 300;

/// A loaded data folder.
pub struct Town {
    /// Where.
    pub folder: TempDir,
    /// The hospital's id.
    pub hospital: u64,
    /// The access token of the hospital's administrator.
    pub token: String,
    /// Past appointments.
    pub rows: u64,
    /// How long they took to load.
    pub loaded_in: Duration,
}

/// A folder on the disk of the build: a folder in memory would make every commit look cheap.
pub fn folder() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

/// The development profile's settings for a data folder.
pub fn settings(folder: &Path) -> Settings {
    let mut settings = Settings::of("development", &|_| None, false).unwrap();
    folder.clone_into(&mut settings.data.dir);
    "unlimited".clone_into(&mut settings.tenancy.default_plan);
    settings
}

impl Town {
    /// A hospital joins over HTTP; its people and its past are then written straight into the store, through the same
    /// sealing and with the rows that the documents declare. The search index is not fed: nothing here searches.
    pub async fn build(rows: u64) -> Self {
        let folder = folder();
        let server = Server::ward(folder.path()).await;
        let (hospital, token) = join(&server).await;
        server.stop();
        let begun = Instant::now();
        let ward = wiring::open(&settings(folder.path()), Instead::default()).await.unwrap();
        let house = &ward.house;
        let scope = house.tenancy.register.scope(TenantId::from_number(hospital)).await.unwrap().unwrap();
        load(&house.env.store, scope, rows, house.env.now()).await;
        rest().await;
        close(ward).await;
        Self { folder, hospital, token, rows, loaded_in: begun.elapsed() }
    }

    /// Serves it.
    pub async fn serve(&self) -> Server {
        Server::ward(self.folder.path()).await
    }
}

/// Closes a house that was opened in this process.
pub async fn close(ward: Ward) {
    ward.close(Duration::from_secs(30)).await;
}

/// Waits until what a load in bulk leaves to do in the background is done: a hospital that grew to its size over years has
/// no such backlog, and it would count as the cost of what comes next.
pub async fn rest() {
    let deadline = Instant::now() + Duration::from_secs(90);
    loop {
        let before = machine::cpu(std::process::id());
        tokio::time::sleep(Duration::from_secs(1)).await;
        let used = machine::cpu(std::process::id()).saturating_sub(before);
        if used <= Duration::from_millis(20) || Instant::now() > deadline {
            return;
        }
    }
}

/// A hospital joins; its id, and the access token of its administrator.
pub async fn join(server: &Server) -> (u64, String) {
    let mut http = Connection::open(server.address).await;
    let platform = log_in(&mut http, ADMIN.0, ADMIN.1).await;
    let email = "admin@load.example";
    let hospital = json!({
        "name": "Load Hospital", "city": "Madrid", "state": "Madrid", "country": "Spain", "hospital_type": "general",
        "contact_email": email, "contact_phone": "+34-910-555-010", "time_zone": "Europe/Madrid",
    });
    let made = http.must(&Call::post("/api/hospitals/", &platform, hospital)).await;
    let admin = json!({
        "email": email, "password": ADMIN.1, "password_confirm": ADMIN.1, "first_name": "Beatrix", "last_name": "Ashgrove",
        "role": "admin", "hospital": made["id"], "setup_code": made["setup_code"],
    });
    http.must(&Call::post("/api/auth/register/", "", admin)).await;
    let token = log_in(&mut http, email, ADMIN.1).await;
    (made["id"].as_u64().unwrap(), token)
}

/// Logs in; the access token.
pub async fn log_in(http: &mut Connection, email: &str, password: &str) -> String {
    let body = json!({"email": email, "password": password});
    let answer = http.must(&Call::post("/api/auth/login/", "", body)).await;
    answer["tokens"]["access"].as_str().unwrap().to_owned()
}

async fn load(store: &DynStore, scope: TenantScope, rows: u64, now: Time) {
    let doctors = (0..DOCTORS).map(|number| rows::account(rows::doctor(number), Role::Doctor, now));
    let patients = (0..BOOKERS).map(|number| rows::account(rows::patient(number), Role::Patient, now));
    let accounts: Vec<Change> = doctors.chain(patients).collect();
    // No account is ever told anything, so it does not matter that one of them owns all.
    let owner = AggregateRef { kind: AggregateKind::Account, id: rows::doctor(0) };
    for (version, changes) in accounts.chunks(BATCH).enumerate() {
        store
            .commit(&scope, rows::bulk(owner, version as u64, now, changes.to_vec(), Vec::new()))
            .await
            .unwrap();
    }
    let mut tasks = tokio::task::JoinSet::new();
    for doctor in 0..DOCTORS {
        let store = store.clone();
        tasks.spawn(async move { load_calendar(&store, scope, doctor, rows, now).await });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

/// Opens a doctor's free slots, and writes their part of `rows` past appointments.
pub async fn load_calendar(store: &DynStore, scope: TenantScope, doctor: u64, rows: u64, now: Time) {
    let calendar = rows::calendar(doctor);
    let step = usize::try_from(DOCTORS).unwrap();
    let free: Vec<u64> = (doctor..FREE).step_by(step).collect();
    let past: Vec<u64> = (doctor..rows).step_by(step).collect();
    let mut version = 0;
    for numbers in free.chunks(BATCH) {
        let changes = numbers.iter().map(|number| Change::create(&rows::free(*number, now))).collect();
        let commit = rows::bulk(calendar, version, now, changes, Vec::new());
        version = store.commit(&scope, commit).await.unwrap().version;
    }
    for numbers in past.chunks(BATCH) {
        let (mut changes, mut claims) = (Vec::new(), Vec::new());
        for number in numbers {
            let (appointment, slot, hold) = rows::past(*number, rows, now);
            changes.extend([Change::create(&slot), Change::create(&appointment)]);
            claims.push(hold);
        }
        let commit = rows::bulk(calendar, version, now, changes, claims);
        version = store.commit(&scope, commit).await.unwrap().version;
    }
}
