//! Figures of the CQL store on one node: `cargo bench -p ward-store-scylla -- [commits] [day] [lists ROWS]`.
//!
//! `commits`: bookings of 64 callers over 50 doctors, against bare lightweight transactions with as many bytes and the same
//! bookings in the embedded store, in turns.
//! `day`: the same 64 callers, all with one doctor, through two stores as two processes have them.
//! `lists`: pages of a list of 10,000 rows and of one of ROWS (1,000,000), first, middle and last, in turns.
//!
//! Uses the node of `tests/servers/cassandra`, or the one that `SCYLLA_NODES` names. Read as ratios within one run.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_precision_loss,
    reason = "a bench: it prints, and stops at the first surprise"
)]

mod doctor;
mod lists;
#[path = "../../tests/server/mod.rs"]
mod server;

use doctor::Doctor;
use scylla::client::session_builder::SessionBuilder;
use scylla::statement::SerialConsistency;
use scylla::statement::batch::{Batch, BatchType};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use ward_domain::id::Id;
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_store::Store;
use ward_store_embedded::EmbeddedStore;
use ward_store_scylla::Options;

const CALLERS: u64 = 64;
const DOCTORS: u64 = 50;
const ROUND: Duration = Duration::from_secs(10);
const BODY: usize = 900;

fn id(number: u64) -> Id {
    Id::new(number).unwrap()
}

fn scope() -> TenantScope {
    TenantScope::mint(TenantId::from_number(1))
}

/// Percentiles of latencies in milliseconds.
fn percentiles(mut latencies: Vec<Duration>) -> String {
    latencies.sort_unstable();
    let at =
        |part: usize| latencies.get(latencies.len() * part / 1000).map_or(0.0, |at| at.as_secs_f64() * 1e3);
    format!("p50 {:.1} ms, p99 {:.1} ms", at(500), at(990))
}

async fn callers<F>(call: impl Fn(u64) -> F) -> (f64, String)
where
    F: Future<Output = Vec<Duration>> + Send + 'static,
{
    let begun = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for caller in 0..CALLERS {
        tasks.spawn(call(caller));
    }
    let latencies: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    (latencies.len() as f64 / begun.elapsed().as_secs_f64(), percentiles(latencies))
}

/// Callers take the doctors in turn.
async fn bookings<S: Store + 'static>(
    store: Arc<S>,
    numbers: Arc<AtomicU64>,
    doctors: Arc<Vec<Doctor>>,
) -> (f64, String) {
    callers(|caller| {
        let (store, numbers, doctors) = (store.clone(), numbers.clone(), doctors.clone());
        async move {
            let (begun, mut latencies) = (Instant::now(), Vec::new());
            while begun.elapsed() < ROUND {
                let number = numbers.fetch_add(1, Ordering::Relaxed);
                let doctor = (caller + number) % DOCTORS;
                let asked = Instant::now();
                if doctors[usize::try_from(doctor).unwrap()].book(&*store, doctor + 1, number).await {
                    latencies.push(asked.elapsed());
                }
            }
            latencies
        }
    })
    .await
}

/// Each caller of each round has a partition of its own.
static ID: AtomicU64 = AtomicU64::new(0);

async fn bare(session: Arc<scylla::client::session::Session>) -> (f64, String) {
    let first = session.prepare("UPDATE bare SET turn=1 WHERE id=? IF turn = NULL").await.unwrap();
    let next = session.prepare("UPDATE bare SET turn=? WHERE id=? IF turn=?").await.unwrap();
    let body = session.prepare("INSERT INTO bare (id, item, body) VALUES (?,?,?)").await.unwrap();
    let bytes = vec![b'x'; 2 * BODY + 120 + 16 * 30];
    callers(|_| {
        let (session, first, next, body, bytes) =
            (session.clone(), first.clone(), next.clone(), body.clone(), bytes.clone());
        async move {
            let id = i64::try_from(ID.fetch_add(1, Ordering::Relaxed)).unwrap();
            let (begun, mut latencies, mut turn) = (Instant::now(), Vec::new(), 0_i64);
            while begun.elapsed() < ROUND {
                let mut batch = Batch::new(BatchType::Unlogged);
                batch.set_serial_consistency(Some(SerialConsistency::LocalSerial));
                batch.append_statement(if turn == 0 { first.clone() } else { next.clone() });
                batch.append_statement(body.clone());
                let asked = Instant::now();
                if turn == 0 {
                    session.batch(&batch, ((id,), (id, 0, &bytes))).await.unwrap();
                } else {
                    session.batch(&batch, ((turn + 1, id, turn), (id, 0, &bytes))).await.unwrap();
                }
                turn += 1;
                latencies.push(asked.elapsed());
            }
            latencies
        }
    })
    .await
}

async fn commits(options: &Options) {
    let session = SessionBuilder::new().known_nodes(&options.nodes).use_keyspace(&options.keyspace, false);
    let session = Arc::new(session.build().await.unwrap());
    let table = "CREATE TABLE IF NOT EXISTS bare (id bigint, turn bigint static, item int, body blob, PRIMARY KEY (id, item))";
    session.query_unpaged(table, ()).await.unwrap();
    let store = Arc::new(server::beside(Options { realm: b"commits".to_vec(), ..options.clone() }));
    let doctors = Doctor::all();
    let numbers = Arc::new(AtomicU64::new(0));
    let folder = tempfile::tempdir().unwrap();
    let beside =
        Arc::new(EmbeddedStore::open(folder.path(), ward_store_embedded::Options::default()).unwrap());
    let beside_doctors = Doctor::all();
    let beside_numbers = Arc::new(AtomicU64::new(0));
    for round in 0..3 {
        let (ours, our_times) = bookings(store.clone(), numbers.clone(), doctors.clone()).await;
        let (embedded, embedded_times) =
            bookings(beside.clone(), beside_numbers.clone(), beside_doctors.clone()).await;
        let (theirs, their_times) = bare(session.clone()).await;
        let commits: u64 = doctors.iter().map(|doctor| doctor.commits.load(Ordering::Relaxed)).sum();
        println!(
            "round {round}: bookings {ours:.0}/s ({our_times}; {commits} commits so far); bare transactions {theirs:.0}/s ({their_times}); {:.2}; \
             bookings in the embedded store {embedded:.0}/s ({embedded_times})",
            ours / theirs
        );
    }
}

/// All want one doctor, through two stores as two processes have them: who comes second decides again.
async fn day(options: &Options) {
    let options = Options { realm: b"day".to_vec(), ..options.clone() };
    let processes = Arc::new(
        [server::beside(options.clone()), server::beside(options)].map(|store| (store, Doctor::default())),
    );
    let numbers = Arc::new(AtomicU64::new(0));
    let (rate, times) = callers(|caller| {
        let (processes, numbers) = (processes.clone(), numbers.clone());
        async move {
            let (begun, mut latencies) = (Instant::now(), Vec::new());
            let (store, doctor) = &processes[usize::try_from(caller % 2).unwrap()];
            while begun.elapsed() < ROUND {
                let number = numbers.fetch_add(1, Ordering::Relaxed);
                let asked = Instant::now();
                if doctor.book(store, 1, number).await {
                    latencies.push(asked.elapsed());
                }
            }
            latencies
        }
    })
    .await;
    let sum = |of: fn(&Doctor) -> &AtomicU64| -> u64 {
        processes.iter().map(|(_, doctor)| of(doctor).load(Ordering::Relaxed)).sum()
    };
    println!(
        "one doctor's day, {CALLERS} ways through two stores: {rate:.0} bookings/s ({times}) in {} commits, {} lost to a version, {} without an answer",
        sum(|doctor| &doctor.commits),
        sum(|doctor| &doctor.lost),
        sum(|doctor| &doctor.away)
    );
}

fn main() {
    if server::keyspace::swept() {
        return;
    }
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let options =
        Options { request_timeout: Duration::from_secs(20), chunk_rows: 256, ..server::shared_options() };
    server::run(async {
        if words.is_empty() || words.iter().any(|word| word == "commits") {
            commits(&options).await;
        }
        if words.iter().any(|word| word == "day") {
            day(&options).await;
        }
        if let Some(at) = words.iter().position(|word| word == "lists") {
            let rows = words.get(at + 1).and_then(|rows| rows.parse().ok()).unwrap_or(1_000_000);
            lists::lists(&options, rows).await;
        }
    });
}
