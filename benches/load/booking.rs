//! Bookings: how many, what each costs, and what the store alone could do.

use super::client::{Call, Until, run};
use super::report::{Row, ms, ratio};
use super::rows::{self, BOOKERS, DOCTORS, FREE};
use super::server::Server;
use super::town::{Town, folder, load_calendar};
use http::StatusCode;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use ward_domain::id::Id;
use ward_domain::record::AggregateKind;
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_domain::time::{Clock as _, Time};
use ward_store::{AggregateRef, Commit, DynStore};
use ward_store_embedded::{EmbeddedStore, Options};

/// Callers at once, of the house and of the store alone.
const CALLERS: u64 = 64;

/// What a run of bookings gave.
pub struct Booked {
    /// Past appointments before it.
    pub rows: u64,
    /// Bookings a second.
    pub rate: f64,
    /// The server's CPU per booking, with the event's way through relay, search and courier.
    pub cost: Duration,
    half: Duration,
    most: Duration,
}

/// The request that books a free slot, by the hospital's administrator.
pub fn call(slot: u64, patient: u64, token: &str) -> Call {
    let body = json!({
        "patient": rows::patient(patient % BOOKERS), "doctor": rows::doctor(slot), "slot": rows::free_slot(slot),
        "reason": "Regular checkup",
    });
    Call::post("/api/appointments/", token, body)
}

/// Books free slots, doctor after doctor, from the first on.
pub async fn book(town: &Town, server: &Server, seconds: u64) -> Booked {
    let token = town.token.clone();
    let before = server.cpu();
    let call = move |number: u64| call(number % (FREE - DOCTORS), number, &token);
    let until = Until::Time(Duration::from_secs(seconds));
    let run = run(server.address, usize::try_from(CALLERS).unwrap(), until, call).await;
    settle(server).await;
    let cost = server.cpu_since(before).div_f64(run.answers.len() as f64);
    run.all_are(StatusCode::CREATED);
    Booked { rows: town.rows, rate: run.rate(), cost, half: run.within(500), most: run.within(990) }
}

/// Waits until the server has nothing left to do: what bookings cause belongs to their cost.
async fn settle(server: &Server) {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let before = server.cpu();
        tokio::time::sleep(Duration::from_millis(500)).await;
        if server.cpu_since(before) <= Duration::from_millis(20) || Instant::now() > deadline {
            return;
        }
    }
}

/// Figure 2.
pub fn against(booked: &Booked, commits: f64) -> Vec<Row> {
    let what = format!("booking, {CALLERS} connections, {DOCTORS} doctors, durable before the answer");
    vec![
        Row::told(
            &what,
            format!("{:.0} a second, p50 {}, p99 {}", booked.rate, ms(booked.half), ms(booked.most)),
        ),
        Row::told(
            &format!("  the store's own commits of that shape, {CALLERS} callers"),
            format!("{commits:.0} a second"),
        ),
        Row::at_least("  rate against the store's own", booked.rate / commits, 0.3),
        Row::under("  server's CPU per booking, events included (ms)", booked.cost, 0.5),
    ]
}

/// Figure 3, the writing half.
pub fn compared(small: &Booked, large: &Booked) -> Vec<Row> {
    let told = format!("{} of CPU; at {}: {} of CPU", ms(large.cost), small.rows, ms(small.cost));
    vec![
        Row::told(&format!("booking at {} appointments", large.rows), told),
        Row::at_most("  CPU against the smaller hospital", ratio(large.cost, small.cost), 1.3),
    ]
}

/// Commits a second of the embedded store by itself: bookings as the calendar's rule decides them, each caller on a
/// calendar of its own.
pub async fn commits(seconds: u64) -> f64 {
    let folder = folder();
    let store: DynStore = Arc::new(EmbeddedStore::open(folder.path(), Options::default()).unwrap());
    #[allow(clippy::disallowed_methods, reason = "a store by itself has no tenants crate to ask")]
    let scope = TenantScope::mint(TenantId::from_number(1));
    let now = ward::wiring::SystemClock.now();
    for doctor in 0..DOCTORS {
        load_calendar(&store, scope, doctor, 0, now).await;
    }
    let prepared: Vec<Vec<Commit>> = (0..CALLERS).map(|caller| prepare(caller, now)).collect();
    let done = Arc::new(AtomicU64::new(0));
    let begun = Instant::now();
    let until = begun + Duration::from_secs(seconds);
    let mut tasks = tokio::task::JoinSet::new();
    for commits in prepared {
        let (store, done) = (store.clone(), done.clone());
        tasks.spawn(async move {
            for commit in commits {
                if Instant::now() > until {
                    return;
                }
                store.commit(&scope, commit).await.unwrap();
                done.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.unwrap();
    }
    let rate = done.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64();
    store.close().await.unwrap();
    rate
}

fn prepare(caller: u64, now: Time) -> Vec<Commit> {
    let aggregate = AggregateRef { kind: AggregateKind::Calendar, id: Id::new(caller + 100).unwrap() };
    let numbers = (caller..FREE).step_by(usize::try_from(CALLERS).unwrap());
    let commit = |(version, number)| Commit { aggregate, ..rows::booking(number, version, now) };
    (0..).zip(numbers).map(commit).collect()
}
