//! Prints how many bookings a second the store takes from 64 callers at once, and what pages of long lists cost.
//!
//! `cargo bench -p ward-store-embedded --features load`; `WARD_BENCH_ROWS` sets the longest list (1 000 000).
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench: it prints, stops at the first error, and has no tenants crate to ask for a scope"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};
use ward_domain::record::{Key, List};
use ward_domain::tenancy::{TenantId, TenantScope};
use ward_store::{Bounds, ListQuery, Slice, Store};
use ward_store_embedded::load::{Shape, fill};
use ward_store_embedded::{EmbeddedStore, Options};

const CALLERS: u64 = 64;
const SECONDS: u64 = 8;

/// Set in the process that loads, and is then killed, so that opening is measured on what a kill leaves.
const FOLDER: &str = "WARD_BENCH_FOLDER";
const ROWS: &str = "WARD_BENCH_ROWS";

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    if let Ok(folder) = std::env::var(FOLDER) {
        let rows: u64 = std::env::var(ROWS).unwrap().parse().unwrap();
        let store = open(folder.as_ref());
        runtime.block_on(fill(&store, scope(), Shape::default(), 1, rows + 1)).unwrap();
        std::process::abort();
    }
    let longest = std::env::var(ROWS).map_or(1_000_000, |rows| rows.parse().unwrap());
    runtime.block_on(async {
        commits().await;
        for rows in [10_000, longest] {
            pages(rows).await;
        }
    });
}

fn scope() -> TenantScope {
    TenantScope::mint(TenantId::from_number(1))
}

fn open(path: &std::path::Path) -> Arc<dyn Store> {
    Arc::new(EmbeddedStore::open(path, Options::default()).unwrap())
}

/// Each caller books into a calendar of its own, one appointment after the other.
async fn commits() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let shape = Shape { doctors: CALLERS, ..Shape::default() };
    let until = Instant::now() + Duration::from_secs(SECONDS);
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut taken = Vec::new();
                while Instant::now() < until {
                    let version = taken.len() as u64;
                    let commit = shape.booking(caller + CALLERS * version, version);
                    let begun = Instant::now();
                    store.commit(&scope(), commit).await.unwrap();
                    taken.push(begun.elapsed());
                }
                taken
            })
        })
        .collect();
    let mut taken = Vec::new();
    for caller in callers {
        taken.extend(caller.await.unwrap());
    }
    taken.sort();
    let rate = taken.len() as u64 / SECONDS;
    println!(
        "commits ({CALLERS} callers, 1 record of 500 B, 12 rows, 2 claims, 1 event): {rate} a second, {}",
        spread(&taken)
    );
    store.close().await.unwrap();
}

async fn pages(rows: u64) {
    let folder = tempfile::tempdir().unwrap();
    let begun = Instant::now();
    let loaded = std::process::Command::new(std::env::current_exe().unwrap())
        .env(FOLDER, folder.path())
        .env(ROWS, rows.to_string())
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap();
    assert!(!loaded.success(), "the loading process ends by abort");
    println!("{rows} appointments of 12 rows loaded in {:.1?}, then the process was killed", begun.elapsed());

    let begun = Instant::now();
    let store = open(folder.path());
    println!("  opened in {:.1?}", begun.elapsed());
    for (name, list) in
        [("by creation", List::AppointmentsByCreated), ("by start", List::AppointmentsByStart)]
    {
        let mut first = ListQuery { limit: 20, ..ListQuery::all(list, Key::all()) };
        let begun = Instant::now();
        let total = store.list(&scope(), &first).await.unwrap().total;
        println!("  {name}: first touch {:.1?}, {total} rows", begun.elapsed());
        for (place, offset) in [("first", 0), ("middle", total / 2), ("last", total.saturating_sub(20))] {
            first.slice = Slice::Offset(offset);
            let mut taken = Vec::new();
            for turn in 0..2000 {
                // Around the offset, so that not one block answers all.
                first.slice = Slice::Offset(offset.saturating_sub(turn % 500 * 20).max(offset / 2));
                let begun = Instant::now();
                let page = store.list(&scope(), &first).await.unwrap();
                taken.push(begun.elapsed());
                assert_eq!((page.rows.len(), page.total), (20, total));
            }
            taken.sort();
            println!("    {place} page of 20: {}", spread(&taken));
        }
        let mut taken = Vec::new();
        for turn in 0..1000 {
            let from = first_sort(&*store, list, total * (turn % 100) / 200).await;
            let bounds = Bounds { from, until: u64::MAX - 1 };
            let begun = Instant::now();
            store.count(&scope(), list, &Key::all(), bounds).await.unwrap();
            taken.push(begun.elapsed());
        }
        taken.sort();
        println!("    count within bounds: {}", spread(&taken));
    }
    store.close().await.unwrap();
}

async fn first_sort(store: &dyn Store, list: List, offset: u64) -> u64 {
    let query = ListQuery { limit: 1, slice: Slice::Offset(offset), ..ListQuery::all(list, Key::all()) };
    store.list(&scope(), &query).await.unwrap().rows[0].sort
}

fn spread(sorted: &[Duration]) -> String {
    let at = |part: usize| sorted[(sorted.len() * part / 1000).min(sorted.len() - 1)];
    format!("p50 {:.1?}, p99 {:.1?}, worst {:.1?}", at(500), at(990), at(1000))
}
