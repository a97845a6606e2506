//! Figures of the CQL store on one node: `cargo bench -p ward-store-scylla -- [commits] [day] [lists ROWS]`.
//!
//! `commits`: bookings of 64 callers over 50 doctors, against bare lightweight transactions with as many bytes and the same
//! bookings in the embedded store, in turns.
//! `day`: the same 64 callers, all with one doctor, past each other: each commit contends in the store.
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

#[path = "../tests/server/mod.rs"]
mod server;

use scylla::client::session_builder::SessionBuilder;
use scylla::statement::SerialConsistency;
use scylla::statement::batch::{Batch, BatchType};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use ward_domain::decision::Change;
use ward_domain::id::{Id, UserId};
use ward_domain::record::{AggregateKind, ClaimKey, ClaimOp, IndexRow, Key, List, RecordKind};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::{DAY, Time};
use ward_store::{AggregateRef, Commit, CommitError, ListQuery, OutboxEvent, Slice, Store};
use ward_store_embedded::EmbeddedStore;
use ward_store_scylla::{Options, ScyllaStore};

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

/// A booking as the calendar commits it: slot and appointment with their rows, the patient's day, an event.
fn booking(doctor: u64, version: u64, number: u64) -> Commit {
    // Half hours of the next sixty days, so that no patient is at two places at a time.
    let start = Time::from_millis(1_800_000_000_000 + i64::try_from(number * 7 % 2880).unwrap() * 1_800_000);
    let (sort, patient) = (start.sort_key(), number % 10_000);
    let row = |list, eq| IndexRow { list, eq, sort };
    let mut rows = Vec::new();
    for (list, eq) in [
        (List::AppointmentsByCreated, Key::all()),
        (List::AppointmentsByStart, Key::all()),
        (List::AppointmentsByStatusCreated, Key::of(1)),
        (List::AppointmentsByStatusStart, Key::of(1)),
        (List::DoctorAppointmentsByCreated, Key::of(doctor)),
        (List::DoctorAppointmentsByStart, Key::of(doctor)),
        (List::DoctorAppointmentsByStatusCreated, Key::of(doctor).and(1)),
        (List::DoctorAppointmentsByStatusStart, Key::of(doctor).and(1)),
        (List::PatientAppointmentsByCreated, Key::of(patient)),
        (List::PatientAppointmentsByStart, Key::of(patient)),
        (List::DoctorPatientAppointments, Key::of(doctor).and(patient)),
        (List::RemindersDue, Key::all()),
    ] {
        rows.push(row(list, eq));
    }
    let change = |kind, put_rows, drop_rows| Change {
        kind,
        id: id(1_000_000 + number),
        body: Some(vec![b'x'; BODY]),
        put_rows,
        drop_rows,
    };
    let open = vec![row(List::OpenSlots, Key::all()), row(List::OpenSlotsByDoctor, Key::of(doctor))];
    Commit {
        id: id(1_000_000 + number).into(),
        at: start,
        aggregate: AggregateRef { kind: AggregateKind::Calendar, id: id(doctor) },
        expected: version,
        changes: vec![change(RecordKind::Slot, vec![], open), change(RecordKind::Appointment, rows, vec![])],
        claims: vec![ClaimOp::TakeSpan {
            key: ClaimKey::patient_day(UserId::from(id(1 + patient)), start.millis() / DAY),
            start,
            end: start.plus(1_800_000),
        }],
        events: vec![OutboxEvent { id: id(1_000_000 + number).into(), at: start, body: vec![b'e'; 120] }],
    }
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

/// A doctor's calendar in one process: its version, and who waits for it. Each is told whether the booking stands.
#[derive(Default)]
struct Doctor {
    version: tokio::sync::Mutex<u64>,
    waiting: std::sync::Mutex<Vec<(u64, oneshot::Sender<bool>)>>,
    commits: AtomicU64,
    /// Commits that came second to another process's.
    lost: AtomicU64,
    /// Commits that had no answer.
    away: AtomicU64,
}

impl Doctor {
    fn all() -> Arc<Vec<Self>> {
        Arc::new((0..DOCTORS).map(|_| Self::default()).collect())
    }

    /// As its actor does: what waits goes in one commit; where something is in the way, each by itself.
    async fn book<S: Store>(&self, store: &S, doctor: u64, number: u64) -> bool {
        let (tell, mut told) = oneshot::channel();
        self.waiting.lock().unwrap().push((number, tell));
        let mut version = self.version.lock().await;
        if let Ok(done) = told.try_recv() {
            return done;
        }
        let all = std::mem::take(&mut *self.waiting.lock().unwrap());
        let numbers: Vec<u64> = all.iter().map(|(number, _)| *number).collect();
        let together = self.commit(store, doctor, &mut version, &numbers).await;
        for (number, tell) in all {
            let _ = tell.send(together || self.commit(store, doctor, &mut version, &[number]).await);
        }
        told.try_recv().unwrap()
    }

    async fn commit<S: Store>(&self, store: &S, doctor: u64, version: &mut u64, numbers: &[u64]) -> bool {
        loop {
            let mut all = booking(doctor, *version, numbers[0]);
            for number in &numbers[1..] {
                let Commit { changes, claims, events, .. } = booking(doctor, *version, *number);
                all.changes.extend(changes);
                all.claims.extend(claims);
                all.events.extend(events);
            }
            match store.commit(&scope(), all).await {
                Ok(done) => {
                    self.commits.fetch_add(1, Ordering::Relaxed);
                    *version = done.version;
                    return true;
                }
                Err(CommitError::ClaimTaken { .. }) => return false,
                Err(CommitError::Version { actual }) => {
                    self.lost.fetch_add(1, Ordering::Relaxed);
                    *version = actual;
                }
                Err(CommitError::Unavailable(_) | CommitError::Unknown(_)) => {
                    self.away.fetch_add(1, Ordering::Relaxed);
                }
                Err(error) => panic!("{error}"),
            }
        }
    }
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

/// Rows whose order is not that of their coming.
fn filling(from: u64, until: u64, version: u64) -> Commit {
    let change = |number: u64| Change {
        kind: RecordKind::Slot,
        id: id(number + 1),
        body: Some(Vec::new()),
        put_rows: vec![IndexRow {
            list: List::Slots,
            eq: Key::all(),
            sort: Time::from_millis(
                1_700_000_000_000 + i64::try_from(number * 7919 % 1_000_003).unwrap() * 30_000,
            )
            .sort_key(),
        }],
        drop_rows: vec![],
    };
    Commit {
        id: id(from + 1).into(),
        at: Time::default(),
        aggregate: AggregateRef { kind: AggregateKind::Calendar, id: id(1) },
        expected: version,
        changes: (from..until).map(change).collect(),
        claims: vec![],
        events: vec![],
    }
}

/// One page, timed.
async fn page(store: &ScyllaStore, rows: u64, offset: u64) -> Duration {
    let query =
        ListQuery { limit: 20, slice: Slice::Offset(offset), ..ListQuery::all(List::Slots, Key::all()) };
    let asked = Instant::now();
    let page = store.list(&scope(), &query).await.unwrap();
    let took = asked.elapsed();
    assert_eq!((page.rows.len(), page.total), (20, rows));
    took
}

/// What pages are called, and the offset of one in a list of so many rows.
type Place = (&'static str, fn(u64, u64) -> u64);

/// Where pages are read. Within a chunk a page reads what is before it, up to a chunk: so many places are looked at, not one.
const PLACES: [Place; 3] = [
    ("first", |_, turn| 20 * (turn % 50)),
    ("middle", |rows, turn| rows * 3 / 10 + turn * 131 % (rows * 4 / 10)),
    ("last", |rows, turn| rows - 20 * (1 + turn % 50)),
];

/// Of both lists in turns: what else the machine does meets both.
async fn pages(few: (&ScyllaStore, u64), many: (&ScyllaStore, u64)) {
    for (place, offset) in PLACES {
        let (mut of_few, mut of_many) = (Vec::new(), Vec::new());
        for turn in 0..1_000 {
            of_few.push(page(few.0, few.1, offset(few.1, turn)).await);
            of_many.push(page(many.0, many.1, offset(many.1, turn)).await);
        }
        let mean = |times: &[Duration]| times.iter().sum::<Duration>().as_secs_f64();
        let median = |times: &mut Vec<Duration>| {
            times.sort_unstable();
            times[times.len() / 2].as_secs_f64()
        };
        let means = mean(&of_many) / mean(&of_few);
        let medians = median(&mut of_many) / median(&mut of_few);
        println!("{place} pages, {} rows: {}", few.1, percentiles(of_few));
        println!("{place} pages, {} rows: {}", many.1, percentiles(of_many));
        println!("  {place}: {medians:.2} by medians, {means:.2} by means");
    }
}

async fn filled(options: &Options, realm: &[u8], rows: u64) -> ScyllaStore {
    let store = server::beside(Options { realm: realm.to_vec(), chunk_rows: 256, ..options.clone() });
    let (begun, mut version) = (Instant::now(), 0);
    for from in (0..rows).step_by(1000) {
        let until = (from + 1000).min(rows);
        version = store.commit(&scope(), filling(from, until, version)).await.unwrap().version;
        // Rows lie anywhere among the others, so each look counts all of them: now and then is enough.
        if until % 100_000 == 0 || until == rows {
            store.tend().await.unwrap();
            println!("{until} rows after {:.0} s", begun.elapsed().as_secs_f64());
        }
    }
    store
}

async fn lists(options: &Options, rows: u64) {
    let few = filled(options, b"few", 10_000).await;
    let many = filled(options, b"many", rows).await;
    // As it is read: not in the very seconds in which every chunk has just changed.
    tokio::time::sleep(Duration::from_secs(8)).await;
    few.tend().await.unwrap();
    many.tend().await.unwrap();
    pages((&few, 10_000), (&many, rows)).await;
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
            lists(&options, rows).await;
        }
    });
}
